package dev.sonde.eval;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The best of many sites (layers, positions, heads) against the best of as many under dealt labels
/// (Westfall & Young 1993).
///
/// The statistics of every site come from the same dealt labellings, so the null knows how the
/// sites hang together; that controls the chance of any false claim without assuming independence.
/// A statistic is larger where there is more to read and on one scale at all sites (accuracy,
/// AUROC).
public final class MaxT {
  private final double[] observed;
  private final double[][] nulls;
  private final double[] largest;

  private MaxT(double[] observed, double[][] nulls) {
    this.observed = observed;
    this.nulls = nulls;
    largest =
        Arrays.stream(nulls)
            .mapToDouble(r -> Arrays.stream(r).max().orElseThrow())
            .sorted()
            .toArray();
  }

  /// `observed[site]` under the true labels, `nulls[b][site]` under dealing b.
  public static MaxT of(double[] observed, double[][] nulls) {
    for (var row : nulls) {
      if (row.length != observed.length) {
        throw new IllegalArgumentException(
            "%d sites were observed, but a dealing has %d".formatted(observed.length, row.length));
      }
    }
    if (observed.length == 0 || nulls.length == 0) {
      throw new IllegalArgumentException("max-T needs a site and a dealing or more");
    }
    return new MaxT(
        observed.clone(), Arrays.stream(nulls).map(double[]::clone).toArray(double[][]::new));
  }

  /// What a site would have as p-value if no other had been looked at.
  public double[] alone() {
    var out = new double[observed.length];
    for (int s = 0; s < out.length; s++) {
      int site = s;
      out[s] =
          Permutations.pValue(
              observed[s], Arrays.stream(nulls).mapToDouble(r -> r[site]).toArray());
    }
    return out;
  }

  /// Every site against the largest of a dealing: `(1 + #{max_b >= T}) / (B + 1)`.
  public double[] adjusted() {
    return Arrays.stream(observed).map(t -> Permutations.pValue(t, largest)).toArray();
  }

  /// The same stepping down: the best site against the largest of all, the second against the
  /// largest of the others, and so on; never above [#adjusted].
  public double[] stepDown() {
    int m = observed.length;
    var order =
        IntStream.range(0, m)
            .boxed()
            .sorted(Comparator.comparingDouble(s -> -observed[s]))
            .mapToInt(s -> s)
            .toArray();
    var running = new double[nulls.length];
    Arrays.fill(running, Double.NEGATIVE_INFINITY);
    var out = new double[m];
    for (int i = m - 1; i >= 0; i--) {
      for (int b = 0; b < running.length; b++) {
        running[b] = Math.max(running[b], nulls[b][order[i]]);
      }
      out[order[i]] = Permutations.pValue(observed[order[i]], running);
    }
    for (int i = 1; i < m; i++) {
      out[order[i]] = Math.max(out[order[i]], out[order[i - 1]]);
    }
    return out;
  }

  /// The site of the largest statistic.
  public int best() {
    return IntStream.range(0, observed.length)
        .boxed()
        .max(Comparator.comparingDouble(s -> observed[s]))
        .orElseThrow();
  }

  /// What the best of all sites reaches by chance: the mean over dealings.
  public double expectedBest() {
    return Arrays.stream(largest).average().orElseThrow();
  }

  /// A quantile of what the best of all sites reaches by chance.
  public double bestQuantile(double q) {
    return Bootstrap.quantile(largest, q);
  }
}
