package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Linear;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;

/// A linear support vector machine whose rows ask for margins and bear costs of their own.
///
/// ```
/// min |w|^2 / 2 + sum_i cost_i max(0, margin_i - s_i (w . x_i + b))
/// ```
///
/// The intercept is free. Sequential minimal optimisation with second-order choice of the pair
/// (Fan, Chen & Lin 2005) on the whole Gram matrix, in float64, from zero: deterministic. Ends when
/// no pair violates the conditions of the optimum by more than `TOLERANCE`.
final class HingeMachine {
  static final int MOST_ROWS = 6000;
  private static final double TOLERANCE = 1e-7;
  private static final double FLAT = 1e-12;

  private final double[][] gram;
  private final double[] sign;
  private final double[] cost;
  private final double[] alpha;
  private final double[] slope;

  private HingeMachine(double[][] gram, double[] sign, double[] margin, double[] cost) {
    this.gram = gram;
    this.sign = sign;
    this.cost = cost;
    alpha = new double[sign.length];
    slope = new double[sign.length];
    for (int i = 0; i < slope.length; i++) {
      slope[i] = -margin[i];
    }
  }

  /// What was found: the direction, the objective, the dual's (which no objective can fall below),
  /// and how much the worst pair violates.
  record Fit(Linear probe, double objective, double dual, double violation) {}

  /// @throws BadInput for more rows than a Gram matrix is made for
  /// @throws IllegalStateException if the optimum is not reached
  static Fit solve(Matrix x, double[] sign, double[] margin, double[] cost) {
    int n = x.rows();
    if (n > MOST_ROWS) {
      throw new BadInput(
          "a multiple-instance probe learns from up to %d tokens, here are %d; give fewer texts or a smaller bag"
              .formatted(MOST_ROWS, n));
    }
    var machine = new HingeMachine(gram(x), sign, margin, cost);
    long limit = Math.max(1_000_000, 1000L * n);
    double violation = Double.POSITIVE_INFINITY;
    for (long step = 0; violation > TOLERANCE; step++) {
      violation = machine.step();
      if (step == limit) {
        throw new IllegalStateException(
            "the support vector machine still violates its conditions by %.1e after %d pairs"
                .formatted(violation, step));
      }
    }
    return machine.done(x, margin, violation);
  }

  private static double[][] gram(Matrix x) {
    int n = x.rows();
    try (var scope = Scope.open()) {
      var type = x.wide() ? DType.FLOAT64 : DType.FLOAT32;
      var rows = Tensor.copyOf(x.segment(), type, n, x.cols()).to(DType.FLOAT64);
      var all = rows.matmul(rows.transpose(0, 1)).toDoubles();
      var out = new double[n][n];
      for (int i = 0; i < n; i++) {
        System.arraycopy(all, i * n, out[i], 0, n);
      }
      return out;
    }
  }

  private boolean up(int i) {
    return sign[i] > 0 ? alpha[i] < cost[i] : alpha[i] > 0;
  }

  private boolean down(int i) {
    return sign[i] > 0 ? alpha[i] > 0 : alpha[i] < cost[i];
  }

  /// Moves the pair that promises most; gives what the worst pair violated before.
  private double step() {
    int i = -1;
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    for (int t = 0; t < sign.length; t++) {
      double now = -sign[t] * slope[t];
      if (up(t) && now > most) {
        most = now;
        i = t;
      }
      least = down(t) ? Math.min(least, now) : least;
    }
    if (i < 0 || most - least <= TOLERANCE) {
      return Math.max(0, most - least);
    }
    int j = -1;
    double best = 0;
    for (int t = 0; t < sign.length; t++) {
      double gap = most + sign[t] * slope[t];
      if (down(t) && gap > 0) {
        double gain = gap * gap / curvature(i, t);
        if (gain > best) {
          best = gain;
          j = t;
        }
      }
    }
    move(i, j);
    return most - least;
  }

  private double curvature(int i, int j) {
    return Math.max(FLAT, gram[i][i] + gram[j][j] - 2 * gram[i][j]);
  }

  private void move(int i, int j) {
    double by = (-sign[i] * slope[i] + sign[j] * slope[j]) / curvature(i, j);
    by = Math.min(by, sign[i] > 0 ? cost[i] - alpha[i] : alpha[i]);
    by = Math.min(by, sign[j] > 0 ? alpha[j] : cost[j] - alpha[j]);
    alpha[i] = Math.clamp(alpha[i] + sign[i] * by, 0, cost[i]);
    alpha[j] = Math.clamp(alpha[j] - sign[j] * by, 0, cost[j]);
    for (int t = 0; t < slope.length; t++) {
      slope[t] += sign[t] * by * (gram[i][t] - gram[j][t]);
    }
  }

  private Fit done(Matrix x, double[] margin, double violation) {
    double most = Double.NEGATIVE_INFINITY;
    double least = Double.POSITIVE_INFINITY;
    var w = new double[x.cols()];
    for (int t = 0; t < sign.length; t++) {
      double now = -sign[t] * slope[t];
      most = up(t) ? Math.max(most, now) : most;
      least = down(t) ? Math.min(least, now) : least;
      for (int k = 0; k < w.length && alpha[t] > 0; k++) {
        w[k] += sign[t] * alpha[t] * x.at(t, k);
      }
    }
    var probe = Linear.of(w, (most + least) / 2);
    var scores = probe.scores(x);
    double length = 0;
    for (double v : w) {
      length += v * v / 2;
    }
    double objective = length;
    double dual = -length;
    for (int t = 0; t < sign.length; t++) {
      objective += cost[t] * Math.max(0, margin[t] - sign[t] * scores[t]);
      dual += margin[t] * alpha[t];
    }
    return new Fit(probe, objective, dual, violation);
  }
}
