package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The probes of many [ClassTask]s over one basis: a direction and an intercept a class.
public final class ClassSolution {
  private final Basis basis;
  private final int classes;
  private final double tolerance;
  private final List<double[]> found = new ArrayList<>();
  private final List<Double> gradients = new ArrayList<>();

  /// `tolerance`: the gradient up to which a task counts as solved; 0 for closed forms.
  ClassSolution(Basis basis, int classes, double tolerance) {
    this.basis = basis;
    this.classes = classes;
    this.tolerance = tolerance;
  }

  /// Adds the next task's: `theta` is `(r + 1) x present`, intercepts last; other classes are never
  /// answered.
  void add(double[] theta, int[] present, double gradient) {
    int r = basis.rank();
    var all = new double[(r + 1) * classes];
    Arrays.fill(all, r * classes, all.length, Link.NEVER);
    for (int i = 0; i <= r; i++) {
      for (int p = 0; p < present.length; p++) {
        all[i * classes + present[p]] = theta[i * present.length + p];
      }
    }
    found.add(all);
    gradients.add(gradient);
  }

  /// What every row, trained on or not, scores in every class: `n x classes`, row-major.
  public double[] scores(int task) {
    try (var scope = Scope.open()) {
      int r = basis.rank();
      var theta = Tensor.of(found.get(task), r + 1, classes);
      return basis.z().matmul(theta.narrow(0, 0, r)).plus(theta.select(0, r)).toDoubles();
    }
  }

  /// Directions in the basis and intercepts: where a neighbouring task may begin.
  public double[] coordinates(int task) {
    return found.get(task).clone();
  }

  /// Length of the gradient over C times the rows trained on.
  public double gradient(int task) {
    return gradients.get(task);
  }

  public boolean converged(int task) {
    return gradients.get(task) <= tolerance;
  }

  /// The probe in the space of the raw rows.
  public LinearMap probe(int task) {
    try (var scope = Scope.open()) {
      int r = basis.rank();
      var all = found.get(task);
      var theta = Tensor.of(Arrays.copyOf(all, r * classes), r, classes);
      var raw = basis.raw(theta, Arrays.copyOfRange(all, r * classes, all.length));
      var out = new ArrayList<Linear>();
      for (int k = 0; k < classes; k++) {
        out.add(Linear.of(raw.direction(k), raw.bias(k)));
      }
      return new LinearMap(out);
    }
  }
}
