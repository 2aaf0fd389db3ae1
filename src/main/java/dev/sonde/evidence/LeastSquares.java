package dev.sonde.evidence;

import java.util.Arrays;

/// The share of variance that a few columns explain of another, intercept free.
final class LeastSquares {
  private static final double NOTHING = 1e-12;

  private LeastSquares() {}

  /// R² of `y` on `columns`, by Gram-Schmidt on centred columns; columns that hold nothing new are
  /// left out. NaN if `y` is constant.
  static double r2(double[] y, double[]... columns) {
    var target = centred(y);
    double total = dot(target, target);
    if (!(total > NOTHING * Arrays.stream(y).map(v -> v * v).sum())) {
      return Double.NaN;
    }
    var basis = new double[columns.length][];
    int kept = 0;
    double explained = 0;
    for (var column : columns) {
      var own = centred(column);
      double before = dot(own, own);
      for (int b = 0; b < kept; b++) {
        double by = dot(own, basis[b]);
        for (int i = 0; i < own.length; i++) {
          own[i] -= by * basis[b][i];
        }
      }
      double size = dot(own, own);
      if (!(size > NOTHING * before)) {
        continue;
      }
      double root = Math.sqrt(size);
      for (int i = 0; i < own.length; i++) {
        own[i] /= root;
      }
      basis[kept++] = own;
      double along = dot(target, own);
      explained += along * along;
    }
    return explained / total;
  }

  private static double[] centred(double[] v) {
    double mean = Arrays.stream(v).average().orElseThrow();
    return Arrays.stream(v).map(a -> a - mean).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
