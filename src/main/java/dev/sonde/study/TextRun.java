package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.data.NdArray;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Taps;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Texts (or images) run through a network as it is and, where there are edits, once more under
/// them: what passed some points, what the network says next, and what the edits changed of both.
public final class TextRun {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  private final OpenModel open;
  private final List<Point> points;
  private final List<Intervention> edits;
  private final int top;

  /// One text. Answers: of the last token in a decoder, of each mask otherwise; none where the
  /// network has no vocabulary or nothing is masked.
  public record Outcome(String text, Tokens tokens, List<Seen> seen, List<Answer> answers) {}

  /// What passed a point, `[pos, …]` or `[head, q, k]`, in the network's own type.
  public record Seen(Point point, NdArray plain, Optional<NdArray> edited) {
    /// The Euclidean norm of each token's numbers (of each query's in patterns), infinities aside.
    public List<Double> norms(NdArray of) {
      return sums(of, of, false);
    }

    /// How far the edits moved each token's numbers, over their norm without edits.
    public List<Double> change() {
      var moved = edited.map(e -> sums(e, plain, true)).orElse(List.of());
      var before = norms(plain);
      return IntStream.range(0, moved.size())
          .mapToObj(i -> moved.get(i) == 0 ? 0.0 : moved.get(i) / before.get(i))
          .toList();
    }

    private List<Double> sums(NdArray a, NdArray b, boolean difference) {
      long[] shape = a.shape();
      boolean pattern = point.place().shape() == Place.Shape.PATTERN;
      int tokens = (int) shape[pattern ? 1 : 0];
      long width = pattern ? shape[2] : a.width();
      var out = new double[tokens];
      for (long i = 0; i < a.count(); i++) {
        double x = difference && a.at(i) != b.at(i) ? a.at(i) - b.at(i) : difference ? 0 : a.at(i);
        out[(int) (i / width % tokens)] += Double.isInfinite(x) ? 0 : x * x;
      }
      return java.util.Arrays.stream(out).mapToObj(Math::sqrt).toList();
    }
  }

  /// A token of the vocabulary: its probability and logit without and with the edits; the latter
  /// NaN where there are none.
  public record Word(
      int id,
      String token,
      double probability,
      double logit,
      double editedProbability,
      double editedLogit) {
    public double logitChange() {
      return editedLogit - logit;
    }
  }

  /// What stands at a position or follows it: the likeliest without and with the edits, and the
  /// divergence KL(without || with) in nats, NaN without edits.
  public record Answer(int position, List<Word> words, double divergence) {}

  /// `top`: how many words an answer has on either side; 0 asks for no answers.
  ///
  /// @throws BadInput for a point that the network lacks
  public TextRun(OpenModel open, List<Point> points, List<Intervention> edits, int top) {
    points.forEach(open.model()::mustHave);
    if (top < 0) {
      throw new BadInput("--top takes 0 or more words, not " + top);
    }
    this.open = open;
    this.points = List.copyOf(points);
    this.edits = List.copyOf(edits);
    this.top = top;
  }

  /// Each text by itself, side by side on the workers.
  ///
  /// @throws BadInput for a text that the network cannot take, or in which an edit finds no place
  public List<Outcome> run(
      List<String> texts, boolean truncate, Workers workers, Progress progress) {
    return run(texts, open.encode(texts, truncate), workers, progress);
  }

  /// Each image by itself. Answers are classes of images, told at the class token.
  ///
  /// @throws BadInput for a file that is no image, or in which an edit finds no place
  public List<Outcome> runImages(List<String> files, Workers workers, Progress progress) {
    return run(files, open.images().encode(files), workers, progress);
  }

  private List<Outcome> run(
      List<String> texts, List<Tokens> encoded, Workers workers, Progress progress) {
    var done = new AtomicInteger();
    var pieces = new ArrayList<Supplier<Outcome>>();
    for (int i = 0; i < texts.size(); i++) {
      var text = texts.get(i);
      var tokens = encoded.get(i);
      if (tokens.size() == 0) {
        throw new BadInput(
            "text %d has no tokens (and this tokenizer puts none around it)".formatted(i + 1));
      }
      pieces.add(() -> {
        var outcome = one(text, tokens);
        progress.at("run (texts)", done.incrementAndGet(), texts.size());
        return outcome;
      });
    }
    return workers.map(pieces);
  }

