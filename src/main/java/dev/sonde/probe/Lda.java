package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.List;

/// Linear discriminant analysis: mass-mean whitened by the spread within the classes.
///
/// `w = S^-1 (mean_1 - mean_0)`, S the pooled within-class covariance (1/n) of the training rows,
/// shrunk towards a multiple of the identity by the oracle approximating amount (Chen et al. 2010,
/// eq. 23) so that it stands with fewer rows than features; `b` at the midpoint plus the log of the
/// class sizes' ratio. Unshrunk it is parallel to least squares on the labels.
public record Lda(boolean shrink) implements ProbeFamily {
  public Lda() {
    this(true);
  }

  @Override
  public String name() {
    return "lda";
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
    int n = task.rows();
    int r = (int) z.size(1);
    var centre = new double[n];
    var weight = new double[n];
    for (int i = 0; i < n; i++) {
      centre[i] = task.target(i);
      weight[i] = task.weight(i);
    }
    var ones = Tensor.of(centre, n, 1);
    var within =
        z.minus(ones.matmul(means.one().transpose(0, 1)))
            .minus(ones.negative().plus(1).matmul(means.zero().transpose(0, 1)))
            .times(Tensor.of(weight, n, 1));
    var s = within.transpose(0, 1).matmul(within).times(1 / task.trained());
    double trace = s.times(Tensor.eye(r, s.type())).sum().item();
    double m = trace / d;
    double amount =
        shrink ? oas(s.square().sum().item() / ((double) d * d), m, task.trained(), d) : 0;
    var shrunk = s.times(1 - amount).plus(Tensor.eye(r, s.type()).times(amount * m + 1e-12 * m));
    return Solve.withCholesky(Solve.cholesky(shrunk), means.difference());
  }

  /// The oracle approximating shrinkage of a d x d covariance whose squared entries average `a` and
  /// whose diagonal averages `m`.
  static double oas(double a, double m, double n, int d) {
    double denominator = (n + 1) * (a - m * m / d);
    return denominator <= 0 ? 1 : Math.min(1, (a + m * m) / denominator);
  }
}
