package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// The optima of many tasks over one basis.
public final class Solution {
  private final Basis basis;
  private final double[] theta;
  private final double[] bias;
  private final double[] scores;
  private final double[] gradient;
  private final int[] iterations;
  private final double tolerance;

  Solution(
      Basis basis,
      double[] theta,
      double[] bias,
      double[] scores,
      double[] gradient,
      int[] iterations,
      double tolerance) {
    this.basis = basis;
    this.theta = theta;
    this.bias = bias;
    this.scores = scores;
    this.gradient = gradient;
    this.iterations = iterations;
    this.tolerance = tolerance;
  }

  public int size() {
    return bias.length;
  }

  /// Log-odds of every row, trained on or not, under the probe of a task.
  public double[] scores(int task) {
    int n = basis.rows();
    return Arrays.copyOfRange(scores, task * n, (task + 1) * n);
  }

  /// Length of the gradient over C times the rows trained on: 0 at the optimum.
  public double gradient(int task) {
    return gradient[task];
  }

  public int iterations(int task) {
    return iterations[task];
  }

  public boolean converged(int task) {
    return gradient[task] <= tolerance;
  }

  /// Direction in the basis and, last, the intercept.
  public double[] coordinates(int task) {
    int r = basis.rank();
    var out = Arrays.copyOfRange(theta, task * r, (task + 1) * r + 1);
    out[r] = bias[task];
    return out;
  }

  /// The probe in the space of the raw rows.
  public Linear probe(int task) {
    try (var scope = Scope.open()) {
      int r = basis.rank();
      var column = Tensor.of(Arrays.copyOfRange(theta, task * r, (task + 1) * r), r, 1);
      var raw = basis.raw(column, new double[] {bias[task]});
      return Linear.of(raw.direction(0), raw.bias(0));
    }
  }
}
