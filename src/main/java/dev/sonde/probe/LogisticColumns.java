package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Where a block of columns of [LogisticSolver] stands between two Newton steps, on the heap: a row
/// a task.
///
/// The coordinates are those of the basis and, last, the intercept, which `penalty` leaves free:
/// `z` is `n x r`, its last column ones.
final class LogisticColumns {
  /// Of the loss's slope along a step, what may be left with the opposite sign at its end.
  private static final double OVERSHOOT = 0.1;

  private static final int HALVINGS = 30;

  final List<Integer> ids;
  private final int n;
  private final int r;
  private final DType type;
  private final double[] target;
  private final double[] weight;
  private final double[] c;
  private final double[] trained;
  private final double[] first;
  private final double[] before;
  private final double[] length;
  private double[] slope;
  final double[] theta;

  final double[] scores;

  /// The length of the gradient over (C n), by column.
  final double[] sizes;

  private LogisticColumns(List<Integer> ids, int n, int r, DType type) {
    int m = ids.size();
    this.ids = ids;
    this.n = n;
    this.r = r;
    this.type = type;
    target = new double[m * n];
    weight = new double[m * n];
    scores = new double[m * n];
    theta = new double[m * r];
    slope = new double[m * r];
    c = new double[m];
    trained = new double[m];
    first = new double[m];
    before = new double[m];
    length = new double[m];
    sizes = new double[m];
  }

  /// Tasks `from` to `to`, at zero.
  static LogisticColumns start(Basis basis, List<Task> tasks, int from, int to, DType type) {
    var ids = IntStream.range(from, to).boxed().toList();
    var out = new LogisticColumns(ids, basis.rows(), basis.rank() + 1, type);
    Arrays.fill(out.before, Double.POSITIVE_INFINITY);
    Arrays.fill(out.length, 1);
    for (int j = 0; j < ids.size(); j++) {
      var task = tasks.get(from + j);
      out.c[j] = task.c();
      out.trained[j] = task.trained();
      for (int i = 0; i < out.n; i++) {
        out.target[j * out.n + i] = task.target(i);
        out.weight[j * out.n + i] = task.weight(i);
      }
    }
    return out;
  }

  /// Some of the columns, as they stand.
  LogisticColumns only(List<Integer> which) {
    if (which.size() == ids.size()) {
      return this;
    }
    var out = new LogisticColumns(which.stream().map(ids::get).toList(), n, r, type);
    for (int i = 0; i < which.size(); i++) {
      int j = which.get(i);
      System.arraycopy(target, j * n, out.target, i * n, n);
      System.arraycopy(weight, j * n, out.weight, i * n, n);
      System.arraycopy(scores, j * n, out.scores, i * n, n);
      System.arraycopy(theta, j * r, out.theta, i * r, r);
      System.arraycopy(slope, j * r, out.slope, i * r, r);
      out.c[i] = c[j];
      out.trained[i] = trained[j];
      out.first[i] = first[j];
      out.before[i] = before[j];
      out.length[i] = length[j];
      out.sizes[i] = sizes[j];
    }
    return out;
  }

  /// The gradient at the present point.
  void measure(Tensor z, Tensor penalty) {
    try (var scope = Scope.open()) {
      var error = error(rows(scores, n), rows(target, n), rows(weight, n)).times(vector(c));
      slope = error.matmul(z).plusProduct(rows(theta, r), penalty).toDoubles();
    }
    for (int j = 0; j < sizes.length; j++) {
      double sum = 0;
      for (int k = 0; k < r; k++) {
        sum += slope[j * r + k] * slope[j * r + k];
      }
      before[j] = sizes[j] > 0 ? sizes[j] : Double.POSITIVE_INFINITY;
      sizes[j] = Math.sqrt(sum) / (c[j] * trained[j]);
      first[j] = Math.max(first[j], sizes[j]);
    }
  }

  /// Whether the last step brought no more than rounding does.
  boolean stuck(int column) {
    return length[column] == 0
        || (sizes[column] < 1e-3 * first[column] && sizes[column] > before[column] / 3);
  }

  /// One Newton step of every column, halved until it does not overshoot. By convexity a step at
  /// whose end the loss still falls has lowered it all the way.
  void advance(Tensor z, Tensor penalty, NewtonStep newton, double aim) {
    try (var scope = Scope.open()) {
      var s = rows(scores, n);
      var w = rows(weight, n);
      var p = s.sigmoid();
      var curvature = p.minus(p.square()).times(w).times(vector(c));
      var step = newton.solve(curvature, rows(slope, r), accuracy(aim)).to(type);
      var move = step.matmul(z.transpose(0, 1));
      shorten(new Line(s, move, w, step, step.times(penalty)));
      var by = vector(length);
      copy(s.plusProduct(move, by), scores);
      copy(rows(theta, r).plusProduct(step, by), theta);
    }
  }

  private static void copy(Tensor from, double[] to) {
    System.arraycopy(from.toDoubles(), 0, to, 0, to.length);
  }

  /// How exactly the next step is to be known: roughly while far away, and no better than the aim
  /// asks.
  private double[] accuracy(double aim) {
    var out = new double[ids.size()];
    Arrays.setAll(
        out, j -> Math.clamp(Math.max(sizes[j] / first[j], 0.3 * aim / sizes[j]), 3e-3, 0.1));
    return out;
  }

  private record Line(Tensor scores, Tensor move, Tensor weight, Tensor step, Tensor penalised) {}

  private void shorten(Line line) {
    Arrays.fill(length, 1);
    var start = slopes(line, new double[ids.size()]);
    boolean over = true;
    for (int halving = 0; over && halving <= HALVINGS; halving++) {
      over = false;
      var now = slopes(line, length);
      for (int j = 0; j < length.length; j++) {
        if (length[j] > 0 && !(now[j] <= -OVERSHOOT * start[j])) {
          length[j] = halving == HALVINGS ? 0 : length[j] / 2;
          over = true;
        }
      }
    }
  }

  /// The derivative of each objective along its step, at a point of it.
  private double[] slopes(Line line, double[] at) {
    try (var scope = Scope.open()) {
      var by = vector(at);
      var there = line.scores.plusProduct(line.move, by);
      var loss = error(there, rows(target, n), line.weight).times(line.move).sum(1).unsqueeze(1);
      var theta = rows(this.theta, r).plusProduct(line.step, by);
      return loss.times(vector(c))
          .plus(theta.times(line.penalised).sum(1).unsqueeze(1))
          .toDoubles();
    }
  }

  private static Tensor error(Tensor scores, Tensor target, Tensor weight) {
    return scores.sigmoid().minus(target).times(weight);
  }

  private Tensor rows(double[] values, int width) {
    return Tensor.of(values, ids.size(), width).to(type);
  }

  private Tensor vector(double[] values) {
    return rows(values, 1);
  }
}
