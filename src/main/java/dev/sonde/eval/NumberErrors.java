package dev.sonde.eval;

import java.util.Arrays;

/// Measures of predicted numbers that span decades, or whose order is all that counts.
public final class NumberErrors {
  private NumberErrors() {}

  /// The root of the mean squared difference of `log10(1 + |v|)`, signs kept.
  public static double logRmse(double[] truth, double[] predicted) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      double difference = log(truth[i]) - log(predicted[i]);
      sum += difference * difference / truth.length;
    }
    return Math.sqrt(sum);
  }

  private static double log(double v) {
    return Math.signum(v) * Math.log10(1 + Math.abs(v));
  }

  /// The median of `|predicted - truth| / |truth|`; rows whose truth is 0 have no relative error
  /// and are left out. NaN if none is left.
  public static double medianRelative(double[] truth, double[] predicted) {
    var errors = new double[truth.length];
    int count = 0;
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] != 0) {
        errors[count++] = Math.abs((predicted[i] - truth[i]) / truth[i]);
      }
    }
    var sorted = Arrays.copyOf(errors, count);
    Arrays.sort(sorted);
    if (count == 0) {
      return Double.NaN;
    }
    return count % 2 == 1 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
  }

  /// Kendall's tau-b: pairs in the same order less pairs in the other, ties taken into account. NaN
  /// if a side is constant.
  public static double kendall(double[] a, double[] b) {
    double agree = 0;
    double pairsA = 0;
    double pairsB = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        double x = Math.signum(a[i] - a[j]);
        double y = Math.signum(b[i] - b[j]);
        agree += x * y;
        pairsA += x * x;
        pairsB += y * y;
      }
    }
    return pairsA == 0 || pairsB == 0 ? Double.NaN : agree / Math.sqrt(pairsA * pairsB);
  }

  /// The mean distance, in the unit of the numbers: years, say.
  public static double meanAbsolute(double[] truth, double[] predicted) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      sum += Math.abs(truth[i] - predicted[i]) / truth.length;
    }
    return sum;
  }
}
