package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// The optima of many tasks over one basis.
public final class Solution {
  private final Basis basis;
  private final double[] theta;
  private final double[] bias;
  private final double[] scores;
  private final double[] gradient;
  private final int[] iterations;
  private final double tolerance;
  private final List<Linear> probes;

  Solution(
      Basis basis,
      double[] theta,
      double[] bias,
      double[] scores,
      double[] gradient,
      int[] iterations,
      double tolerance) {
    this(basis, theta, bias, scores, gradient, iterations, tolerance, List.of());
  }

  private Solution(
      Basis basis,
      double[] theta,
      double[] bias,
      double[] scores,
      double[] gradient,
      int[] iterations,
      double tolerance,
      List<Linear> probes) {
    this.basis = basis;
    this.theta = theta;
    this.bias = bias;
    this.scores = scores;
    this.gradient = gradient;
    this.iterations = iterations;
    this.tolerance = tolerance;
    this.probes = probes;
  }

  /// Of probes that do not lie in the span of the centred rows (a few features only, an intercept
  /// that is penalised): they are given as they are, and so are their scores.
  static Solution ofProbes(
      Basis basis, List<Linear> probes, double[] gradient, int[] iterations, double tolerance) {
    int n = basis.rows();
    var scores = new double[probes.size() * n];
    for (int j = 0; j < probes.size(); j++) {
      System.arraycopy(probes.get(j).scores(basis.x()), 0, scores, j * n, n);
    }
    return new Solution(
        basis,
        new double[0],
        new double[probes.size()],
        scores,
        gradient,
        iterations,
        tolerance,
        List.copyOf(probes));
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

  /// Direction in the basis and, last, the intercept; all 0 for probes that do not lie in its span.
  public double[] coordinates(int task) {
    int r = basis.rank();
    if (!probes.isEmpty()) {
      return new double[r + 1];
    }
    var out = Arrays.copyOfRange(theta, task * r, (task + 1) * r + 1);
    out[r] = bias[task];
    return out;
  }

  /// The probe in the space of the raw rows.
  public Linear probe(int task) {
    if (!probes.isEmpty()) {
      return probes.get(task);
    }
    try (var scope = Scope.open()) {
      int r = basis.rank();
      var column = Tensor.of(Arrays.copyOfRange(theta, task * r, (task + 1) * r), r, 1);
      var raw = basis.raw(column, new double[] {bias[task]});
      return Linear.of(raw.direction(0), raw.bias(0));
    }
  }
}
