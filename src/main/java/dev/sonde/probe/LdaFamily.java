package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import java.util.List;

/// Linear discriminant analysis of any number of classes as a family: what [LdaClasses] fits to all
/// rows, for every task. The softmax of its scores is the posterior under normal classes of one
/// covariance.
public record LdaFamily(Shrinkage shrinkage) implements ClassFamily {
  @Override
  public String name() {
    return new Lda(shrinkage).name();
  }

  @Override
  public List<Double> grid() {
    return new Lda(shrinkage).grid();
  }

  @Override
  public boolean probabilities() {
    return true;
  }

  @Override
  public ClassSolution solve(
      Basis basis, List<ClassTask> tasks, boolean exact, List<double[]> near) {
    var out = new ClassSolution(basis, tasks.getFirst().classes(), 0);
    int d = basis.x().cols();
    for (var task : tasks) {
      try (var scope = Scope.open()) {
        var rows = ClassRows.of(basis, task);
        var means = rows.means();
        int n = task.training().length;
        var within = rows.z().minus(rows.members().matmul(means));
        var factor = Lda.factor(within, n, d, shrinkage);
        var w = Solve.withCholesky(factor, means.transpose(0, 1).contiguous()).transpose(0, 1);
        var b = w.times(means).sum(1).times(-0.5).toDoubles();
        double common = 0;
        for (int k = 0; k < b.length; k++) {
          b[k] += Math.log((double) rows.count(k) / n);
          common += b[k] / b.length;
        }
        for (int k = 0; k < b.length; k++) {
          b[k] -= common;
        }
        out.add(ClassRows.stacked(w.minus(w.mean(0)), b), rows.present(), 0);
      }
    }
    return out;
  }
}
