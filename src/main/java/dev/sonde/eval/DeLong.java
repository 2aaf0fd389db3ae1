package dev.sonde.eval;

import java.util.Arrays;

/// The variance of an AUROC from its structural components (DeLong, DeLong & Clarke-Pearson 1988).
public final class DeLong {
  private DeLong() {}

  public static double variance(double[] score, boolean[] positive) {
    var ones = pick(score, positive, true);
    var zeros = pick(score, positive, false);
    return spread(components(ones, zeros, 1)) / ones.length
        + spread(components(zeros, ones, -1)) / zeros.length;
  }

  private static double[] pick(double[] score, boolean[] positive, boolean which) {
    return java.util.stream.IntStream.range(0, score.length)
        .filter(i -> positive[i] == which)
        .mapToDouble(i -> score[i])
        .toArray();
  }

  /// For every row of `own` the share of `other` that lies on the right side of it.
  private static double[] components(double[] own, double[] other, int side) {
    return Arrays.stream(own)
        .map(a ->
            Arrays.stream(other)
                .map(b -> (1 + side * Math.signum(a - b)) / 2)
                .average()
                .orElseThrow())
        .toArray();
  }

  private static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
  }
}
