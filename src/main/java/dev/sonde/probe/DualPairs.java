package dev.sonde.probe;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.stream.IntStream;

/// The dual of the hinge-loss machine, two multipliers at a time.
///
/// Maximises `sum_i a_i - |sum_i a_i s_i z_i|^2 / 2` under `0 <= a_i <= C`, `sum_i s_i a_i = 0`.
/// Each step takes the multiplier that most violates optimality and the partner with which the
/// objective gains most (second-order choice of Fan, Chen & Lin 2005). Every n steps the
/// multipliers that are at no bound are solved for together, as far as their bounds allow: pairs
/// find which those are, the joint step ends it exactly. Nothing is random.
final class DualPairs {
  private static final double LEAST_CURVATURE = 1e-12;
  private static final double JITTER = 1e-11;
  private static final int ROUNDS = 20;

  private final KernelRows rows;
  private final int n;
  private final double[] sign;
  private final double[] upper;
  private final double[] alpha;
  private final double[] gradient;
  private final double[] diagonal;

  DualPairs(KernelRows rows, Task task) {
    this.rows = rows;
    n = rows.size();
    sign = new double[n];
    upper = new double[n];
    alpha = new double[n];
    gradient = new double[n];
    diagonal = new double[n];
    for (int i = 0; i < n; i++) {
      sign[i] = task.target(i) > 0 ? 1 : -1;
      upper[i] = task.c() * task.weight(i);
      gradient[i] = -1;
      diagonal[i] = rows.diagonal(i);
    }
  }

  /// `alpha` with its sign: `w = sum_i alpha_i z_i`.
  static final class Found {
    private final double[] alpha;
    private final double bias;
    private final double violation;
    private final int steps;

    Found(double[] alpha, double bias, double violation, int steps) {
      this.alpha = alpha;
      this.bias = bias;
      this.violation = violation;
      this.steps = steps;
    }

    double[] alpha() {
      return alpha;
    }

    double bias() {
      return bias;
    }

    double violation() {
      return violation;
    }

    int steps() {
      return steps;
    }
  }

  Found solve(double tolerance) {
    long most = Math.max(2_000_000L, 2000L * n);
    double top = 0;
    double bottom = 0;
    for (int step = 0; ; step++) {
      int i = highest();
      int j = -1;
      top = i < 0 ? 0 : -sign[i] * gradient[i];
      bottom = Double.POSITIVE_INFINITY;
      double best = 0;
      var ki = i < 0 ? new double[n] : rows.row(i);
      for (int t = 0; i >= 0 && t < n; t++) {
        if (!lower(t)) {
          continue;
        }
        double value = -sign[t] * gradient[t];
        bottom = Math.min(bottom, value);
        double gap = top - value;
        if (gap > 0) {
          double curvature = Math.max(LEAST_CURVATURE, diagonal[i] + diagonal[t] - 2 * ki[t]);
          if (gap * gap / curvature > best) {
            best = gap * gap / curvature;
            j = t;
          }
        }
      }
      if (j < 0 || top - bottom <= tolerance || step >= most) {
        return found(top, bottom, step);
      }
      move(i, j, ki, rows.row(j));
      if (step % n == n - 1) {
        int round = 0;
        while (round < ROUNDS && together()) {
          round++;
        }
      }
    }
  }

  /// One Newton step of all multipliers that are at no bound, to the first bound in its way; true
  /// if there was one.
  private boolean together() {
    var free = IntStream.range(0, n).filter(t -> alpha[t] > 0 && alpha[t] < upper[t]).toArray();
    // with more free ones than the rows have dimensions their equations have no one answer
    if (free.length < 2 || free.length > rows.rank() + 1) {
      return false;
    }
    var by = step(free);
    double length = 1;
    int first = -1;
    for (int f = 0; f < free.length; f++) {
      double change = sign[free[f]] * by[f];
      double room = change > 0 ? upper[free[f]] - alpha[free[f]] : alpha[free[f]];
      if (Math.abs(change) * length > room) {
        length = room / Math.abs(change);
        first = f;
      }
    }
    for (int f = 0; f < free.length; f++) {
      int t = free[f];
      double moved = alpha[t] + length * sign[t] * by[f];
      double bound = sign[t] * by[f] > 0 ? upper[t] : 0;
      double now = f == first ? bound : Math.clamp(moved, 0.0, upper[t]);
      double change = sign[t] * (now - alpha[t]);
      alpha[t] = now;
      var row = rows.row(t);
      for (int i = 0; change != 0 && i < n; i++) {
        gradient[i] += sign[i] * change * row[i];
      }
    }
    return first >= 0;
  }

