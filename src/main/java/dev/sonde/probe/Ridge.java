package dev.sonde.probe;

import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.linalg.Gram;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Ridge regression, `min |y - Xw - b|^2 + alpha |w|^2`, intercept free: the probe for numbers, and
/// the closed form behind label permutations.
///
/// What every held-out row would be predicted as by a fit without its fold follows from one fit to
/// all rows, exactly: `e_G = (I - H_GG)^-1 r_G` with the hat matrix H of the full fit, intercept
/// (1/n) included. So thousands of targets (permuted labels) are extra columns of one product.
public final class Ridge {
  private Ridge() {}

  /// The regularisations worth trying, in units of [Basis.Scaling#COMMON].
  public static List<Double> grid() {
    return List.of(1e0, 1e1, 1e2, 1e3, 1e4, 1e5);
  }

  /// The fit to all rows.
  public static Linear fit(Samples samples, Basis.Scaling scaling, double alpha) {
    if (!(samples.y() instanceof Numbers numbers)) {
      throw new BadInput("the ridge probe predicts numbers; the labels given are classes");
    }
    return fit(Basis.of(samples.x(), scaling), numbers.toArray(), alpha);
  }

  public static Linear fit(Basis basis, double[] y, double alpha) {
    int n = basis.rows();
    double mean = Arrays.stream(y).average().orElseThrow();
    try (var scope = Scope.open()) {
      var centred = Tensor.of(y, n, 1).minus(mean);
      var theta =
          basis
              .z()
              .transpose(0, 1)
              .matmul(centred)
              .dividedBy(basis.lambda().plus(alpha).unsqueeze(1));
      var raw = basis.raw(theta, new double[] {mean});
      return Linear.of(raw.direction(0), raw.bias(0));
    }
  }

  /// Held-out predictions of one target under several ways to hold out: `parts[i]` are the rows
  /// left out together; the answer has, in the same order, what each of them is predicted as.
  public static double[][] heldOut(Basis basis, double[] y, int[][] parts, double alpha) {
    try (var scope = Scope.open()) {
      var hat = hat(basis, alpha);
      var target = Tensor.of(y, y.length, 1);
      var residual = target.minus(hat.matmul(target));
      var out = new double[parts.length][];
      for (int p = 0; p < parts.length; p++) {
        try (var inner = Scope.open()) {
          var error = without(hat, residual, parts[p]).toDoubles();
          out[p] = new double[error.length];
          for (int i = 0; i < error.length; i++) {
            out[p][i] = y[parts[p][i]] - error[i];
          }
        }
      }
      return out;
    }
  }

  /// How many rows a ridge classifier (labels -1 and 1, threshold 0) gets right when their part is
  /// left out, for every labelling: `labels` holds them one after the other, n each.
  public static int[] heldOutCorrect(Basis basis, double[] labels, int[][] parts, double alpha) {
    int n = basis.rows();
    int m = labels.length / n;
    try (var scope = Scope.open()) {
      var y = Tensor.of(labels, m, n).transpose(0, 1).contiguous();
      var hat = hat(basis, alpha);
      var residual = y.minus(hat.matmul(y));
      var correct = new double[m];
      for (var part : parts) {
        try (var inner = Scope.open()) {
          var error = without(hat, residual, part);
          var wrong = y.pick(0, ids(part)).times(error).minus(1).negative().greaterThan(0);
          var hits = wrong.to(dev.sonde.tensor.DType.FLOAT64).sum(0).toDoubles();
          for (int j = 0; j < m; j++) {
            correct[j] += hits[j];
          }
        }
      }
      return Arrays.stream(correct).mapToInt(c -> (int) Math.round(c)).toArray();
    }
  }

  /// The sum of squared errors of held-out rows, for every column of targets: `targets` holds them
  /// one after the other, n each.
  public static double[] heldOutSquares(
      Basis basis, double[] targets, int[][] parts, double alpha) {
    int n = basis.rows();
    try (var scope = Scope.open()) {
      var y = Tensor.of(targets, targets.length / n, n).transpose(0, 1).contiguous();
      var hat = hat(basis, alpha);
      var residual = y.minus(hat.matmul(y));
      var sum = Tensor.zeros(y.type(), targets.length / n);
      for (var part : parts) {
        sum = sum.plus(without(hat, residual, part).square().sum(0));
      }
      return sum.toDoubles();
    }
  }

  /// `1/n + U diag(lambda / (lambda + alpha)) U^T`.
  static Tensor hat(Basis basis, double alpha) {
    try (var scope = Scope.open()) {
      var weights = basis.lambda().plus(alpha).reciprocal().sqrt();
      return scope.keep(Gram.of(basis.z().times(weights)).plus(1.0 / basis.rows()));
    }
  }

  private static Tensor without(Tensor hat, Tensor residual, int[] part) {
    var ids = ids(part);
    var own = hat.pick(0, ids).pick(1, ids);
    var system = Tensor.eye(part.length, hat.type()).minus(own);
    return Solve.withCholesky(Solve.cholesky(system), residual.pick(0, ids));
  }

  private static Tensor ids(int[] rows) {
    return Tensor.of(Arrays.stream(rows).asLongStream().toArray(), rows.length);
  }
}
