package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Moments;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;

/// Training rows in chunks, centred and in common units: kept as tensors while they are few, read
/// from where they lie (a mapped file) while they are many.
///
/// It lives in the scope that is open when it is made.
final class TokenRows {
  static final int CHUNK = 4096;
  private static final long KEPT = 256L << 20;

  private final Matrix x;
  private final List<int[]> chunks;
  private final List<Tensor> kept = new ArrayList<>();
  private final DType type;
  private final Moments moments;
  private final double unit;

  private TokenRows(Matrix x, List<int[]> chunks, DType type, Moments moments, double unit) {
    this.x = x;
    this.chunks = chunks;
    this.type = type;
    this.moments = moments;
    this.unit = unit;
  }

  /// @throws BadInput if a number is not finite or nothing varies
  static TokenRows of(Matrix x, boolean[] train, DType type) {
    var chunks = new ArrayList<int[]>();
    var some = new ArrayList<Integer>();
    long count = 0;
    for (int i = 0; i < x.rows(); i++) {
      if (train[i]) {
        some.add(i);
        count++;
      }
      if (some.size() == CHUNK || (i == x.rows() - 1 && !some.isEmpty())) {
        chunks.add(some.stream().mapToInt(Integer::intValue).toArray());
        some.clear();
      }
    }
    var moments = Moments.none(x.cols());
    for (var chunk : chunks) {
      moments = moments.merge(Moments.of(x.select(chunk)));
    }
    double total = 0;
    for (int j = 0; j < x.cols(); j++) {
      total += moments.variance(j);
    }
    if (!(total > 0) || Double.isInfinite(total)) {
      throw new BadInput(
          "%d training rows of %d numbers do not vary, or are not finite; a probe needs numbers that do"
              .formatted(count, x.cols()));
    }
    var out = new TokenRows(x, chunks, type, moments, Math.sqrt(total / x.cols()));
    if (count * x.cols() * type.bytes() <= KEPT) {
      for (int c = 0; c < chunks.size(); c++) {
        int at = c;
        out.kept.add(Scope.around(() -> out.read(at)));
      }
    }
    return out;
  }

  /// Rows as they are stored.
  static Tensor chunk(Matrix x, int from, int n) {
    long bytes = (long) x.cols() * (x.wide() ? 8 : 4);
    return Tensor.copyOf(
        x.segment().asSlice(from * bytes, n * bytes),
        x.wide() ? DType.FLOAT64 : DType.FLOAT32,
        n,
        x.cols());
  }

  private Tensor read(int chunk) {
    var rows = x.select(chunks.get(chunk));
    return chunk(rows, 0, rows.rows())
        .to(DType.FLOAT64)
        .minus(Tensor.of(moments.mean(), x.cols()))
        .times(1 / unit)
        .to(type);
  }

  /// Hands every chunk out, one after the other.
  void each(ObjIntConsumer<Tensor> work) {
    for (int c = 0; c < chunks.size(); c++) {
      try (var scope = Scope.open()) {
        work.accept(kept.isEmpty() ? read(c) : kept.get(c), c);
      }
    }
  }

  /// The rows of the matrix that a chunk holds.
  int[] ids(int chunk) {
    return chunks.get(chunk);
  }

  int chunks() {
    return chunks.size();
  }

  DType type() {
    return type;
  }

  int width() {
    return x.cols();
  }

  long count() {
    return moments.count();
  }

  double unit() {
    return unit;
  }

  double mean(int feature) {
    return moments.mean()[feature];
  }

  /// A map `d x d` from coordinates in which the loss at this C is nearly round to common units:
  /// eigenvectors of the scatter matrix over the root of `1 + C p lambda`, p what `p (1 - p)` is
  /// about.
  Tensor round(double c) {
    var eigen = Solve.eigen(moments.scatter().times(1 / (unit * unit)));
    var lambda = eigen.values().toDoubles();
    var scale = new double[lambda.length];
    for (int j = 0; j < scale.length; j++) {
      scale[j] = 1 / Math.sqrt(1 + c * 0.05 * Math.max(0, lambda[j]));
    }
    return eigen.vectors().times(Tensor.of(scale, scale.length));
  }
}
