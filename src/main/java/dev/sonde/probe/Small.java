package dev.sonde.probe;

import dev.sonde.data.Matrix;

/// Sums over short arrays that more than one probe needs.
final class Small {
  private Small() {}

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double length(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  /// At length 1; what has none stays.
  static double[] unit(double[] a) {
    double length = length(a);
    return length > 0 ? scaled(a, 1 / length) : a.clone();
  }

  static double[] scaled(double[] a, double by) {
    var out = a.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= by;
    }
    return out;
  }

  /// `a + by * b`.
  static double[] plus(double[] a, double by, double[] b) {
    var out = a.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] += by * b[i];
    }
    return out;
  }

  /// The mean of some rows.
  static double[] mean(Matrix x, int[] rows) {
    var out = new double[x.cols()];
    for (int i : rows) {
      for (int j = 0; j < out.length; j++) {
        out[j] += x.at(i, j) / rows.length;
      }
    }
    return out;
  }

  /// Solves a positive definite system in place, by Gauss and Jordan; its right-hand side is the
  /// last column, and so is the answer.
  static void solve(double[][] a) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        pivot = Math.abs(a[i][k]) > Math.abs(a[pivot][k]) ? i : pivot;
      }
      var row = a[k];
      a[k] = a[pivot];
      a[pivot] = row;
      for (int i = 0; i < n; i++) {
        double factor = i == k ? 0 : a[i][k] / a[k][k];
        for (int j = k; factor != 0 && j <= n; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    for (int k = 0; k < n; k++) {
      a[k][n] /= a[k][k];
    }
  }
}