  /// Signed changes that sum to 0 and bring all gradients of the free multipliers to one value.
  private double[] step(int[] free) {
    int m = free.length;
    var kernel = new double[m * m];
    var right = new double[2 * m];
    double size = 0;
    for (int f = 0; f < m; f++) {
      size = Math.max(size, diagonal[free[f]]);
      var row = rows.row(free[f]);
      for (int g = 0; g < m; g++) {
        kernel[f * m + g] = row[free[g]];
      }
      right[2 * f] = -sign[free[f]] * gradient[free[f]];
      right[2 * f + 1] = 1;
    }
    for (int f = 0; f < m; f++) {
      kernel[f * m + f] += JITTER * size;
    }
    try (var scope = Scope.open()) {
      var factor = Solve.cholesky(Tensor.of(kernel, m, m));
      var both = Solve.withCholesky(factor, Tensor.of(right, m, 2));
      var sums = both.sum(0).toDoubles();
      var level = both.select(1, 1).times(sums[0] / sums[1]);
      var by = both.select(1, 0).minus(level);
      return by.minus(by.mean(0)).toDoubles();
    }
  }

  private boolean raise(int t) {
    return sign[t] > 0 ? alpha[t] < upper[t] : alpha[t] > 0;
  }

  private boolean lower(int t) {
    return sign[t] > 0 ? alpha[t] > 0 : alpha[t] < upper[t];
  }

  private int highest() {
    int best = -1;
    for (int t = 0; t < n; t++) {
      if (raise(t) && (best < 0 || -sign[t] * gradient[t] > -sign[best] * gradient[best])) {
        best = t;
      }
    }
    return best;
  }

  /// Moves `s_i a_i` up and `s_j a_j` down by the same, as far as is best and allowed.
  private void move(int i, int j, double[] ki, double[] kj) {
    double curvature = Math.max(LEAST_CURVATURE, diagonal[i] + diagonal[j] - 2 * ki[j]);
    double by = (-sign[i] * gradient[i] + sign[j] * gradient[j]) / curvature;
    double roomI = sign[i] > 0 ? upper[i] - alpha[i] : alpha[i];
    double roomJ = sign[j] > 0 ? alpha[j] : upper[j] - alpha[j];
    by = Math.min(by, Math.min(roomI, roomJ));
    // what reaches its bound is set to it, so that rounding leaves no multiplier nearly there
    alpha[i] = by == roomI ? (sign[i] > 0 ? upper[i] : 0) : alpha[i] + sign[i] * by;
    alpha[j] = by == roomJ ? (sign[j] > 0 ? 0 : upper[j]) : alpha[j] - sign[j] * by;
    for (int t = 0; t < n; t++) {
      gradient[t] += sign[t] * by * (ki[t] - kj[t]);
    }
  }

  private Found found(double top, double bottom, int step) {
    double sum = 0;
    int free = 0;
    var signed = new double[n];
    for (int t = 0; t < n; t++) {
      signed[t] = sign[t] * alpha[t];
      if (alpha[t] > 0 && alpha[t] < upper[t]) {
        sum -= sign[t] * gradient[t];
        free++;
      }
    }
    double bias = free > 0 ? sum / free : (top + bottom) / 2;
    return new Found(signed, bias, Math.max(0, top - bottom), step);
  }
}
