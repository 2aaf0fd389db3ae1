package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.List;

/// What probes share that follow from the means of the classes: threshold midway between them,
/// moved by the log of the classes' sizes where the scores are log-odds.
final class ClosedForm {
  private ClosedForm() {}

  /// The means of the training rows of each class, columns of length r.
  record Means(Tensor one, Tensor zero, double ones, double zeros) {
    static Means of(Tensor z, Task task) {
      int n = task.rows();
      var shares = new double[2 * n];
      double[] count = new double[2];
      for (int i = 0; i < n; i++) {
        count[(int) task.target(i)] += task.weight(i);
      }
      for (int i = 0; i < n; i++) {
        int k = (int) task.target(i);
        shares[k * n + i] = task.weight(i) / count[k];
      }
      var means = Tensor.of(shares, 2, n).matmul(z);
      return new Means(
          means.select(0, 1).unsqueeze(1), means.select(0, 0).unsqueeze(1), count[1], count[0]);
    }

    Tensor difference() {
      return one.minus(zero);
    }
  }

  /// From the rows, a task and its means to a direction, `r x 1`.
  interface Rule {
    Tensor direction(Tensor z, Task task, Means means);
  }

  static Solution solve(Basis basis, List<Task> tasks, Rule rule) {
    int n = basis.rows();
    int r = basis.rank();
    int m = tasks.size();
    var theta = new double[m * r];
    var bias = new double[m];
    var scores = new double[m * n];
    try (var all = Scope.open()) {
      var z = basis.z();
      for (int j = 0; j < m; j++) {
        try (var scope = Scope.open()) {
          var means = Means.of(z, tasks.get(j));
          var w = rule.direction(z, tasks.get(j), means);
          var middle = means.one().plus(means.zero()).times(0.5);
          bias[j] = -w.times(middle).sum().item() + Math.log(means.ones() / means.zeros());
          System.arraycopy(w.toDoubles(), 0, theta, j * r, r);
          System.arraycopy(z.matmul(w).plus(bias[j]).toDoubles(), 0, scores, j * n, n);
        }
      }
    }
    return new Solution(basis, theta, bias, scores, new double[m], new int[m], 0);
  }
}
