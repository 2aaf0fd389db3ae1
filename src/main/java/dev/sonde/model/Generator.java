package dev.sonde.model;

import dev.sonde.hook.Edit;
import dev.sonde.hook.Intervention;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// Continues texts token by token. What was read is kept ([Cache]), so that each token passes the
/// network once; several texts go side by side, whatever their lengths, and each draws from a
/// random stream of its own, so that none depends on the others.
///
/// Edits act on every token, those of the prompt and those that come.
public final class Generator {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  /// Tokens of a prompt that are read at once: bounds what the logits of a long one take.
  static final int CHUNK = 256;

  private final Model model;
  private final Settings settings;
  private final Interventions edits;
  private final Set<Point> captured;

  /// At most so many tokens, drawn so from such a seed; one of `stops` ends a text.
  public record Settings(int maxTokens, Sampling sampling, Seed seed, List<Integer> stops) {
    public static final Settings DEFAULT =
        new Settings(64, Sampling.GREEDY, new Seed(0), List.of());

    /// @throws BadInput for less than one token
    public Settings {
      if (maxTokens < 1) {
        throw new BadInput("at least one token is generated, not " + maxTokens);
      }
      stops = List.copyOf(stops);
    }
  }

  /// Hears of every token as it comes.
  @FunctionalInterface
  public interface Listener {
    Listener NONE = (text, id) -> {};

    /// Text number `text` goes on with `id`.
    void at(int text, int id);
  }

  /// @throws BadInput for a network that continues no text
  public Generator(Model model, Settings settings) {
    this(model, settings, new Interventions(List.of()), Set.of());
    model.mustContinue();
    model.mustHave(LOGITS);
  }

  private Generator(
      Model model, Settings settings, Interventions edits, Collection<Point> captured) {
    this.model = model;
    this.settings = settings;
    this.edits = edits;
    this.captured = Set.copyOf(captured);
  }

  /// The same with what passes some points changed. An edit sees the rows of the prompt in one
  /// piece, then those of each new token; what it adds must fit any number of rows.
  ///
  /// @throws BadInput for a point that the network lacks
  public Generator editing(Map<Point, Edit> changes) {
    return new Generator(model, settings, Interventions.of(model, changes), captured);
  }

  /// The same under interventions. Positions from the end are counted in the prompt; one behind it
  /// is met when the text has grown so far, and it is an error if it never has.
  ///
  /// @throws BadInput for a point or a head that the network lacks
  public Generator editing(List<Intervention> changes) {
    return new Generator(model, settings, Interventions.of(model, changes), captured);
  }

  /// The same that also reads what passes some points (behind the edits there), at every token.
  ///
  /// @throws BadInput for a point that the network lacks, or for patterns and scores
  public Generator capturing(Collection<Point> points) {
    for (var point : points) {
      model.mustHave(point);
      if (point.place().shape() == Place.Shape.PATTERN) {
        throw new BadInput(
            "%s has no row of one width for each token, so that it is not captured while generating: read it from the finished text"
                .formatted(point));
      }
    }
    return new Generator(model, settings, edits, points);
  }

  /// Continues one text.
  public Generated run(int[] text) {
    return run(List.of(text), Listener.NONE).getFirst();
  }

  /// Continues texts, in their order.
  ///
  /// @throws BadInput for a text without tokens, or with as many as the network takes, or in which
  ///   an intervention finds no position
  public List<Generated> run(List<int[]> texts, Listener listener) {
    for (int i = 0; i < texts.size(); i++) {
      mustFit(texts.get(i));
      edits.mustBeIn(i, texts.get(i).length, Integer.MAX_VALUE);
    }
    var lines = new ArrayList<Line>();
    try (var mode = Mode.inference()) {
      for (int i = 0; i < texts.size(); i++) {
        lines.add(new Line(i, texts.get(i)));
      }
      while (true) {
        var open = lines.stream().filter(Line::reads).toList();
        if (open.isEmpty()) {
          lines.forEach(line -> edits.mustBeIn(line.number, line.prompt, line.cache.length()));
          return lines.stream().map(Line::result).toList();
        }
        step(open, listener);
      }
    } finally {
      lines.forEach(line -> line.cache.close());
    }
  }

