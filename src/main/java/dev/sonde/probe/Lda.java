package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.List;
import java.util.Locale;

/// Linear discriminant analysis: mass-mean whitened by the spread within the classes.
///
/// `w = S^-1 (mean_1 - mean_0)`, S the pooled within-class covariance (1/n) of the training rows,
/// shrunk towards a multiple of the identity ([Shrinkage]) so that it stands with fewer rows than
/// features; `b` at the midpoint plus the log of the class sizes' ratio. Unshrunk it is parallel to
/// least squares on the labels. More than two classes: [LdaClasses].
public record Lda(Shrinkage shrinkage) implements ProbeFamily {
  public Lda() {
    this(Shrinkage.OAS);
  }

  @Override
  public String name() {
    return shrinkage == Shrinkage.OAS
        ? "lda"
        : "lda-" + shrinkage.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public boolean logOdds() {
    return true;
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int d = basis.x().cols();
    return ClosedForm.solve(basis, tasks, (z, task, means) -> direction(z, task, means, d));
  }

  private Tensor direction(Tensor z, Task task, ClosedForm.Means means, int d) {
    var within = Directions.within(z, task, means);
    return Solve.withCholesky(factor(within, task.trained(), d, shrinkage), means.difference());
  }

  /// The Cholesky factor of the shrunk covariance of rows that are centred on their class: `n x r`,
  /// coordinates of a space of d dimensions. Rows that do not spread at all (one a class) are taken
  /// to spread alike in every direction.
  static Tensor factor(Tensor within, double n, int d, Shrinkage shrinkage) {
    try (var scope = Scope.open()) {
      var s = within.transpose(0, 1).matmul(within).times(1 / n);
      var unit = Tensor.eye(s.size(0), s.type());
      double trace = s.times(unit).sum().item();
      if (!(trace > 0)) {
        return scope.keep(unit);
      }
      double fourths = within.square().sum(1).square().sum().item();
      double amount =
          shrinkage.amount(new Shrinkage.Of(s.square().sum().item(), trace, fourths, n, d));
      double m = trace / d;
      var shrunk = s.times(1 - amount).plus(unit.times(amount * m + 1e-12 * m));
      return scope.keep(Solve.cholesky(shrunk));
    }
  }
}
