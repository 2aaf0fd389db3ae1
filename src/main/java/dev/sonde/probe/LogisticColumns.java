package dev.sonde.probe;

import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// Where a block of columns of [LogisticSolver] stands between two Newton steps: a row a task, its
/// outputs one after the other.
///
/// The coordinates are those of the basis and, last, the intercept; rows that no task learns from
/// may be left out. What moves is on the heap; what stays (targets, weights) is native, in the
/// scope that is open when a block starts.
final class LogisticColumns {
  /// Of the loss's slope along a step, what may be left with the opposite sign at its end.
  private static final double OVERSHOOT = 0.1;

  private static final int HALVINGS = 30;

  private final RowsAs rows;
  private final Link link;
  private final int n;
  private final int r;
  private final DType type;
  private final Tensor penalty;
  private final Tensor target;
  private final Tensor weight;
  private final double[] c;
  private final double[] trained;
  private final double[] first;
  private final double[] before;
  private final double[] length;
  private final double[] theta;
  private final double[] scores;

  /// The length of the gradient over (C n), by column.
  final double[] sizes;

  /// Newton steps taken, by column.
  final int[] steps;

  /// Tasks at zero.
  LogisticColumns(RowsAs rows, List<? extends LogisticTask> tasks) {
    int m = tasks.size();
    this.rows = rows;
    link = Link.of(tasks.getFirst().outputs());
    n = rows.count() * link.outputs();
    r = rows.width() * link.outputs();
    type = rows.type();
    penalty = Tensor.cat(0, Collections.nCopies(link.outputs(), rows.penalty()));
    target = perRow(tasks, true);
    weight = perRow(tasks, false);
    c = tasks.stream().mapToDouble(LogisticTask::c).toArray();
    trained = tasks.stream().mapToDouble(LogisticTask::trained).toArray();
    theta = new double[m * r];
    scores = new double[m * n];
    first = new double[m];
    before = new double[m];
    length = new double[m];
    sizes = new double[m];
    steps = new int[m];
    Arrays.fill(before, Double.POSITIVE_INFINITY);
    Arrays.fill(length, 1);
    for (int j = 0; j < m; j++) {
      without(j, tasks.get(j));
    }
  }

  /// The same tasks where others have brought them, to go on from there in the type of these rows.
  static LogisticColumns after(
      LogisticColumns near, RowsAs rows, List<? extends LogisticTask> tasks) {
    var out = new LogisticColumns(rows, tasks);
    System.arraycopy(near.theta, 0, out.theta, 0, out.theta.length);
    System.arraycopy(near.first, 0, out.first, 0, out.first.length);
    System.arraycopy(near.steps, 0, out.steps, 0, out.steps.length);
    out.settle();
    return out;
  }

  /// Outputs that no row of a task is of stand so low that they take no part.
  private void without(int task, LogisticTask of) {
    for (int k = 0; k < of.outputs(); k++) {
      if (!of.has(k)) {
        theta[task * r + (k + 1) * rows.width() - 1] = Link.NEVER;
        int from = task * n + k * rows.count();
        Arrays.fill(scores, from, from + rows.count(), Link.NEVER);
      }
    }
  }

  private Tensor perRow(List<? extends LogisticTask> tasks, boolean targets) {
    var out = new double[tasks.size() * n];
    for (int j = 0; j < tasks.size(); j++) {
      for (int i = 0; i < n; i++) {
        int row = rows.row(i % rows.count());
        out[j * n + i] =
            targets ? tasks.get(j).target(row, i / rows.count()) : tasks.get(j).weight(row);
      }
    }
    return Scope.around(() -> Tensor.of(out, tasks.size(), n).to(type));
  }

  /// Puts a column where another solution ended. The gradient at zero, by which progress is told,
  /// must have been measured.
  void begin(int column, double[] at) {
    System.arraycopy(at, 0, theta, column * r, r);
  }

  /// The scores at columns that [#begin] has moved.
  void settle() {
    try (var scope = Scope.open()) {
      copy(spread(rows, Tensor.of(theta, c.length, r).to(type)), all(), n, scores);
    }
    Arrays.fill(sizes, 0);
  }

  List<Integer> all() {
    return IntStream.range(0, c.length).boxed().toList();
  }

  double[] theta(int column) {
    return Arrays.copyOfRange(theta, column * r, (column + 1) * r);
  }

  /// The scores of every column at all rows, also those that none of them learns from: task by
  /// task.
  double[] scores(RowsAs all) {
    if (all == rows) {
      return scores;
    }
    try (var scope = Scope.open()) {
      return spread(all, Tensor.of(theta, c.length, r).to(type)).toDoubles();
    }
  }

  /// `[m, outputs x width]` onto rows, `[m, outputs x n]`.
  private static Tensor spread(RowsAs rows, Tensor perCoordinate) {
    long m = perCoordinate.size(0);
    return rows.spread(perCoordinate.reshape(-1, rows.width())).reshape(m, -1);
  }

  private Tensor gather(Tensor perRow) {
    long m = perRow.size(0);
    return rows.gather(perRow.reshape(-1, rows.count())).reshape(m, -1);
  }

