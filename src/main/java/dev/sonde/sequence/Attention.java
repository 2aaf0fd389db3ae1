package dev.sonde.sequence;

import java.util.ArrayDeque;

/// How a head of an [AttentionProbe] puts its values together: from scores `s_t` and values `u_t`
/// of one text to a number, with its slope.
public enum Attention {
  /// `sum_t softmax(s)_t u_t`.
  SOFTMAX,
  /// `max_t u_t`; the scores play no part.
  MULTIMAX,
  /// `max_t` of the softmax average over the last W tokens.
  ROLLING;

  /// Adds to `slope` (2 numbers a token: by s, by u) what the output changes by; gives the output.
  /// `s` and `u` are read from `from` on, `stride` apart.
  double read(Span at, int window, double[] slope) {
    return switch (this) {
      case SOFTMAX -> average(at, 0, at.length, slope);
      case MULTIMAX -> {
        int best = 0;
        for (int t = 1; t < at.length; t++) {
          best = at.u[t] > at.u[best] ? t : best;
        }
        slope[2 * best + 1] += 1;
        yield at.u[best];
      }
      case ROLLING -> rolling(at, window, slope);
    };
  }

  /// Scores and values of a text, `length` of each.
  static final class Span {
    private final double[] s;
    private final double[] u;
    private final int length;

    Span(double[] s, double[] u, int length) {
      this.s = s;
      this.u = u;
      this.length = length;
    }
  }

  private static double rolling(Span at, int window, double[] slope) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < at.length; t++) {
      double now = average(at, Math.max(0, t + 1 - window), t + 1, new double[0]);
      if (now > most) {
        most = now;
        best = t;
      }
    }
    return average(at, Math.max(0, best + 1 - window), best + 1, slope);
  }

  /// The softmax average of a window; `slope` of no length: not wanted.
  private static double average(Span at, int from, int to, double[] slope) {
    double top = Double.NEGATIVE_INFINITY;
    for (int t = from; t < to; t++) {
      top = Math.max(top, at.s[t]);
    }
    double weight = 0;
    double sum = 0;
    for (int t = from; t < to; t++) {
      double p = Math.exp(at.s[t] - top);
      weight += p;
      sum += p * at.u[t];
    }
    double out = sum / weight;
    for (int t = from; t < to && slope.length > 0; t++) {
      double p = Math.exp(at.s[t] - top) / weight;
      slope[2 * t] += p * (at.u[t] - out);
      slope[2 * t + 1] += p;
    }
    return out;
  }

  /// A head that reads a growing text: a few numbers of memory, or W tokens for [#ROLLING].
  interface Head {
    double push(double s, double u);
  }

  Head head(int window) {
    return switch (this) {
      case SOFTMAX -> new Running();
      case MULTIMAX -> new Largest();
      case ROLLING -> new Windowed(window);
    };
  }

  /// The running maximum m, denominator Z and numerator N of a softmax.
  private static final class Running implements Head {
    private double top = Double.NEGATIVE_INFINITY;
    private double weight;
    private double sum;

    @Override
    public double push(double s, double u) {
      if (s > top) {
        double shrink = Math.exp(top - s);
        weight *= shrink;
        sum *= shrink;
        top = s;
      }
      double p = Math.exp(s - top);
      weight += p;
      sum += p * u;
      return sum / weight;
    }
  }

  private static final class Largest implements Head {
    private double most = Double.NEGATIVE_INFINITY;

    @Override
    public double push(double s, double u) {
      most = Math.max(most, u);
      return most;
    }
  }

  private static final class Windowed implements Head {
    private final int window;
    private final ArrayDeque<double[]> held = new ArrayDeque<>();
    private double most = Double.NEGATIVE_INFINITY;

    Windowed(int window) {
      this.window = window;
    }

    @Override
    public double push(double s, double u) {
      held.addLast(new double[] {s, u});
      if (held.size() > window) {
        held.removeFirst();
      }
      var scores = held.stream().mapToDouble(h -> h[0]).toArray();
      var values = held.stream().mapToDouble(h -> h[1]).toArray();
      var span = new Span(scores, values, scores.length);
      most = Math.max(most, average(span, 0, scores.length, new double[0]));
      return most;
    }
  }
}