  private Outcome one(String text, Tokens tokens) {
    var asked = asked(tokens);
    var plain = side(tokens, List.of(), asked);
    var edited = edits.isEmpty() ? Optional.<Side>empty() : Optional.of(side(tokens, edits, asked));
    var seen = new ArrayList<Seen>();
    for (int i = 0; i < points.size(); i++) {
      int at = i;
      seen.add(new Seen(points.get(i), plain.seen.get(i), edited.map(side -> side.seen.get(at))));
    }
    var answers = new ArrayList<Answer>();
    for (int i = 0; i < asked.size(); i++) {
      int at = i;
      answers.add(
          answer(asked.get(i), plain.logits.get(i), edited.map(side -> side.logits.get(at))));
    }
    return new Outcome(text, tokens, seen, answers);
  }

  /// Positions of which an answer is asked.
  private List<Integer> asked(Tokens tokens) {
    if (top == 0 || !open.model().points().contains(LOGITS)) {
      return List.of();
    }
    if (tokens.image().isPresent()) {
      return List.of(0);
    }
    if (open.model().architecture().causal()) {
      return List.of(tokens.size() - 1);
    }
    return IntStream.range(0, tokens.size())
        .filter(i -> Prediction.isMask(tokens.string(i)))
        .boxed()
        .toList();
  }

  private record Side(List<NdArray> seen, List<NdArray> logits) {}

  private Side side(Tokens tokens, List<Intervention> under, List<Integer> asked) {
    var wanted = new LinkedHashSet<>(points);
    if (!asked.isEmpty()) {
      wanted.add(LOGITS);
    }
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      Taps taps = open.model().read(Capture.batch(List.of(tokens)), wanted, under);
      var seen = points.stream().map(point -> onHeap(taps.of(point, 0))).toList();
      var logits =
          asked.stream()
              .map(at -> {
                var row = taps.of(LOGITS, 0).select(0, at).toDoubles();
                return NdArray.of(row, row.length);
              })
              .toList();
      return new Side(seen, logits);
    }
  }

  private static NdArray onHeap(Tensor tensor) {
    var kind =
        switch (tensor.type()) {
          case FLOAT64 -> NdArray.Kind.FLOAT64;
          case FLOAT16 -> NdArray.Kind.FLOAT16;
          case BFLOAT16 -> NdArray.Kind.BFLOAT16;
          default -> NdArray.Kind.FLOAT32;
        };
    long bytes = Math.multiplyExact(tensor.count(), kind.bytes());
    var to = MemorySegment.ofArray(new byte[Math.toIntExact(bytes)]);
    tensor.copyTo(to);
    return NdArray.of(kind, to, tensor.shape());
  }

  private Answer answer(int position, NdArray plain, Optional<NdArray> edited) {
    var before = logProbabilities(plain);
    var after = edited.map(TextRun::logProbabilities);
    var ids = new LinkedHashSet<>(likeliest(before));
    after.ifPresent(a -> ids.addAll(likeliest(a)));
    double divergence = after.isPresent() ? divergence(before, after.get()) : Double.NaN;
    var words = new ArrayList<Word>();
    for (int id : ids) {
      words.add(
          new Word(
              id,
              open.word(id),
              Math.exp(before[id]),
              plain.at(id),
              after.isPresent() ? Math.exp(after.get()[id]) : Double.NaN,
              edited.isPresent() ? edited.get().at(id) : Double.NaN));
    }
    return new Answer(position, words, divergence);
  }

  private List<Integer> likeliest(double[] all) {
    return IntStream.range(0, all.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -all[i]))
        .limit(top)
        .toList();
  }

  private static double divergence(double[] before, double[] after) {
    double sum = 0;
    for (int i = 0; i < before.length; i++) {
      double p = Math.exp(before[i]);
      sum += p == 0 ? 0 : p * (before[i] - after[i]);
    }
    return Math.max(0, sum); // rounding may fall a hair below
  }

  private static double[] logProbabilities(NdArray logits) {
    int n = (int) logits.count();
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, logits.at(i));
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(logits.at(i) - largest);
    }
    var out = new double[n];
    for (int i = 0; i < n; i++) {
      out[i] = logits.at(i) - largest - Math.log(sum);
    }
    return out;
  }
}
