package dev.sonde.linalg;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// One function on its way down ([Lbfgs]).
final class LbfgsColumn {
  private static final double ARMIJO = 1e-4;
  private static final double WOLFE = 0.9;
  private static final double ROUNDING = 1e-12;

  private final Lbfgs.Settings settings;
  private final ToDoubleFunction<double[]> length;
  private final List<Pair> pairs = new ArrayList<>();
  private final ArrayDeque<Double> earlier = new ArrayDeque<>();
  private double[] x;
  private double value;
  private double[] slope;
  private double[] direction;
  private double along;
  private double by;
  private double low;
  private double high;
  private int trials;
  private int steps;
  private boolean done;
  private Lbfgs.End end = Lbfgs.End.CONVERGED;

  /// A step taken and the change of the gradient over it.
  private static final class Pair {
    private final double[] s;
    private final double[] y;
    private final double rho;

    Pair(double[] s, double[] y, double product) {
      this.s = s;
      this.y = y;
      rho = 1 / product;
    }
  }

  LbfgsColumn(
      double[] x,
      double value,
      double[] slope,
      ToDoubleFunction<double[]> length,
      Lbfgs.Settings settings) {
    this.settings = settings;
    this.length = length;
    this.x = x;
    this.value = value;
    this.slope = slope;
    direction = slope;
    if (gradient() <= settings.tolerance()) {
      finish(Lbfgs.End.CONVERGED);
    } else {
      aim();
    }
  }

  double[] point() {
    return x;
  }

  double value() {
    return value;
  }

  double gradient() {
    return length.applyAsDouble(slope);
  }

  int steps() {
    return steps;
  }

  Lbfgs.End end() {
    return end;
  }

  boolean done() {
    return done;
  }

  double[] trial() {
    var out = x.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] += by * direction[i];
    }
    return out;
  }

  /// What the objective is at the trial point.
  void take(double[] point, double there, double[] slopeThere) {
    trials++;
    double now = dot(slopeThere, direction);
    double limit = Math.abs(value) * ROUNDING;
    boolean falls = there <= value + ARMIJO * by * along;
    boolean nearly = there <= value + limit && now <= (2 * ARMIJO - 1) * along;
    if (!Double.isFinite(there) || !(falls || nearly)) {
      high = by;
    } else if (now < WOLFE * along) {
      low = by;
    } else {
      accept(point, there, slopeThere);
      return;
    }
    if (trials >= settings.trials()) {
      giveUp();
      return;
    }
    by = Double.isInfinite(high) ? 2 * low : (low + high) / 2;
  }

  private void accept(double[] point, double there, double[] slopeThere) {
    var s = difference(point, x);
    var y = difference(slopeThere, slope);
    double product = dot(s, y);
    if (product > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) {
      pairs.add(new Pair(s, y, product));
      if (pairs.size() > settings.history()) {
        pairs.removeFirst();
      }
    }
    earlier.addLast(value);
    x = point;
    value = there;
    slope = slopeThere;
    steps++;
    if (gradient() <= settings.tolerance()) {
      finish(Lbfgs.End.CONVERGED);
    } else if (flat()) {
      finish(Lbfgs.End.FLAT);
    } else if (steps >= settings.steps()) {
      finish(Lbfgs.End.STEPS);
    } else {
      aim();
    }
  }

  private boolean flat() {
    if (earlier.size() <= settings.history()) {
      return false;
    }
    double before = earlier.removeFirst();
    return before - value < settings.flat() * Math.abs(value);
  }

  /// The line search found nothing: once more along the gradient itself, then the end.
  private void giveUp() {
    if (pairs.isEmpty()) {
      finish(Lbfgs.End.STUCK);
    } else {
      pairs.clear();
      aim();
    }
  }

  private void finish(Lbfgs.End how) {
    done = true;
    end = how;
  }

  private void aim() {
    direction = downhill();
    along = dot(direction, slope);
    if (!(along < 0)) {
      pairs.clear();
      direction = downhill();
      along = dot(direction, slope);
    }
    by = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(slope, slope))) : 1;
    low = 0;
    high = Double.POSITIVE_INFINITY;
    trials = 0;
  }

  /// The two loops over the pairs.
  private double[] downhill() {
    var q = new double[slope.length];
    add(q, -1, slope);
    var weight = new double[pairs.size()];
    for (int i = pairs.size() - 1; i >= 0; i--) {
      var pair = pairs.get(i);
      weight[i] = pair.rho * dot(pair.s, q);
      add(q, -weight[i], pair.y);
    }
    if (!pairs.isEmpty()) {
      var last = pairs.getLast();
      double scale = 1 / (last.rho * dot(last.y, last.y));
      for (int j = 0; j < q.length; j++) {
        q[j] *= scale;
      }
    }
    for (int i = 0; i < pairs.size(); i++) {
      var pair = pairs.get(i);
      add(q, weight[i] - pair.rho * dot(pair.y, q), pair.s);
    }
    return q;
  }

  private static void add(double[] to, double times, double[] v) {
    for (int i = 0; i < to.length; i++) {
      to[i] += times * v[i];
    }
  }

  private static double[] difference(double[] a, double[] b) {
    var out = a.clone();
    add(out, -1, b);
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
