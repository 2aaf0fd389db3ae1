package dev.sonde.eval;

import java.util.Arrays;
import java.util.stream.IntStream;

/// The variance of an AUROC from its structural components (DeLong, DeLong & Clarke-Pearson 1988),
/// by mid-ranks (Sun & Xu 2014): n log n, not n^2.
public final class DeLong {
  private final double[] ones;
  private final double[] zeros;

  /// For every positive row the share of negative ones below it, and the reverse.
  private DeLong(double[] score, boolean[] positive) {
    var all = Ranks.of(score);
    ones = components(score, positive, true, all);
    zeros = components(score, positive, false, all);
  }

  /// Two probes on the same rows: both AUROCs, their difference with its error, interval and
  /// two-sided p-value.
  public record Paired(
      double first, double second, double difference, double error, Interval interval, double p) {}

  public static double variance(double[] score, boolean[] positive) {
    var c = new DeLong(score, positive);
    return covariance(c.ones, c.ones) / c.ones.length
        + covariance(c.zeros, c.zeros) / c.zeros.length;
  }

  /// The interval of an AUROC on the log-odds scale, so that it stays between 0 and 1; where the
  /// AUROC is 0 or 1 its variance is 0 and so is the width.
  public static Interval interval(double[] score, boolean[] positive, double level) {
    double auroc = Scores.auroc(score, positive);
    double variance = variance(score, positive);
    if (!(variance > 0) || auroc <= 0 || auroc >= 1) {
      return new Interval(auroc, auroc);
    }
    double z = Distributions.normalQuantile(1 - (1 - level) / 2);
    double half = z * Math.sqrt(variance) / (auroc * (1 - auroc));
    double middle = Math.log(auroc / (1 - auroc));
    return new Interval(Scores.probability(middle - half), Scores.probability(middle + half));
  }

  public static Paired paired(double[] first, double[] second, boolean[] positive, double level) {
    var a = new DeLong(first, positive);
    var b = new DeLong(second, positive);
    double one = Scores.auroc(first, positive);
    double two = Scores.auroc(second, positive);
    double variance =
        spreadOfDifference(a.ones, b.ones) / a.ones.length
            + spreadOfDifference(a.zeros, b.zeros) / a.zeros.length;
    double error = Math.sqrt(Math.max(0, variance));
    double half = error * Distributions.normalQuantile(1 - (1 - level) / 2);
    double difference = one - two;
    double p =
        error > 0 ? Distributions.normalTwoSided(difference / error) : difference == 0 ? 1 : 0;
    return new Paired(
        one, two, difference, error, new Interval(difference - half, difference + half), p);
  }

  private static double[] components(
      double[] score, boolean[] positive, boolean which, double[] all) {
    var rows = IntStream.range(0, score.length).filter(i -> positive[i] == which).toArray();
    if (rows.length < 2) {
      throw new IllegalArgumentException(
          "the spread of an AUROC needs two rows or more of either class, not " + rows.length);
    }
    var own = Ranks.of(Arrays.stream(rows).mapToDouble(i -> score[i]).toArray());
    double others = score.length - rows.length;
    var out = new double[rows.length];
    for (int i = 0; i < out.length; i++) {
      double below = (all[rows[i]] - own[i]) / others;
      out[i] = which ? below : 1 - below;
    }
    return out;
  }

  private static double spreadOfDifference(double[] a, double[] b) {
    return covariance(a, a) + covariance(b, b) - 2 * covariance(a, b);
  }

  private static double covariance(double[] a, double[] b) {
    double ma = Arrays.stream(a).average().orElseThrow();
    double mb = Arrays.stream(b).average().orElseThrow();
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - ma) * (b[i] - mb);
    }
    return sum / (a.length - 1);
  }
}
