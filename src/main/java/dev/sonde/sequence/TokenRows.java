package dev.sonde.sequence;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Training rows in blocks, centred and in common units, read from where they lie (a mapped file,
/// mostly) whenever they are wanted: what is held in memory is a block for each worker, unless they
/// are few ([#kept]).
final class TokenRows {
  static final int BLOCK = 128;
  private static final long KEPT = 256L << 20;

  private final Matrix x;
  private final int[] ids;
  private final int[] edges;
  private final DType type;
  private final double[] mean;
  private final float[] narrowMean;
  private final double unit;
  private final Optional<MemorySegment> kept;

  private TokenRows(
      Matrix x,
      int[] ids,
      int[] edges,
      DType type,
      double[] mean,
      double unit,
      Optional<MemorySegment> kept) {
    this.kept = kept;
    this.x = x;
    this.ids = ids;
    this.edges = edges;
    this.type = type;
    this.mean = mean;
    this.unit = unit;
    narrowMean = new float[mean.length];
    for (int j = 0; j < mean.length; j++) {
      narrowMean[j] = (float) mean[j];
    }
  }

  /// The rows that `train` names, in blocks of [#BLOCK].
  static TokenRows of(Matrix x, boolean[] train, DType type, Workers workers) {
    var ids = IntStream.range(0, train.length).filter(i -> train[i]).toArray();
    return of(x, ids, even(ids.length), type, workers);
  }

  /// Rows by their numbers; block b holds those from `edges[b]` to `edges[b + 1]`. Reads them once.
  ///
  /// @throws BadInput if a number is not finite or nothing varies
  static TokenRows of(Matrix x, int[] ids, int[] edges, DType type, Workers workers) {
    var raw = new TokenRows(x, ids, edges, type, new double[x.cols()], 1, Optional.empty());
    var all = raw.gather(workers, x.cols(), raw::spread, Spread::merge);
    double square = Arrays.stream(all.squares).sum() / all.count / x.cols();
    if (!(square > 0) || Double.isInfinite(square)) {
      throw new BadInput(
          "%d training rows of %d numbers do not vary, or are not finite; a probe needs numbers that do"
              .formatted(ids.length, x.cols()));
    }
    return new TokenRows(x, ids, edges, type, all.mean, Math.sqrt(square), Optional.empty());
  }

  private static int[] even(int rows) {
    int blocks = Math.ceilDiv(rows, BLOCK);
    return IntStream.rangeClosed(0, blocks).map(b -> b == blocks ? rows : b * BLOCK).toArray();
  }

  /// Every so many rows, in the same units.
  TokenRows every(int step, DType narrow) {
    var some = IntStream.iterate(0, i -> i < ids.length, i -> i + step).map(i -> ids[i]).toArray();
    return new TokenRows(x, some, even(some.length), narrow, mean, unit, Optional.empty());
  }

  /// The same rows, held in memory as blocks have them while `arena` is open, if they take [#KEPT]
  /// bytes at most; else as they were.
  TokenRows kept(Arena arena, Workers workers) {
    long bytes = (long) count() * width() * type.bytes();
    if (bytes > KEPT) {
      return this;
    }
    var room = arena.allocate(bytes, 64);
    var pieces = new ArrayList<Supplier<Integer>>();
    for (int b = 0; b < blocks(); b++) {
      int block = b;
      pieces.add(() -> {
        write(ids(block), part(room, block));
        return block;
      });
    }
    workers.map(pieces);
    return new TokenRows(x, ids, edges, type, mean, unit, Optional.of(room));
  }

  private MemorySegment part(MemorySegment room, int block) {
    long row = (long) width() * type.bytes();
    return room.asSlice(edges[block] * row, (edges[block + 1] - edges[block]) * row);
  }

  /// Count, means and sums of squared distances from them (Chan, Golub & LeVeque 1979).
  private static final class Spread {
    private final long count;
    private final double[] mean;
    private final double[] squares;

    Spread(long count, double[] mean, double[] squares) {
      this.count = count;
      this.mean = mean;
      this.squares = squares;
    }

    Spread merge(Spread next) {
      long n = count + next.count;
      var centre = new double[mean.length];
      var sum = new double[mean.length];
      for (int j = 0; j < centre.length; j++) {
        double delta = next.mean[j] - mean[j];
        centre[j] = mean[j] + delta * next.count / n;
        sum[j] = squares[j] + next.squares[j] + delta * delta * count * next.count / n;
      }
      return new Spread(n, centre, sum);
    }
  }

  private Spread spread(int block) {
    var own = ids(block);
    var mid = new double[width()];
    var squares = new double[width()];
    var row = new Row();
    for (int id : own) {
      row.read(id, mean, 1);
      for (int j = 0; j < mid.length; j++) {
        mid[j] += row.wide[j];
      }
    }
    for (int j = 0; j < mid.length; j++) {
      mid[j] /= own.length;
    }
    for (int id : own) {
      row.read(id, mid, 1);
      for (int j = 0; j < mid.length; j++) {
        squares[j] += row.wide[j] * row.wide[j];
      }
    }
    return new Spread(own.length, mid, squares);
  }

  /// Room for one row.
  private final class Row {
    private final double[] wide = new double[width()];
    private final float[] narrow = new float[width()];

    /// `(row - from) * by`.
    void read(int id, double[] from, double by) {
      long at = (long) id * wide.length;
      if (x.wide()) {
        MemorySegment.copy(x.segment(), JAVA_DOUBLE_UNALIGNED, 8 * at, wide, 0, wide.length);
        for (int j = 0; j < wide.length; j++) {
          wide[j] = (wide[j] - from[j]) * by;
        }
      } else {
        MemorySegment.copy(x.segment(), JAVA_FLOAT_UNALIGNED, 4 * at, narrow, 0, narrow.length);
        for (int j = 0; j < wide.length; j++) {
          wide[j] = (narrow[j] - from[j]) * by;
        }
      }
    }

    /// In common units.
    void readNarrow(int id) {
      if (x.wide()) {
        read(id, mean, 1 / unit);
        for (int j = 0; j < wide.length; j++) {
          narrow[j] = (float) wide[j];
        }
        return;
      }
      long at = (long) id * narrow.length;
      float by = (float) (1 / unit);
      MemorySegment.copy(x.segment(), JAVA_FLOAT_UNALIGNED, 4 * at, narrow, 0, narrow.length);
      for (int j = 0; j < narrow.length; j++) {
        narrow[j] = (narrow[j] - narrowMean[j]) * by;
      }
    }
  }

  /// The rows of a block, `n x d`.
  Tensor block(int block) {
    var own = ids(block);
    return kept.map(room -> Tensor.view(part(room, block), type, own.length, width()))
        .orElseGet(() -> Tensor.written(type, to -> write(own, to), own.length, width()));
  }

  private void write(int[] own, MemorySegment to) {
    var row = new Row();
    for (int i = 0; i < own.length; i++) {
      long at = (long) i * width();
      if (type == DType.FLOAT64) {
        row.read(own[i], mean, 1 / unit);
        MemorySegment.copy(row.wide, 0, to, JAVA_DOUBLE_UNALIGNED, 8 * at, width());
      } else {
        row.readNarrow(own[i]);
        MemorySegment.copy(row.narrow, 0, to, JAVA_FLOAT_UNALIGNED, 4 * at, width());
      }
    }
  }

  /// Numbers of a block, to be added to those of others.
  static final class Sums {
    final double[] values;

    Sums(double[] values) {
      this.values = values;
    }

    Sums plus(Sums next) {
      for (int i = 0; i < values.length; i++) {
        values[i] += next.values[i];
      }
      return this;
    }
  }

  /// Something of every block, put together in the order of the blocks; `numbers` is the size of
  /// what comes out of a block. Which blocks a worker adds up depends on the rows and on `numbers`,
  /// never on the workers.
  <T> T gather(Workers workers, long numbers, IntFunction<T> of, BinaryOperator<T> merge) {
    int blocks = blocks();
    int parts = Math.min(blocks, Math.clamp((32L << 20) / Math.max(1, numbers), 2, 64));
    var pieces = new ArrayList<Supplier<T>>();
    for (int p = 0; p < parts; p++) {
      int from = (int) ((long) blocks * p / parts);
      int to = (int) ((long) blocks * (p + 1) / parts);
      pieces.add(() -> {
        var sum = of.apply(from);
        for (int b = from + 1; b < to; b++) {
          sum = merge.apply(sum, of.apply(b));
        }
        return sum;
      });
    }
    List<T> found = workers.map(pieces);
    return found.stream().reduce(merge).orElseThrow();
  }

  /// The rows of the matrix that a block holds.
  int[] ids(int block) {
    return Arrays.copyOfRange(ids, edges[block], edges[block + 1]);
  }

  int blocks() {
    return edges.length - 1;
  }

  DType type() {
    return type;
  }

  int width() {
    return x.cols();
  }

  int count() {
    return ids.length;
  }

  double unit() {
    return unit;
  }

  double mean(int feature) {
    return mean[feature];
  }
}
