package dev.sonde.uncertainty;

import java.util.Arrays;

/// How unsure answers are, from the log-probabilities that the model gave them. Nats unless the
/// name says bits.
public final class Entropies {
  private Entropies() {}

  /// `-sum p log p` of probabilities that sum to 1.
  public static double shannon(double[] p) {
    double sum = 0;
    for (double v : p) {
      sum -= v > 0 ? v * Math.log(v) : 0;
    }
    return Math.max(0, sum);
  }

  /// The mean of `-log p(s)` over sampled answers, `log[i]` that of the whole answer i. Longer
  /// answers count as less sure, whatever they say.
  public static double naive(double[] log) {
    return -Arrays.stream(log).average().orElseThrow();
  }

  /// The same with each log-probability divided by the answer's number of tokens.
  public static double lengthNormalised(double[] log, int[] tokens) {
    double sum = 0;
    for (int i = 0; i < log.length; i++) {
      sum -= log[i] / tokens[i];
    }
    return sum / log.length;
  }

  /// A choice among options: the entropy of their probabilities once they sum to 1, in nats and as
  /// a share of the largest possible, and the probability that lies outside of all options (a model
  /// that wants to say something else).
  public record Closed(double nats, double share, double outside) {
    public double bits() {
      return nats / Math.log(2);
    }
  }

  /// `log[k]` is the log-probability of option k.
  public static Closed closed(double[] log) {
    double total = logSumExp(log);
    var p = Arrays.stream(log).map(v -> Math.exp(v - total)).toArray();
    double nats = shannon(p);
    double outside = Math.max(0, -Math.expm1(total));
    return new Closed(nats, log.length > 1 ? nats / Math.log(log.length) : 0, outside);
  }

  /// The entropy of the first token of the answer, from the logits over the vocabulary.
  public static double ofLogits(float[] logits) {
    var wide = new double[logits.length];
    Arrays.setAll(wide, i -> logits[i]);
    double total = logSumExp(wide);
    double sum = 0;
    for (double v : wide) {
      double log = v - total;
      sum -= Double.isInfinite(log) ? 0 : Math.exp(log) * log;
    }
    return Math.max(0, sum);
  }

  /// `log sum exp` without overflow or underflow; the reference of semantic entropy sums plain
  /// exponentials, which are 0 for answers of some length.
  public static double logSumExp(double[] values) {
    double largest = Arrays.stream(values).max().orElse(Double.NEGATIVE_INFINITY);
    if (Double.isInfinite(largest)) {
      return largest;
    }
    return largest + Math.log(Arrays.stream(values).map(v -> Math.exp(v - largest)).sum());
  }
}
