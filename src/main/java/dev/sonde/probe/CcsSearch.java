package dev.sonde.probe;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// The descent of [Ccs]: every start is a column.
final class CcsSearch {
  private final double[] plus;
  private final double[] minus;
  private final int n;
  private final int d;
  private final double scale;
  private final Ccs.Settings settings;

  /// Rows centred on their own means, n x d each.
  CcsSearch(double[] plus, double[] minus, int d, Ccs.Settings settings) {
    this.d = d;
    this.settings = settings;
    n = plus.length / d;
    double squares = Small.dot(plus, plus) + Small.dot(minus, minus);
    if (!(squares > 0)) {
      throw new BadInput("all pairs are the same; there is nothing to tell apart");
    }
    scale = Math.sqrt(squares / (2.0 * n * d));
    this.plus = Small.scaled(plus, 1 / scale);
    this.minus = Small.scaled(minus, 1 / scale);
  }

  static final class Best {
    private final double[] w;
    private final double b;
    private final double loss;

    Best(double[] w, double b, double loss) {
      this.w = w;
      this.b = b;
      this.loss = loss;
    }

    double[] w() {
      return w;
    }

    double b() {
      return b;
    }

    double loss() {
      return loss;
    }
  }

  /// The start with the lowest loss; of equal ones the first.
  Best run(Seed seed) {
    int k = settings.starts();
    var theta = new double[(d + 1) * k];
    for (int s = 0; s < k; s++) {
      var random = seed.forPurpose("ccs start", s).generator();
      var v = new double[d];
      for (int j = 0; j < d; j++) {
        v[j] = random.nextGaussian();
      }
      v = Small.unit(v);
      for (int j = 0; j < d; j++) {
        theta[j * k + s] = v[j];
      }
    }
    var adam = new Adam(theta.length);
    try (var scope = Scope.open()) {
      var ones = Tensor.full(1, DType.FLOAT64, n, 1);
      var p = Tensor.cat(1, java.util.List.of(Tensor.of(plus, n, d), ones));
      var q = Tensor.cat(1, java.util.List.of(Tensor.of(minus, n, d), ones));
      for (int step = 0; step < settings.steps(); step++) {
        double left = 1 - (double) step / settings.steps();
        adam.step(theta, gradient(p, q, theta), settings.rate() * left);
      }
      return best(p, q, theta);
    }
  }

  /// `(d + 1) x k`: the slope of every start's objective.
  private double[] gradient(Tensor plusRows, Tensor minusRows, double[] at) {
    int k = settings.starts();
    try (var scope = Scope.open()) {
      var theta = Tensor.of(at, d + 1, k);
      var p = plusRows.matmul(theta).sigmoid();
      var q = minusRows.matmul(theta).sigmoid();
      var consistent = p.plus(q).minus(1).times(2);
      var smaller = p.minus(q).greaterThan(0);
      var zero = p.times(0);
      var dp = consistent.plus(zero.where(smaller, p.times(2)));
      var dq = consistent.plus(q.times(2).where(smaller, zero));
      var gp = dp.times(p.minus(p.square()));
      var gq = dq.times(q.minus(q.square()));
      var slope =
          plusRows
              .transpose(0, 1)
              .matmul(gp)
              .plus(minusRows.transpose(0, 1).matmul(gq))
              .times(1.0 / n)
              .toDoubles();
      for (int i = 0; i < d * k; i++) {
        slope[i] += settings.decay() * at[i];
      }
      return slope;
    }
  }

  private Best best(Tensor plusRows, Tensor minusRows, double[] at) {
    int k = settings.starts();
    var theta = Tensor.of(at, d + 1, k);
    var p = plusRows.matmul(theta).sigmoid().transpose(0, 1).toDoubles();
    var q = minusRows.matmul(theta).sigmoid().transpose(0, 1).toDoubles();
    int best = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (int s = 0; s < k; s++) {
      double loss =
          Ccs.loss(
              Arrays.copyOfRange(p, s * n, (s + 1) * n), Arrays.copyOfRange(q, s * n, (s + 1) * n));
      if (loss < lowest) {
        lowest = loss;
        best = s;
      }
    }
    var w = new double[d];
    for (int j = 0; j < d; j++) {
      w[j] = at[j * k + best] / scale;
    }
    return new Best(w, at[d * k + best], lowest);
  }
}