  /// Some columns where they stand, natively, a row each; `slope` is the gradient there.
  record Point(
      List<Integer> ids,
      Tensor scores,
      Tensor theta,
      Tensor target,
      Tensor weight,
      Tensor c,
      Tensor slope) {
    /// Some of them, by their place here.
    Point only(List<Integer> which) {
      if (which.size() == ids.size()) {
        return this;
      }
      var at = index(which);
      return new Point(
          which.stream().map(ids::get).toList(),
          scores.pick(0, at),
          theta.pick(0, at),
          target.pick(0, at),
          weight.pick(0, at),
          c.pick(0, at),
          slope.pick(0, at));
    }
  }

  private static Tensor index(List<Integer> ids) {
    return Tensor.of(ids.stream().mapToLong(i -> i).toArray(), ids.size());
  }

  /// The gradient at the present point of some columns, in the scope that is open.
  Point measure(List<Integer> ids) {
    boolean whole = ids.size() == c.length;
    var s = gathered(scores, n, ids);
    var th = gathered(theta, r, ids);
    var t = whole ? target : target.pick(0, index(ids));
    var w = whole ? weight : weight.pick(0, index(ids));
    var cs = gathered(c, 1, ids);
    var slope = gather(link.error(s, t, w).times(cs)).plusProduct(th, penalty);
    var squares = slope.square().sum(1).toDoubles();
    for (int i = 0; i < squares.length; i++) {
      int j = ids.get(i);
      before[j] = sizes[j] > 0 ? sizes[j] : Double.POSITIVE_INFINITY;
      sizes[j] = Math.sqrt(squares[i]) / (c[j] * trained[j]);
      first[j] = Math.max(first[j], sizes[j]);
    }
    return new Point(ids, s, th, t, w, cs, slope);
  }

  /// Whether the last step brought no more than rounding does.
  boolean stuck(int column) {
    return length[column] == 0
        || (sizes[column] < 1e-3 * first[column] && sizes[column] > before[column] / 3);
  }

  /// One Newton step of the columns of a point, halved until it does not overshoot. By convexity a
  /// step at whose end the loss still falls has lowered it all the way.
  void advance(Point at, NewtonStep newton, double aim) {
    try (var scope = Scope.open()) {
      var curvature = link.curvature(at.scores, at.weight, at.c);
      var step = newton.solve(curvature, at.slope, accuracy(at.ids, aim)).to(type);
      var move = spread(rows, step);
      var by = shorten(new Line(at, move, step, step.times(penalty)));
      var shift = Tensor.of(by, by.length, 1).to(type);
      copy(at.scores.plusProduct(move, shift), at.ids, n, scores);
      copy(at.theta.plusProduct(step, shift), at.ids, r, theta);
      for (int i = 0; i < by.length; i++) {
        length[at.ids.get(i)] = by[i];
        steps[at.ids.get(i)]++;
      }
    }
  }

  private static void copy(Tensor from, List<Integer> ids, int width, double[] to) {
    var values = from.toDoubles();
    for (int i = 0; i < ids.size(); i++) {
      System.arraycopy(values, i * width, to, ids.get(i) * width, width);
    }
  }

  private Tensor gathered(double[] from, int width, List<Integer> ids) {
    var out = from;
    if (ids.size() < c.length) {
      out = new double[ids.size() * width];
      for (int i = 0; i < ids.size(); i++) {
        System.arraycopy(from, ids.get(i) * width, out, i * width, width);
      }
    }
    return Tensor.of(out, ids.size(), width).to(type);
  }

  /// How exactly the next step is to be known: roughly while far away, and no better than the aim
  /// asks.
  private double[] accuracy(List<Integer> ids, double aim) {
    return ids.stream()
        .mapToDouble(
            j -> Math.clamp(Math.max(sizes[j] / first[j], 0.3 * aim / sizes[j]), 3e-4, 0.1))
        .toArray();
  }

  private record Line(Point from, Tensor move, Tensor step, Tensor penalised) {}

  /// How far to go along each step.
  private double[] shorten(Line line) {
    var by = new double[line.from.ids.size()];
    var start = slopes(line, by);
    Arrays.fill(by, 1);
    boolean over = true;
    for (int halving = 0; over && halving <= HALVINGS; halving++) {
      over = false;
      var now = slopes(line, by);
      for (int j = 0; j < by.length; j++) {
        if (by[j] > 0 && !(now[j] <= -OVERSHOOT * start[j])) {
          by[j] = halving == HALVINGS ? 0 : by[j] / 2;
          over = true;
        }
      }
    }
    return by;
  }

  /// The derivative of each objective along its step, at a point of it.
  private double[] slopes(Line line, double[] at) {
    try (var scope = Scope.open()) {
      var from = line.from;
      var by = Tensor.of(at, at.length, 1).to(from.scores.type());
      var there = from.scores.plusProduct(line.move, by);
      var loss = link.error(there, from.target, from.weight).times(line.move).sum(1).unsqueeze(1);
      var theta = from.theta.plusProduct(line.step, by);
      return loss.times(from.c).plus(theta.times(line.penalised).sum(1).unsqueeze(1)).toDoubles();
    }
  }
}
