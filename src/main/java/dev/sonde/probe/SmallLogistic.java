package dev.sonde.probe;

import java.util.Arrays;

/// Logistic regression on a handful of features, by Newton's method: the second stage of probes
/// whose first one finds a few numbers a row.
///
/// Minimises `C * sum_i w_i cross-entropy(t_i, sigma(z_i)) + |w|^2 / 2`, intercept free. Targets
/// may lie between 0 and 1 (Platt's smoothed ones do).
final class SmallLogistic {
  private static final int STEPS = 200;
  private static final double ENOUGH = 1e-11;

  private SmallLogistic() {}

  /// k weights and, last, the intercept. `x` is `n x k`; rows of weight 0 are not learnt from.
  static double[] fit(double[][] x, double[] target, double[] weight, double c) {
    int k = x[0].length;
    var beta = new double[k + 1];
    double total = Arrays.stream(weight).sum();
    double now = objective(x, target, weight, c, beta);
    for (int step = 0; step < STEPS; step++) {
      var system = system(x, target, weight, c, beta);
      double size = 0;
      for (int a = 0; a <= k; a++) {
        size = Math.max(size, Math.abs(system[a][k + 1]));
      }
      if (size <= ENOUGH * c * total) {
        break;
      }
      Small.solve(system);
      double length = 1;
      double[] next = moved(beta, system, length);
      double then = objective(x, target, weight, c, next);
      while (then > now && length > 1e-9) {
        length /= 2;
        next = moved(beta, system, length);
        then = objective(x, target, weight, c, next);
      }
      if (then > now) {
        break;
      }
      now = then;
      beta = next;
    }
    return beta;
  }

  private static double[] moved(double[] beta, double[][] system, double length) {
    var out = beta.clone();
    for (int a = 0; a < out.length; a++) {
      out[a] -= length * system[a][out.length];
    }
    return out;
  }

  static double score(double[] row, double[] beta) {
    double z = beta[row.length];
    for (int a = 0; a < row.length; a++) {
      z += beta[a] * row[a];
    }
    return z;
  }

  private static double objective(
      double[][] x, double[] target, double[] weight, double c, double[] beta) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      if (weight[i] > 0) {
        double z = score(x[i], beta);
        double softplus = Math.max(0, z) + Math.log1p(Math.exp(-Math.abs(z)));
        sum += c * weight[i] * (softplus - target[i] * z);
      }
    }
    for (int a = 0; a < beta.length - 1; a++) {
      sum += beta[a] * beta[a] / 2;
    }
    return sum;
  }

  /// Hessian and, in the last column, gradient.
  private static double[][] system(
      double[][] x, double[] target, double[] weight, double c, double[] beta) {
    int k = beta.length - 1;
    var h = new double[k + 1][k + 2];
    for (int a = 0; a < k; a++) {
      h[a][a] = 1;
      h[a][k + 1] = beta[a];
    }
    h[k][k] = 1e-12;
    for (int i = 0; i < x.length; i++) {
      if (weight[i] > 0) {
        double p = 1 / (1 + Math.exp(-score(x[i], beta)));
        double curvature = c * weight[i] * p * (1 - p);
        double error = c * weight[i] * (p - target[i]);
        for (int a = 0; a <= k; a++) {
          double xa = a < k ? x[i][a] : 1;
          h[a][k + 1] += error * xa;
          for (int b = 0; b <= k; b++) {
            h[a][b] += curvature * xa * (b < k ? x[i][b] : 1);
          }
        }
      }
    }
    return h;
  }
}
