package dev.sonde.activation;

import dev.sonde.data.Matrix;
import dev.sonde.hook.Hook;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Batch;
import dev.sonde.model.Model;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Runs texts through a network and keeps what passes some points at some positions.
///
/// No padding, no logits unless asked for, nothing after the last layer needed. Packs of texts run
/// side by side on the workers, each with one thread, so the same bits come out on any number of
/// them.
public final class Capture {
  private final Model model;
  private final List<Point> points;
  private final List<Position> positions;

  /// @throws BadInput for a point that the network lacks or that gives no rows
  public Capture(Model model, List<Point> points, List<Position> positions) {
    if (points.isEmpty() || positions.isEmpty()) {
      throw new BadInput("a capture needs at least one point and one position");
    }
    for (var point : points) {
      model.mustHave(point);
      if (point.place().shape() == Place.Shape.PATTERN) {
        throw new BadInput(
            point + " has no rows of one width: attention patterns cannot be captured to a matrix");
      }
    }
    this.model = model;
    this.points = List.copyOf(points);
    this.positions = List.copyOf(positions);
  }

  /// Every site, points first.
  public List<Site> sites() {
    return points.stream().flatMap(p -> positions.stream().map(q -> new Site(p, q))).toList();
  }

  /// The numbers that the network computes in.
  String computed() {
    return model.numerics().described();
  }

  /// All texts, in memory.
  ///
  /// @throws BadInput for a text longer than the network takes, or more rows than the heap holds
  public Captured run(List<Tokens> texts, Workers workers, Progress progress) {
    refuseTooLong(texts);
    refuseTooLarge(texts);
    var rows = new RowTable(texts);
    var kept = new LinkedHashMap<Site, Matrix>();
    for (var site : sites()) {
      int width = width(site.point());
      int height = rows.total(site.position());
      kept.put(site, Matrix.ofFloats(height, width, new float[Math.multiplyExact(height, width)]));
    }
    long total = texts.stream().mapToLong(Tokens::size).sum();
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<Integer>>();
    for (var pack : Plan.of(texts).packs()) {
      pieces.add(() -> {
        int tokens = pack(pack, texts, rows, kept);
        progress.at("capture (tokens)", done.addAndGet(tokens), total);
        return tokens;
      });
    }
    workers.map(pieces);
    return new Captured(kept);
  }

  /// The weights, twice where kernels keep them packed beside the file's.
  long weightBytes() {
    return model.kernels().bytesPerWeight(model.numerics().type()) * model.parameters();
  }

  /// What one pack of texts makes within a block, about: rows of the stream, heads, neurons, and
  /// the scores of the longest text.
  long workingBytes(List<Tokens> texts) {
    var shape = model.architecture();
    long longest = texts.stream().mapToInt(Tokens::size).max().orElse(1);
    long rows = Math.max(Plan.TOKENS, longest);
    return 4 * rows * (8L * shape.dModel() + 3L * shape.dMlp() + 3L * shape.heads() * longest);
  }

  /// The numbers at one site: columns of a matrix.
  int width(Point point) {
    var shape = model.architecture();
    return switch (point.place()) {
      case Q, Z -> shape.heads() * shape.dHead();
      case K, V -> shape.keyValueHeads() * shape.dHead();
      case MLP_PRE, MLP_POST -> shape.dMlp();
      case LOGITS -> shape.vocabulary();
      default -> shape.dModel();
    };
  }

  /// What a network reads together: texts, or images.
  ///
  /// @throws BadInput for an image that cannot be read
  public static Batch batch(List<Tokens> texts) {
    var first = texts.getFirst();
    return first.image().isEmpty()
        ? Batch.of(texts.stream().map(Tokens::ids).toList())
        : Batch.ofImages(
            texts.stream().map(t -> t.image().orElseThrow().numbers()).toList(), first.size());
  }

  private int pack(List<Integer> pack, List<Tokens> texts, RowTable rows, Map<Site, Matrix> kept) {
    var batch = batch(pack.stream().map(texts::get).toList());
    var hooks = new HashMap<Point, List<Hook>>();
    Hook keep =
        (point, value, block) -> {
          for (var position : positions) {
            store(new Site(point, position), value, pack, batch, texts, rows, kept);
          }
          return value;
        };
    points.forEach(p -> hooks.put(p, List.of(keep)));
    try (var mode = Mode.inference()) {
      model.run(batch, hooks);
    }
    return batch.rows();
  }

  private static void store(
      Site site,
      Tensor value,
      List<Integer> pack,
      Batch batch,
      List<Tokens> texts,
      RowTable rows,
      Map<Site, Matrix> kept) {
    var flat = value.reshape(batch.rows(), -1).to(DType.FLOAT32);
    var pooled =
        Pooling.of(site.position(), pack.stream().map(texts::get).toList(), batch).apply(flat);
    var matrix = java.util.Objects.requireNonNull(kept.get(site));
    long bytes = 4L * matrix.cols();
    var copy = MemorySegment.ofArray(pooled.toFloats());
    long from = 0;
    for (int i : pack) {
      int count = site.position().rows(texts.get(i));
      MemorySegment.copy(
          copy,
          from * bytes,
          matrix.segment(),
          rows.first(site.position(), i) * bytes,
          count * bytes);
      from += count;
    }
  }

  private void refuseTooLong(List<Tokens> texts) {
    int context = model.architecture().context();
    long tooLong = texts.stream().filter(t -> t.size() > context).count();
    if (tooLong > 0) {
      throw new BadInput(
          "%d of %d texts are longer than the %d tokens that the model takes (the longest has %d); shorten them or say --truncate"
              .formatted(
                  tooLong,
                  texts.size(),
                  context,
                  texts.stream().mapToInt(Tokens::size).max().orElse(0)));
    }
  }

  private void refuseTooLarge(List<Tokens> texts) {
    long needed = Estimate.bytes(this, texts);
    long room = Runtime.getRuntime().maxMemory() / 2;
    if (needed > room) {
      long most = Math.max(1, texts.size() * room / needed);
      throw new BadInput(
          "%,d texts at %d sites need %,d MiB of heap, and %,d are to be had: capture to a store on disk (sonde capture --out), or take at most %,d texts or fewer points"
              .formatted(texts.size(), sites().size(), needed >> 20, room >> 20, most));
    }
  }

  /// Which row each text begins at.
  static final class RowTable {
    private final Map<String, int[]> first = new TreeMap<>();
    private final List<Tokens> texts;

    RowTable(List<Tokens> texts) {
      this.texts = texts;
    }

    int total(Position position) {
      return table(position)[texts.size()];
    }

    long first(Position position, int text) {
      return table(position)[text];
    }

    private synchronized int[] table(Position position) {
      return first.computeIfAbsent(
          position.brief(),
          name -> {
            var out = new int[texts.size() + 1];
            for (int i = 0; i < texts.size(); i++) {
              out[i + 1] = Math.addExact(out[i], position.rows(texts.get(i)));
            }
            return out;
          });
    }
  }
}
