package dev.sonde.sequence;

import dev.sonde.data.TokenLabels;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import java.util.Arrays;
import java.util.List;

/// The losses of [TokenSoftmax]: a column is `d x k` coordinates and k intercepts, k the most
/// classes that any column of labels has; a class that a column lacks has the probability 0.
/// Divided by C times the number of rows.
final class SoftmaxLoss implements Lbfgs.Objective {
  private static final double NEVER = -1e30;

  private final TokenRows rows;
  private final RoundCoordinates round;
  private final List<TokenLabels.Column> columns;
  private final double strength;
  private final Workers workers;
  private final int k;
  private final int d;

  /// `strength` is C times the number of rows.
  SoftmaxLoss(
      TokenRows rows,
      RoundCoordinates round,
      List<TokenLabels.Column> columns,
      double strength,
      Workers workers) {
    this.rows = rows;
    this.round = round;
    this.columns = columns;
    this.strength = strength;
    this.workers = workers;
    k = classes(columns);
    d = rows.width();
  }

  static int classes(List<TokenLabels.Column> columns) {
    return columns.stream().mapToInt(l -> l.classes().size()).max().orElse(0);
  }

  @Override
  public int columns() {
    return columns.size();
  }

  @Override
  public int size() {
    return (d + 1) * k;
  }

  /// The length of the gradient in common units.
  @Override
  public double length(int id, double[] slope) {
    return round.length(id, slope);
  }

  @Override
  public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
    int m = ids.length * k;
    var w = round.weights(ids, points);
    var sums =
        rows.gather(
                workers, (long) size() * columns(), b -> part(b, ids, w, m), TokenRows.Sums::plus)
            .values;
    var back = Arrays.copyOf(sums, (d + 1) * m);
    double each = 1.0 / rows.count();
    var penalty = new double[ids.length];
    for (int i = 0; i < back.length; i++) {
      back[i] *= each;
      if (i < d * m) {
        back[i] += w[i] / strength;
        penalty[i % m / k] += w[i] * w[i];
      }
    }
    for (int j = 0; j < ids.length; j++) {
      values[j] = sums[back.length + j] * each + penalty[j] / 2 / strength;
    }
    round.slopes(ids, back, slopes);
  }

  /// Logits of a block, a row after the other.
  private double[] logits(Tensor x, int[] ids, double[] w, int m) {
    var narrow = Tensor.of(Arrays.copyOf(w, d * m), d, m).to(rows.type());
    var z = x.matmul(narrow).toDoubles();
    for (int i = 0; i < z.length; i += m) {
      for (int j = 0; j < ids.length; j++) {
        int own = columns.get(ids[j]).classes().size();
        for (int q = 0; q < k; q++) {
          int at = j * k + q;
          z[i + at] = q < own ? z[i + at] + w[d * m + at] : NEVER;
        }
      }
    }
    return z;
  }

  /// Gradients by weights and intercepts, `(d + 1) x m`; then the loss of every column.
  private TokenRows.Sums part(int block, int[] ids, double[] w, int m) {
    try (var scope = Scope.open()) {
      var x = rows.block(block);
      var z = logits(x, ids, w, m);
      var out = new double[(d + 1) * m + ids.length];
      errors(rows.ids(block), ids, z, out, (d + 1) * m);
      for (int i = 0; i < z.length; i += m) {
        for (int j = 0; j < m; j++) {
          out[d * m + j] += z[i + j];
        }
      }
      var e = Tensor.of(z, z.length / m, m).to(rows.type());
      System.arraycopy(x.transpose(0, 1).matmul(e).toDoubles(), 0, out, 0, d * m);
      return new TokenRows.Sums(out);
    }
  }

  /// Logits to probabilities less the truth, in place; adds the losses from `first` on.
  private void errors(int[] which, int[] ids, double[] z, double[] losses, int first) {
    int m = ids.length * k;
    for (int i = 0; i < which.length; i++) {
      for (int j = 0; j < ids.length; j++) {
        int at = i * m + j * k;
        int truth = columns.get(ids[j]).at(which[i]);
        if (truth < 0) {
          Arrays.fill(z, at, at + k, 0);
          continue;
        }
        double own = z[at + truth];
        losses[first + j] += probabilities(z, at) - own;
        z[at + truth] -= 1;
      }
    }
  }

  /// Logits to probabilities, in place; gives the logarithm of the sum.
  private double probabilities(double[] z, int at) {
    double top = NEVER;
    for (int q = at; q < at + k; q++) {
      top = Math.max(top, z[q]);
    }
    double sum = 0;
    for (int q = at; q < at + k; q++) {
      z[q] = Math.exp(z[q] - top);
      sum += z[q];
    }
    for (int q = at; q < at + k; q++) {
      z[q] /= sum;
    }
    return Math.log(sum) + top;
  }

  /// The mean of `diag(p) - p p^T` over the rows, for every column, `k x k`.
  List<double[]> curvatures(double[][] points) {
    var ids = new int[columns.size()];
    Arrays.setAll(ids, j -> j);
    int m = ids.length * k;
    var w = round.weights(ids, points);
    var sum =
        rows.gather(workers, (long) k * m, b -> curvature(b, ids, w, m), TokenRows.Sums::plus);
    double each = 1.0 / rows.count();
    return Arrays.stream(ids)
        .mapToObj(
            j -> Arrays.stream(sum.values, j * k * k, (j + 1) * k * k).map(v -> v * each).toArray())
        .toList();
  }

  private TokenRows.Sums curvature(int block, int[] ids, double[] w, int m) {
    var out = new double[ids.length * k * k];
    try (var scope = Scope.open()) {
      var z = logits(rows.block(block), ids, w, m);
      for (int at = 0; at < z.length; at += k) {
        probabilities(z, at);
        int to = at / k % ids.length * k * k;
        for (int q = 0; q < k; q++) {
          out[to + q * k + q] += z[at + q];
          for (int p = 0; p < k; p++) {
            out[to + q * k + p] -= z[at + q] * z[at + p];
          }
        }
      }
      return new TokenRows.Sums(out);
    }
  }
}
