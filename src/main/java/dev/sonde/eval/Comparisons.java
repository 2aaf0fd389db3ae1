package dev.sonde.eval;

import java.util.Arrays;

/// Whether one probe is better than another on the same rows.
///
/// For AUROCs see [DeLong#paired], for any measure [Bootstrap#difference].
public final class Comparisons {
  /// Of rows that only one of two probes gets right: how many are the first's, how many the
  /// second's, and the two-sided probability of so uneven a split if both were as good.
  public record Discordant(int first, int second, double p) {}

  /// A mean difference with its interval and two-sided p-value.
  public record Difference(double mean, double error, Interval interval, double p) {}

  private Comparisons() {}

  /// McNemar's test, exact: the discordant rows are coin tosses if both probes are as good.
  public static Discordant mcNemar(boolean[] rightA, boolean[] rightB) {
    int first = 0;
    int second = 0;
    for (int i = 0; i < rightA.length; i++) {
      first += rightA[i] && !rightB[i] ? 1 : 0;
      second += rightB[i] && !rightA[i] ? 1 : 0;
    }
    double tail = Distributions.binomialCdf(Math.min(first, second), first + second, 0.5);
    return new Discordant(first, second, Math.min(1, 2 * tail));
  }

  /// The t test of differences over resamples or folds that share training rows: the variance is
  /// `s^2 (1/k + rows tested / rows trained on)` (Nadeau & Bengio 2003). A plain t test would take
  /// the folds for independent and find too much.
  public static Difference corrected(double[] differences, double tested, double trained) {
    return t(differences, 1.0 / differences.length + tested / trained);
  }

  private static Difference t(double[] values, double factor) {
    int k = values.length;
    if (k < 2) {
      throw new IllegalArgumentException("a spread needs two differences or more, not " + k);
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (k - 1);
    double error = Math.sqrt(variance * factor);
    double half = error * Distributions.studentQuantile(0.975, k - 1);
    double p = error > 0 ? Distributions.studentTwoSided(mean / error, k - 1) : mean == 0 ? 1 : 0;
    return new Difference(mean, error, new Interval(mean - half, mean + half), p);
  }
}
