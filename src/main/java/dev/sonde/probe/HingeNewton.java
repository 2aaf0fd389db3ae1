package dev.sonde.probe;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The minimum of `theta . P theta / 2 + C sum_i w_i max(0, 1 - s_i a_i . theta)^2` for many tasks
/// over the same rows, by Newton steps whose equations are solved together by conjugate gradients.
///
/// The objective is made of pieces that are quadratic, so the last step lands on the optimum. Rows
/// of all tensors are tasks; a task that is done leaves.
final class HingeNewton {
  private static final int STEPS = 200;
  private static final int PRODUCTS = 1000;
  private static final int HALVINGS = 40;

  private final Tensor a;
  private final Tensor at;
  private final Tensor squares;
  private final Tensor penalty;
  private final List<Task> tasks;
  private final int n;
  private final int p;
  private final double[] theta;
  private final double[] gradient;
  private final int[] steps;

  HingeNewton(Tensor a, double[] penalty, List<Task> tasks) {
    this.a = a;
    this.tasks = tasks;
    n = (int) a.size(0);
    p = (int) a.size(1);
    at = a.transpose(0, 1).contiguous();
    squares = a.square();
    this.penalty = Tensor.of(penalty, p);
    theta = new double[tasks.size() * p];
    gradient = new double[tasks.size()];
    steps = new int[tasks.size()];
  }

  /// `theta` holds p numbers a task; `gradient` is its length over C times the rows trained on.
  static final class Found {
    private final double[] theta;
    private final double[] gradient;
    private final int[] steps;

    Found(double[] theta, double[] gradient, int[] steps) {
      this.theta = theta;
      this.gradient = gradient;
      this.steps = steps;
    }

    double[] theta() {
      return theta;
    }

    double[] gradient() {
      return gradient;
    }

    int[] steps() {
      return steps;
    }
  }

  /// Each task to a gradient of `aim`, or as near to it as rounding allows once below `tolerance`.
  Found solve(double tolerance, double aim) {
    List<Integer> open = new ArrayList<>();
    for (int j = 0; j < tasks.size(); j++) {
      open.add(j);
      gradient[j] = Double.POSITIVE_INFINITY;
    }
    for (int step = 0; !open.isEmpty(); step++) {
      try (var scope = Scope.open()) {
        open = advance(open, step, tolerance, aim);
      }
    }
    return new Found(theta, gradient, steps);
  }

  /// Signs, strengths (2 C w) and the position of the tasks that are not done.
  private record Columns(List<Integer> ids, Tensor sign, Tensor strength, Tensor theta) {}

  private Columns gather(List<Integer> ids) {
    var sign = new double[ids.size() * n];
    var strength = new double[ids.size() * n];
    var at = new double[ids.size() * p];
    for (int k = 0; k < ids.size(); k++) {
      var task = tasks.get(ids.get(k));
      for (int i = 0; i < n; i++) {
        sign[k * n + i] = task.target(i) > 0 ? 1 : -1;
        strength[k * n + i] = 2 * task.c() * task.weight(i);
      }
      System.arraycopy(theta, ids.get(k) * p, at, k * p, p);
    }
    int m = ids.size();
    return new Columns(ids, Tensor.of(sign, m, n), Tensor.of(strength, m, n), Tensor.of(at, m, p));
  }

  private List<Integer> advance(List<Integer> ids, int step, double tolerance, double aim) {
    var now = gather(ids);
    var margin = margin(now, now.theta);
    var slope = slope(now, now.theta, margin);
    var sizes = slope.square().sum(1).sqrt().toDoubles();
    var open = new ArrayList<Integer>();
    for (int k = 0; k < ids.size(); k++) {
      int j = ids.get(k);
      double before = gradient[j];
      gradient[j] = sizes[k] / (tasks.get(j).c() * tasks.get(j).trained());
      steps[j] = step;
      boolean stuck = gradient[j] <= tolerance && gradient[j] > before / 3;
      if (gradient[j] > aim && !stuck && step < STEPS) {
        open.add(j);
      }
    }
    if (!open.isEmpty()) {
      move(now, margin, slope);
    }
    return open;
  }

  private void move(Columns now, Tensor margin, Tensor slope) {
    var active = margin.greaterThan(0).to(margin.type()).times(now.strength);
    var direction = newton(active, slope);
    var length = shortened(now, direction, slope);
    var next = now.theta.plusProduct(direction, length).toDoubles();
    for (int k = 0; k < now.ids.size(); k++) {
      System.arraycopy(next, k * p, theta, now.ids.get(k) * p, p);
    }
  }

  /// `1 - s a theta` where it is positive, else 0.
  private Tensor margin(Columns c, Tensor theta) {
    return theta.matmul(at).times(c.sign).negative().plus(1).atLeast(0);
  }

  private Tensor slope(Columns c, Tensor theta, Tensor margin) {
    return margin.times(c.strength).times(c.sign).matmul(a).negative().plusProduct(theta, penalty);
  }

  private Tensor newton(Tensor active, Tensor slope) {
    var inverse = active.matmul(squares).plus(penalty).plus(1e-300).reciprocal();
    var rest = slope.negative();
    var x = rest.times(0);
    var y = rest.times(inverse);
    var direction = y;
    var size = inner(rest, y);
    var enough = size.times(1e-6).toDoubles();
    for (int i = 0; i < PRODUCTS && above(size, enough); i++) {
      var product = direction.matmul(at).times(active).matmul(a).plusProduct(direction, penalty);
      var by = size.dividedBy(inner(direction, product).plus(1e-300));
      x = x.plusProduct(direction, by);
      rest = rest.plusProduct(product, by.negative());
      y = rest.times(inverse);
      var next = inner(rest, y);
      direction = y.plusProduct(direction, next.dividedBy(size.plus(1e-300)));
      size = next;
    }
    return x;
  }

  private static boolean above(Tensor size, double[] enough) {
    var now = size.toDoubles();
    for (int k = 0; k < now.length; k++) {
      if (now[k] > enough[k]) {
        return true;
      }
    }
    return false;
  }

  private static Tensor inner(Tensor a, Tensor b) {
    return a.times(b).sum(1).unsqueeze(1);
  }

  /// How much of its step every task takes: halved until the objective still falls at its end, or
  /// nearly so.
  private Tensor shortened(Columns now, Tensor direction, Tensor slope) {
    int m = now.ids.size();
    var length = new double[m];
    Arrays.fill(length, 1);
    var start = inner(slope, direction).toDoubles();
    boolean over = true;
    for (int halving = 0; over && halving <= HALVINGS; halving++) {
      over = false;
      try (var scope = Scope.open()) {
        var there = now.theta.plusProduct(direction, Tensor.of(length, m, 1));
        var end = inner(slope(now, there, margin(now, there)), direction).toDoubles();
        for (int k = 0; k < m; k++) {
          if (length[k] > 0 && !(end[k] <= -0.1 * start[k])) {
            length[k] = halving == HALVINGS ? 0 : length[k] / 2;
            over = true;
          }
        }
      }
    }
    return Tensor.of(length, m, 1);
  }
}
