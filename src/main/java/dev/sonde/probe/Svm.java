package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import java.util.List;

/// Linear support vector machine with the hinge loss and a free intercept, libsvm's model.
///
/// Minimises `|w|^2 / 2 + C sum_i max(0, 1 - s_i z_i)` to its optimum: the dual by pairs
/// ([DualPairs]), all tasks over one kernel `Z Z^T`. `gradient` of the solution is the violation of
/// the optimality conditions, in units of the margin. The other model of that name, liblinear's, is
/// [SquaredHinge].
public record Svm() implements ProbeFamily {
  @Override
  public String name() {
    return "svm";
  }

  @Override
  public List<Double> grid() {
    return List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int n = basis.rows();
    int r = basis.rank();
    int m = tasks.size();
    var rows = new KernelRows(basis);
    var theta = new double[m * r];
    var bias = new double[m];
    var scores = new double[m * n];
    var violation = new double[m];
    var steps = new int[m];
    for (int j = 0; j < m; j++) {
      var found = new DualPairs(rows, tasks.get(j)).solve(exact ? 1e-7 : 1e-3);
      var w = rows.combined(found.alpha());
      System.arraycopy(w, 0, theta, j * r, r);
      bias[j] = found.bias();
      violation[j] = found.violation();
      steps[j] = found.steps();
      var along = rows.products(w);
      for (int i = 0; i < n; i++) {
        scores[j * n + i] = along[i] + found.bias();
      }
    }
    return new Solution(basis, theta, bias, scores, violation, steps, exact ? 1e-6 : 1e-3);
  }
}
