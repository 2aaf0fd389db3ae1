package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Ridge regression on labels -1 and 1, cut at 0; parallel to discriminant analysis with a
/// covariance shrunk by alpha.
///
/// Minimises `|y - Xw - b|^2 + alpha |w|^2`, intercept free. `alpha = 4 / C`, so that C means what
/// it means to the logistic probe (the first Newton step of that one from zero) and the closed form
/// behind label permutations is this very probe. Tasks with the same training rows share one
/// scatter matrix.
public record RidgeClassifier() implements ProbeFamily {
  @Override
  public String name() {
    return "ridge-classifier";
  }

  @Override
  public List<Double> grid() {
    return List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0);
  }

  /// What scikit-learn calls alpha.
  public static double alpha(double c) {
    return 4 / c;
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int n = basis.rows();
    int r = basis.rank();
    int m = tasks.size();
    var theta = new double[m * r];
    var bias = new double[m];
    var scores = new double[m * n];
    var same = new LinkedHashMap<List<Double>, List<Integer>>();
    for (int j = 0; j < m; j++) {
      var task = tasks.get(j);
      var rows = IntStream.range(0, n).mapToObj(task::weight).toList();
      same.computeIfAbsent(rows, k -> new java.util.ArrayList<>()).add(j);
    }
    try (var scope = Scope.open()) {
      var z = basis.z();
      for (var rows : same.entrySet()) {
        together(z, tasks, rows, theta, bias);
      }
      var all =
          Tensor.of(theta, m, r).matmul(z.transpose(0, 1)).plus(Tensor.of(bias, m, 1)).toDoubles();
      System.arraycopy(all, 0, scores, 0, scores.length);
    }
    return new Solution(basis, theta, bias, scores, new double[m], new int[m], 0);
  }

  private static void together(
      Tensor z,
      List<Task> tasks,
      Map.Entry<List<Double>, List<Integer>> same,
      double[] theta,
      double[] bias) {
    int n = (int) z.size(0);
    int r = (int) z.size(1);
    try (var scope = Scope.open()) {
      var weight = same.getKey().stream().mapToDouble(w -> w).toArray();
      double total = Arrays.stream(weight).sum();
      var w = Tensor.of(weight, n, 1);
      var mean = z.times(w).sum(0).times(1 / total);
      var centred = z.minus(mean).times(w);
      var scatter = z.minus(mean).transpose(0, 1).matmul(centred);
      var factors = new LinkedHashMap<Double, Tensor>();
      for (int j : same.getValue()) {
        var task = tasks.get(j);
        var y = new double[n];
        Arrays.setAll(y, i -> 2 * task.target(i) - 1);
        double level = IntStream.range(0, n).mapToDouble(i -> weight[i] * y[i]).sum() / total;
        var factor =
            factors.computeIfAbsent(
                task.c(),
                c -> Solve.cholesky(scatter.plus(Tensor.eye(r, scatter.type()).times(alpha(c)))));
        var right = centred.transpose(0, 1).matmul(Tensor.of(y, n, 1).minus(level));
        var found = Solve.withCholesky(factor, right);
        System.arraycopy(found.toDoubles(), 0, theta, j * r, r);
        bias[j] = level - mean.unsqueeze(0).matmul(found).item();
      }
    }
  }
}
