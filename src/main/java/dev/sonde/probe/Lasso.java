package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Logistic regression with an L1 penalty, on features of unit variance: which few features tell
/// two classes apart.
///
/// Minimises `C sum log(1 + exp(-s z)) + |w|_1`, intercept free, by accelerated proximal steps
/// (Beck & Teboulle 2009) that start anew when they turn back (O'Donoghue & Candès 2015).
public final class Lasso {
  private static final int STEPS = 20_000;
  private static final double ENOUGH = 1e-7;

  private Lasso() {}

  /// `weights` belong to features of unit variance; `violation` is how far the conditions of the
  /// optimum are from holding, over C n.
  public static final class Fit {
    private final double[] weights;
    private final double intercept;
    private final double violation;

    private Fit(double[] weights, double intercept, double violation) {
      this.weights = weights;
      this.intercept = intercept;
      this.violation = violation;
    }

    public double[] weights() {
      return weights.clone();
    }

    public double intercept() {
      return intercept;
    }

    public double violation() {
      return violation;
    }

    public double[] sizes() {
      return Arrays.stream(weights).map(Math::abs).toArray();
    }
  }

  public static Fit fit(Matrix x, boolean[] positive, double c) {
    int n = x.rows();
    int d = x.cols();
    var rows = standardised(x);
    var y = new double[n];
    Arrays.setAll(y, i -> positive[i] ? 1 : 0);
    try (var scope = Scope.open()) {
      var a = Tensor.of(rows, n, d + 1);
      var gram = n <= d ? a.matmul(a.transpose(0, 1)) : a.transpose(0, 1).matmul(a);
      var values = Solve.eigen(gram).values().toDoubles();
      double step = 4 / (c * values[values.length - 1]);
      return descend(a, Tensor.of(y, n, 1), c, step);
    }
  }

  private static Fit descend(Tensor a, Tensor y, double c, double step) {
    int p = (int) a.size(1);
    double n = a.size(0);
    var at = a.transpose(0, 1).contiguous();
    var now = new double[p];
    var ahead = now;
    double momentum = 1;
    double violation = Double.POSITIVE_INFINITY;
    for (int i = 0; i < STEPS; i++) {
      var slope = slope(a, at, y, c, ahead);
      var next = new double[p];
      for (int j = 0; j < p; j++) {
        double moved = ahead[j] - step * slope[j];
        next[j] = j == p - 1 ? moved : Math.signum(moved) * Math.max(0, Math.abs(moved) - step);
      }
      double turn = 0;
      for (int j = 0; j < p; j++) {
        turn += (ahead[j] - next[j]) * (next[j] - now[j]);
      }
      double after = turn > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
      double by = turn > 0 ? 0 : (momentum - 1) / after;
      ahead = Small.plus(Small.scaled(next, 1 + by), -by, now);
      now = next;
      momentum = after;
      if (i % 20 == 19) {
        violation = violation(slope(a, at, y, c, now), now) / (c * n);
        if (violation <= ENOUGH) {
          break;
        }
      }
    }
    return new Fit(Arrays.copyOf(now, p - 1), now[p - 1], violation);
  }

  private static double[] slope(Tensor a, Tensor at, Tensor y, double c, double[] theta) {
    try (var scope = Scope.open()) {
      var error = a.matmul(Tensor.of(theta, theta.length, 1)).sigmoid().minus(y);
      return at.matmul(error).times(c).toDoubles();
    }
  }

  private static double violation(double[] slope, double[] w) {
    int last = w.length - 1;
    double most = Math.abs(slope[last]);
    for (int j = 0; j < last; j++) {
      double off =
          w[j] == 0 ? Math.max(0, Math.abs(slope[j]) - 1) : Math.abs(slope[j] + Math.signum(w[j]));
      most = Math.max(most, off);
    }
    return most;
  }

  /// Features of mean 0 and variance 1 and, last, ones; a constant feature becomes 0.
  private static double[] standardised(Matrix x) {
    int n = x.rows();
    int d = x.cols();
    var mean = Small.mean(x, IntStream.range(0, n).toArray());
    var square = new double[d];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        square[j] += Math.pow(x.at(i, j) - mean[j], 2) / n;
      }
    }
    double most = Arrays.stream(square).max().orElse(0);
    var out = new double[n * (d + 1)];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < d; j++) {
        boolean constant = square[j] <= 1e-24 * most;
        out[i * (d + 1) + j] = constant ? 0 : (x.at(i, j) - mean[j]) / Math.sqrt(square[j]);
      }
      out[i * (d + 1) + d] = 1;
    }
    return out;
  }
}
