package dev.sonde.sequence;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Coordinates in which the multinomial losses of [SoftmaxLoss] are nearly round.
///
/// The curvature of `C sum_i loss_i + |W|^2 / 2` is `I + C sum_i A_i (x) x_i x_i^T` with `A_i =
/// diag(p_i) - p_i p_i^T`; here it is taken for `I + C n A (x) S`, the mean of A by the mean of `x
/// x^T` (Martens & Grosse 2015 do so for networks). With `S = V diag(sigma) V^T` and `A = U
/// diag(alpha) U^T`,
///
/// ```
/// W = V (F / sqrt(1 + C n sigma alpha^T)) U^T
/// ```
///
/// has a curvature in F that is about 1 everywhere. Intercepts are read as the weights of one more
/// feature, which is 1. It lives in the scope that is open when it is made.
final class RoundCoordinates {
  private final Axes axes;
  private final List<double[]> turns;
  private final List<double[]> scales;
  private final int k;

  private RoundCoordinates(Axes axes, List<double[]> turns, List<double[]> scales, int k) {
    this.axes = axes;
    this.turns = turns;
    this.scales = scales;
    this.k = k;
  }

  /// `curvatures` holds A (`k x k`) for every column, `strength` is C n.
  static RoundCoordinates of(Axes axes, List<double[]> curvatures, int k, double strength) {
    int d = axes.values.length;
    var turns = new ArrayList<double[]>();
    var scales = new ArrayList<double[]>();
    try (var scope = Scope.open()) {
      for (var curvature : curvatures) {
        var eigen = Solve.eigen(Tensor.of(curvature, k, k));
        var alpha = eigen.values().toDoubles();
        var scale = new double[(d + 1) * k];
        for (int i = 0; i <= d; i++) {
          double sigma = i == d ? 1 : Math.max(0, axes.values[i]);
          for (int p = 0; p < k; p++) {
            scale[i * k + p] = 1 / Math.sqrt(1 + strength * sigma * Math.max(0, alpha[p]));
          }
        }
        turns.add(eigen.vectors().toDoubles());
        scales.add(scale);
      }
    }
    return new RoundCoordinates(axes, turns, scales, k);
  }

  /// From coordinates of the columns `ids` to weights side by side, `(d + 1) x m`, intercepts last.
  double[] weights(int[] ids, double[][] points) {
    int d = axes.values.length;
    int m = ids.length * k;
    var turned = new double[(d + 1) * m];
    for (int j = 0; j < ids.length; j++) {
      var u = turns.get(ids[j]);
      var scale = scales.get(ids[j]);
      for (int i = 0; i <= d; i++) {
        for (int q = 0; q < k; q++) {
          double sum = 0;
          for (int p = 0; p < k; p++) {
            sum += scale[i * k + p] * points[j][i * k + p] * u[q * k + p];
          }
          turned[i * m + j * k + q] = sum;
        }
      }
    }
    axes.forward(turned, m);
    return turned;
  }

  /// From the gradient by the weights ([#weights]'s layout, overwritten) to that by the
  /// coordinates.
  void slopes(int[] ids, double[] byWeights, double[][] slopes) {
    int m = ids.length * k;
    axes.back(byWeights, m);
    for (int j = 0; j < ids.length; j++) {
      turnBack(ids[j], byWeights, m, j * k, 1, slopes[j]);
    }
  }

  /// The coordinates of one column's weights, `(d + 1) x k`.
  double[] point(int id, double[] weights) {
    var turned = weights.clone();
    axes.back(turned, k);
    var out = new double[turned.length];
    turnBack(id, turned, k, 0, -1, out);
    return out;
  }

  private void turnBack(int id, double[] from, int m, int at, int sign, double[] to) {
    var u = turns.get(id);
    var scale = scales.get(id);
    for (int i = 0; i < to.length / k; i++) {
      for (int p = 0; p < k; p++) {
        double sum = 0;
        for (int q = 0; q < k; q++) {
          sum += from[i * m + at + q] * u[q * k + p];
        }
        double by = scale[i * k + p];
        to[i * k + p] = sign > 0 ? sum * by : sum / by;
      }
    }
  }

  /// The length that a gradient by coordinates has by weights.
  double length(int id, double[] slope) {
    double sum = 0;
    var scale = scales.get(id);
    for (int i = 0; i < slope.length; i++) {
      double g = slope[i] / scale[i];
      sum += g * g;
    }
    return Math.sqrt(sum);
  }
}
