package dev.sonde.eval;

/// Intervals of a share: `hits` of `n` independent rows (for rows in groups draw groups again, see
/// [Bootstrap]).
public final class Proportion {
  private Proportion() {}

  /// The score interval (Wilson 1927): the default for accuracies.
  public static Interval wilson(int hits, int n, double level) {
    check(hits, n);
    double z = Distributions.normalQuantile(1 - (1 - level) / 2);
    double p = (double) hits / n;
    double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * Math.sqrt(p * (1 - p) / n + z * z / (4.0 * n * n));
    return new Interval(hits == 0 ? 0 : centre - half, hits == n ? 1 : centre + half);
  }

  /// The exact interval (Clopper & Pearson 1934): never covers less than it says, so it is the one
  /// for false positive rates.
  public static Interval clopperPearson(int hits, int n, double level) {
    check(hits, n);
    double tail = (1 - level) / 2;
    return new Interval(
        hits == 0 ? 0 : Distributions.betaQuantile(tail, hits, n - hits + 1.0),
        hits == n ? 1 : Distributions.betaQuantile(1 - tail, hits + 1.0, n - hits));
  }

  private static void check(int hits, int n) {
    if (n < 1 || hits < 0 || hits > n) {
      throw new IllegalArgumentException(
          "a share is of one row or more: %d of %d".formatted(hits, n));
    }
  }
}
