package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.List;

/// What probes share that are one direction and a cut.
final class Directions {
  private Directions() {}

  /// From the rows and a task to a direction, `r x 1`.
  interface Rule {
    Tensor direction(Tensor z, Task task);
  }

  static Solution solve(Basis basis, List<Task> tasks, Threshold threshold, Rule rule) {
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
          var w = rule.direction(z, tasks.get(j));
          var along = z.matmul(w).toDoubles();
          var cut = threshold.on(along, tasks.get(j));
          System.arraycopy(w.times(cut[0]).toDoubles(), 0, theta, j * r, r);
          bias[j] = cut[1];
          for (int i = 0; i < n; i++) {
            scores[j * n + i] = cut[0] * along[i] + cut[1];
          }
        }
      }
    }
    return new Solution(basis, theta, bias, scores, new double[m], new int[m], 0);
  }

  /// The rows less the mean of their class in the training rows, rows not trained on 0.
  static Tensor within(Tensor z, Task task, ClosedForm.Means means) {
    int n = task.rows();
    var target = new double[n];
    var weight = new double[n];
    for (int i = 0; i < n; i++) {
      target[i] = task.target(i);
      weight[i] = Math.sqrt(task.weight(i));
    }
    var ones = Tensor.of(target, n, 1);
    return z.minus(ones.matmul(means.one().transpose(0, 1)))
        .minus(ones.negative().plus(1).matmul(means.zero().transpose(0, 1)))
        .times(Tensor.of(weight, n, 1));
  }
}
