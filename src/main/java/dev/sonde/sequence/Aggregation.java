package dev.sonde.sequence;

import dev.sonde.io.BadInput;
import java.util.ArrayDeque;

/// Scores of tokens to the score of the text so far.
///
/// ```
/// last          a_T
/// mean          sum_t a_t / T
/// max           max_t a_t
/// softmax(k)    sum_t exp(k a_t) a_t / sum_t exp(k a_t)
/// ema(alpha)    max_t E_t,  E_t = alpha a_t + (1 - alpha) E_{t-1},  E_0 = 0
/// rolling(W)    the mean of the last W scores (W = 16: Anthropic's SWiM)
/// max-rolling(W) the largest rolling(W) so far
/// ```
///
/// Kramár et al. (2026), section 3.1.2, for the moving averages. At the start, where fewer than W
/// tokens have come, a window holds those that have. Only tokens that count are handed in.
public sealed interface Aggregation {
  /// The score of the last token.
  record Last() implements Aggregation {}

  record Mean() implements Aggregation {}

  record Max() implements Aggregation {}

  /// `sharpness` 0 is the mean, infinity the maximum.
  record Softmax(double sharpness) implements Aggregation {}

  /// The largest exponential moving average.
  record Ema(double alpha) implements Aggregation {
    public Ema {
      if (!(alpha > 0 && alpha <= 1)) {
        throw new BadInput("a moving average takes an alpha above 0 and up to 1, not " + alpha);
      }
    }
  }

  record Rolling(int window) implements Aggregation {
    public Rolling {
      atLeastOne(window);
    }
  }

  record MaxRolling(int window) implements Aggregation {
    public MaxRolling {
      atLeastOne(window);
    }
  }

  /// The mean of the last 16 logits.
  static Aggregation swim() {
    return new Rolling(16);
  }

  private static void atLeastOne(int window) {
    if (window < 1) {
      throw new BadInput("a window holds at least one token, not " + window);
    }
  }

  /// `last`, `mean`, `max`, `softmax:2`, `ema:0.5`, `rolling:16`, `max-rolling:10`, `swim`.
  ///
  /// @throws BadInput for a name that is none
  static Aggregation parse(String name) {
    var parts = name.split(":", 2);
    try {
      return switch (parts[0]) {
        case "last" -> new Last();
        case "mean" -> new Mean();
        case "max" -> new Max();
        case "swim" -> swim();
        case "softmax" -> new Softmax(parts.length > 1 ? Double.parseDouble(parts[1]) : 1);
        case "ema" -> new Ema(parts.length > 1 ? Double.parseDouble(parts[1]) : 0.5);
        case "rolling", "rolling-mean" ->
            new Rolling(parts.length > 1 ? Integer.parseInt(parts[1]) : 16);
        case "max-rolling", "max-rolling-mean" ->
            new MaxRolling(parts.length > 1 ? Integer.parseInt(parts[1]) : 10);
        default -> throw unknown(name);
      };
    } catch (NumberFormatException e) {
      throw unknown(name);
    }
  }

  /// What [#parse] reads again.
  default String written() {
    return switch (this) {
      case Last() -> "last";
      case Mean() -> "mean";
      case Max() -> "max";
      case Softmax(double k) -> "softmax:" + k;
      case Ema(double alpha) -> "ema:" + alpha;
      case Rolling(int w) -> "rolling:" + w;
      case MaxRolling(int w) -> "max-rolling:" + w;
    };
  }

  private static BadInput unknown(String name) {
    return new BadInput(
        "'%s' is no way to put tokens together; there are last, mean, max, softmax:2, ema:0.5, rolling:16, max-rolling:10 and swim"
            .formatted(name));
  }

