package dev.sonde.eval;

import java.util.Arrays;

/// Measures of predicted numbers on held-out rows.
public final class Regression {
  private Regression() {}

  /// What each row would be predicted as without looking at it: the mean of the rows trained on.
  public static double[] baseline(double[] y, Folds folds) {
    var out = new double[y.length];
    for (int k = 0; k < folds.count(); k++) {
      var train = folds.without(k);
      double sum = 0;
      int count = 0;
      for (int i = 0; i < y.length; i++) {
        sum += train[i] ? y[i] : 0;
        count += train[i] ? 1 : 0;
      }
      for (int i : folds.rows(k)) {
        out[i] = sum / count;
      }
    }
    return out;
  }

  public static double[] squares(double[] y, double[] predicted) {
    var out = new double[y.length];
    Arrays.setAll(out, i -> (y[i] - predicted[i]) * (y[i] - predicted[i]));
    return out;
  }

  /// `1 - sum of squared errors / that of the means of the rows trained on`: 0 for a probe that
  /// knows the mean only, below 0 for one that does harm.
  public static double r2(double[] y, double[] predicted, Folds folds) {
    double error = Arrays.stream(squares(y, predicted)).sum();
    return 1 - error / Arrays.stream(squares(y, baseline(y, folds))).sum();
  }

  /// Spearman's rank correlation, ties at their mean rank; NaN if a side is constant.
  public static double spearman(double[] a, double[] b) {
    return pearson(Ranks.of(a), Ranks.of(b));
  }

  private static double pearson(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElse(Double.NaN);
    double meanB = Arrays.stream(b).average().orElse(Double.NaN);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return aa == 0 || bb == 0 ? Double.NaN : ab / Math.sqrt(aa * bb);
  }
}