  private void mustFit(int[] text) {
    int context = model.architecture().context();
    if (text.length == 0) {
      throw new BadInput(
          "the text has no tokens (and this tokenizer puts none before it): nothing to continue");
    }
    if (text.length >= context) {
      throw new BadInput(
          "the text has %d tokens and the network takes %d: nothing can follow; shorten it"
              .formatted(text.length, context));
    }
  }

  /// All texts that have tokens to be read read them.
  private void step(List<Line> open, Listener listener) {
    var batch =
        Batch.after(
            open.stream().map(line -> line.cache).toList(), open.stream().map(Line::next).toList());
    var points = new LinkedHashSet<>(captured);
    if (open.stream().anyMatch(Line::draws)) {
      points.add(LOGITS);
    }
    try (var scope = Scope.open()) {
      var draws = open.stream().map(Line::draws).toList();
      var taps = model.reading(batch, points, edits.hooks(batch, i -> open.get(i).prompt));
      for (int i = 0; i < open.size(); i++) {
        var line = open.get(i);
        for (var point : captured) {
          line.keep(point, taps.of(point, i).toFloats(), batch.length(i));
        }
        if (draws.get(i)) {
          line.draw(taps.of(LOGITS, i).select(0, batch.length(i) - 1L).toFloats(), listener);
        }
      }
    }
  }

  /// A text on its way.
  private final class Line {
    final Cache cache;
    private final int number;
    private final int prompt;
    private final List<Integer> ids = new ArrayList<>();
    private final SplittableRandom random;
    private final Map<Point, List<float[]>> rows = new HashMap<>();
    private Optional<Generated.Ending> ending = Optional.empty();

    @SuppressWarnings("MustBeClosedChecker") // run closes it
    Line(int number, int[] text) {
      this.number = number;
      prompt = text.length;
      for (int id : text) {
        ids.add(id);
      }
      random = settings.seed().forPurpose("generate", number).generator();
      cache = Cache.of(model);
    }

    /// What is captured is captured of the last token too.
    boolean reads() {
      return ending.isEmpty() || (!captured.isEmpty() && cache.length() < ids.size());
    }

    int[] next() {
      int left = ids.size() - cache.length();
      int count = edits.isEmpty() ? Math.min(left, CHUNK) : left;
      return ids.subList(cache.length(), cache.length() + count).stream()
          .mapToInt(Integer::intValue)
          .toArray();
    }

    /// Whether a token follows those that are read next.
    boolean draws() {
      return ending.isEmpty() && cache.length() + next().length == ids.size();
    }

    void keep(Point point, float[] numbers, int count) {
      int width = numbers.length / count;
      for (int i = 0; i < count; i++) {
        rows.computeIfAbsent(point, p -> new ArrayList<>())
            .add(Arrays.copyOfRange(numbers, i * width, (i + 1) * width));
      }
    }

    void draw(float[] logits, Listener listener) {
      int id = settings.sampling().next(logits, random);
      ids.add(id);
      if (settings.stops().contains(id)) {
        ending = Optional.of(Generated.Ending.STOP);
      } else if (ids.size() - prompt == settings.maxTokens()) {
        ending = Optional.of(Generated.Ending.TOKENS);
      } else if (ids.size() == model.architecture().context()) {
        ending = Optional.of(Generated.Ending.CONTEXT);
      }
      listener.at(number, id);
    }

    Generated result() {
      return new Generated(
          ids.stream().mapToInt(Integer::intValue).toArray(), prompt, ending.orElseThrow(), rows);
    }
  }
}