  /// The whole at once, by the definition.
  ///
  /// @throws IllegalArgumentException for no scores
  default double over(double[] scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException("there is nothing to put together");
    }
    int n = scores.length;
    return switch (this) {
      case Last() -> scores[n - 1];
      case Mean() -> mean(scores, 0, n);
      case Max() -> java.util.Arrays.stream(scores).max().orElseThrow();
      case Softmax(double k) -> softmax(scores, k);
      case Ema(double alpha) -> {
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 0; t < n; t++) {
          double now = 0;
          for (int j = 0; j <= t; j++) {
            now += alpha * Math.pow(1 - alpha, t - j) * scores[j];
          }
          most = Math.max(most, now);
        }
        yield most;
      }
      case Rolling(int w) -> mean(scores, Math.max(0, n - w), n);
      case MaxRolling(int w) -> {
        double most = Double.NEGATIVE_INFINITY;
        for (int t = 1; t <= n; t++) {
          most = Math.max(most, mean(scores, Math.max(0, t - w), t));
        }
        yield most;
      }
    };
  }

  private static double mean(double[] scores, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += scores[i];
    }
    return sum / (to - from);
  }

  private static double softmax(double[] scores, double sharpness) {
    double most = Double.NEGATIVE_INFINITY;
    for (double a : scores) {
      most = Math.max(most, sharpness * a);
    }
    double weight = 0;
    double sum = 0;
    for (double a : scores) {
      double p = Math.exp(sharpness * a - most);
      weight += p;
      sum += p * a;
    }
    return sum / weight;
  }

  /// A text that grows: every token costs the same, however long the text is.
  interface Stream {
    /// The score after one token more.
    double push(double score);
  }

  /// A text with no token yet.
  default Stream stream() {
    return switch (this) {
      case Last() -> score -> score;
      case Mean() -> new Window(Integer.MAX_VALUE, false);
      case Max() -> new Window(1, true);
      case Softmax(double k) -> new Weighted(k);
      case Ema(double alpha) -> new Moving(alpha);
      case Rolling(int w) -> new Window(w, false);
      case MaxRolling(int w) -> new Window(w, true);
    };
  }

  /// Means of the last tokens; an unbounded window keeps its sum alone.
  final class Window implements Stream {
    private final int width;
    private final boolean largest;
    private final ArrayDeque<Double> held = new ArrayDeque<>();
    private double sum;
    private long count;
    private double most = Double.NEGATIVE_INFINITY;

    private Window(int width, boolean largest) {
      this.width = width;
      this.largest = largest;
    }

    @Override
    public double push(double score) {
      double mean = width == Integer.MAX_VALUE ? whole(score) : part(score);
      most = Math.max(most, mean);
      return largest ? most : mean;
    }

    private double whole(double score) {
      sum += score;
      count++;
      return sum / count;
    }

    /// Summed anew each time: a running sum would drift.
    private double part(double score) {
      held.addLast(score);
      if (held.size() > width) {
        held.removeFirst();
      }
      double total = 0;
      for (double a : held) {
        total += a;
      }
      return total / held.size();
    }
  }

  /// Running maximum, weight and weighted sum.
  final class Weighted implements Stream {
    private final double sharpness;
    private double most = Double.NEGATIVE_INFINITY;
    private double weight;
    private double sum;

    private Weighted(double sharpness) {
      this.sharpness = sharpness;
    }

    @Override
    public double push(double score) {
      double at = sharpness * score;
      if (at > most) {
        double shrink = Math.exp(most - at);
        weight *= shrink;
        sum *= shrink;
        most = at;
      }
      double p = Math.exp(at - most);
      weight += p;
      sum += p * score;
      return sum / weight;
    }
  }

  final class Moving implements Stream {
    private final double alpha;
    private double now;
    private double most = Double.NEGATIVE_INFINITY;

    private Moving(double alpha) {
      this.alpha = alpha;
    }

    @Override
    public double push(double score) {
      now = alpha * score + (1 - alpha) * now;
      most = Math.max(most, now);
      return most;
    }
  }
}
