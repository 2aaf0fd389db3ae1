package dev.sonde.probe;

import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.linalg.Gram;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Ridge regression, `min |y - Xw - b|^2 + alpha |w|^2`, intercept free: the probe for numbers, and
/// the closed form behind label permutations.
///
/// What every held-out row would be predicted as by a fit without its fold follows from one fit to
/// all rows, exactly ([HeldOut]). So thousands of targets (permuted labels) are extra columns of
/// one product.
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
    var each = IntStream.range(0, parts.length).mapToObj(p -> new int[] {p}).toArray(int[][]::new);
    return HeldOut.of(basis, parts).predicted(y, alpha, each);
  }

  /// How many rows a ridge classifier (labels -1 and 1, threshold 0) gets right when their part is
  /// left out, for every labelling: `labels` holds them one after the other, n each.
  public static int[] heldOutCorrect(Basis basis, double[] labels, int[][] parts, double alpha) {
    int n = basis.rows();
    return HeldOut.of(basis, parts)
        .correct(b -> Arrays.copyOfRange(labels, b * n, (b + 1) * n), labels.length / n, alpha);
  }

  /// `1/n + U diag(lambda / (lambda + alpha)) U^T`.
  static Tensor hat(Basis basis, double alpha) {
    try (var scope = Scope.open()) {
      var weights = basis.lambda().plus(alpha).reciprocal().sqrt();
      return scope.keep(Gram.of(basis.z().times(weights)).plus(1.0 / basis.rows()));
    }
  }
}
