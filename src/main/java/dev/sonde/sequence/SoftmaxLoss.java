package dev.sonde.sequence;

import dev.sonde.data.TokenLabels;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The losses of [TokenSoftmax]: a column is `d x k` coordinates and k intercepts, k the most
/// classes that any column of labels has; a class that a column lacks has the probability 0.
/// Divided by C times the number of rows.
final class SoftmaxLoss implements Lbfgs.Objective {
  private static final double NEVER = -1e30;

  private final TokenRows rows;
  private final Tensor round;
  private final List<TokenLabels.Column> columns;
  private final double c;
  private final int k;
  private final int d;

  SoftmaxLoss(TokenRows rows, Tensor round, List<TokenLabels.Column> columns, double c) {
    this.rows = rows;
    this.round = round;
    this.columns = columns;
    this.c = c;
    k = columns.stream().mapToInt(l -> l.classes().size()).max().orElse(0);
    d = rows.width();
  }

  @Override
  public int columns() {
    return columns.size();
  }

  @Override
  public int size() {
    return (d + 1) * k;
  }

  /// Directions in common units, `d x k`.
  double[] directions(double[] theta) {
    try (var scope = Scope.open()) {
      return round.matmul(Tensor.of(Arrays.copyOf(theta, d * k), d, k)).toDoubles();
    }
  }

  @Override
  public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
    try (var scope = Scope.open()) {
      int m = ids.length * k;
      var stacked = new ArrayList<Tensor>();
      var bias = new double[m];
      for (int j = 0; j < ids.length; j++) {
        stacked.add(Tensor.of(Arrays.copyOf(points[j], d * k), d, k));
        System.arraycopy(points[j], d * k, bias, j * k, k);
        Arrays.fill(bias, j * k + columns.get(ids[j]).classes().size(), (j + 1) * k, NEVER);
      }
      var w = round.matmul(Tensor.cat(1, stacked));
      var narrow = w.to(rows.type());
      var offset = Tensor.of(bias, m);
      var back = new double[d * m];
      var sums = new double[m];
      rows.each((x, chunk) -> {
        var z = x.matmul(narrow).to(DType.FLOAT64).plus(offset).toDoubles();
        errors(rows.ids(chunk), ids, z, values);
        for (int i = 0; i < z.length; i++) {
          sums[i % m] += z[i];
        }
        var e = Tensor.of(z, z.length / m, m).to(rows.type());
        var part = x.transpose(0, 1).matmul(e).toDoubles();
        for (int i = 0; i < part.length; i++) {
          back[i] += part[i];
        }
      });
      finish(ids, w, back, sums, values, slopes);
    }
  }

  /// Logits to probabilities less the truth, in place; adds the losses.
  private void errors(int[] which, int[] ids, double[] z, double[] values) {
    int m = ids.length * k;
    for (int i = 0; i < which.length; i++) {
      for (int j = 0; j < ids.length; j++) {
        int at = i * m + j * k;
        int truth = columns.get(ids[j]).at(which[i]);
        if (truth < 0) {
          Arrays.fill(z, at, at + k, 0);
          continue;
        }
        double top = NEVER;
        for (int q = 0; q < k; q++) {
          top = Math.max(top, z[at + q]);
        }
        double own = z[at + truth] - top;
        double sum = 0;
        for (int q = 0; q < k; q++) {
          z[at + q] = Math.exp(z[at + q] - top);
          sum += z[at + q];
        }
        for (int q = 0; q < k; q++) {
          z[at + q] /= sum;
        }
        z[at + truth] -= 1;
        values[j] += Math.log(sum) - own;
      }
    }
  }

  private void finish(
      int[] ids, Tensor w, double[] back, double[] sums, double[] values, double[][] slopes) {
    int m = ids.length * k;
    double scale = 1 / (c * rows.count());
    var slope =
        round
            .transpose(0, 1)
            .matmul(Tensor.of(back, d, m).times(c).plus(w))
            .times(scale)
            .toDoubles();
    var penalty = w.square().sum(0).toDoubles();
    for (int j = 0; j < ids.length; j++) {
      values[j] *= c * scale;
      for (int q = 0; q < k; q++) {
        values[j] += penalty[j * k + q] / 2 * scale;
        slopes[j][d * k + q] = sums[j * k + q] * c * scale;
        for (int i = 0; i < d; i++) {
          slopes[j][i * k + q] = slope[i * m + j * k + q];
        }
      }
    }
  }
}
