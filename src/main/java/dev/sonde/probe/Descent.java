package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Where the accelerated descent of [LogisticSolver] stands between two rounds, on the heap: a row
/// a task.
///
/// `ahead` is the point with momentum that the next gradient is taken at; `at`, `biasAt`, `scores`
/// and `sizes` belong to the point of the last gradient, at which convergence is judged.
final class Descent {
  final List<Integer> columns;
  private final int n;
  private final int r;
  private final DType type;
  private final double[] target;
  private final double[] weight;
  private final double[] c;
  private final double[] trained;
  private double[] ahead;
  private double[] biasAhead;
  private double[] previous;
  private double[] biasPrevious;
  private double[] momentum;
  double[] at;
  double[] biasAt;
  double[] scores;

  /// The length of the gradient over (C n), by column.
  double[] sizes;

  private Descent(List<Integer> columns, int n, int r, DType type) {
    int m = columns.size();
    this.type = type;
    this.columns = columns;
    this.n = n;
    this.r = r;
    target = new double[m * n];
    weight = new double[m * n];
    c = new double[m];
    trained = new double[m];
    ahead = new double[m * r];
    biasAhead = new double[m];
    previous = new double[m * r];
    biasPrevious = new double[m];
    momentum = new double[m];
    at = new double[m * r];
    biasAt = new double[m];
    scores = new double[m * n];
    sizes = new double[m];
  }

  /// `type` is what steps are computed in.
  static Descent start(Basis basis, List<Task> tasks, DType type) {
    var columns = IntStream.range(0, tasks.size()).boxed().toList();
    var out = new Descent(columns, basis.rows(), basis.rank(), type);
    Arrays.fill(out.momentum, 1);
    for (int j = 0; j < tasks.size(); j++) {
      var task = tasks.get(j);
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
  Descent only(List<Integer> which) {
    var out = new Descent(which.stream().map(columns::get).toList(), n, r, type);
    for (int i = 0; i < which.size(); i++) {
      int j = which.get(i);
      System.arraycopy(target, j * n, out.target, i * n, n);
      System.arraycopy(weight, j * n, out.weight, i * n, n);
      System.arraycopy(ahead, j * r, out.ahead, i * r, r);
      System.arraycopy(previous, j * r, out.previous, i * r, r);
      out.c[i] = c[j];
      out.trained[i] = trained[j];
      out.biasAhead[i] = biasAhead[j];
      out.biasPrevious[i] = biasPrevious[j];
      out.momentum[i] = momentum[j];
    }
    return out;
  }

  /// Some steps for all columns; `z` is `n x r`.
  void round(Tensor z, Tensor lambda, int steps) {
    try (var scope = Scope.open()) {
      var fixed = new Fixed(z, lambda);
      var state = new Moving(this);
      for (int i = 0; i < steps; i++) {
        state = state.step(fixed);
      }
      state.writeTo(this);
    }
  }

  /// What stays the same during a round.
  private final class Fixed {
    private final Tensor z;
    private final Tensor zt;
    private final Tensor y = turned(target, n);
    private final Tensor w = turned(weight, n);
    private final Tensor strength = vector(c);
    private final Tensor biasMetric = strength.times(vector(trained)).times(0.25);
    private final Tensor metric;

    Fixed(Tensor z, Tensor lambda) {
      this.z = z;
      zt = z.transpose(0, 1).contiguous();
      metric = lambda.unsqueeze(1).matmul(strength.unsqueeze(0)).times(0.25).plus(1).reciprocal();
    }
  }

  /// What moves. A step's own temporaries die with it.
  private record Moving(
      Tensor ahead,
      Tensor biasAhead,
      Tensor previous,
      Tensor biasPrevious,
      Tensor momentum,
      Tensor at,
      Tensor biasAt,
      Tensor scores,
      Tensor gradient) {
    Moving(Descent d) {
      this(
          d.turned(d.ahead, d.r),
          d.vector(d.biasAhead),
          d.turned(d.previous, d.r),
          d.vector(d.biasPrevious),
          d.vector(d.momentum),
          Tensor.zeros(d.type, 0),
          Tensor.zeros(d.type, 0),
          Tensor.zeros(d.type, 0),
          Tensor.zeros(d.type, 0));
    }

    /// One gradient, one step in the metric of the majoriser, momentum with restarts by column.
    Moving step(Fixed f) {
      try (var scope = Scope.open()) {
        var scores = f.z.matmul(ahead).plus(biasAhead);
        var error = scores.sigmoid().minus(f.y).times(f.w);
        var gradient = f.zt.matmul(error).times(f.strength).plus(ahead);
        var biasGradient = error.sum(0).times(f.strength);
        var next = ahead.minus(gradient.times(f.metric));
        var biasNext = biasAhead.minus(biasGradient.dividedBy(f.biasMetric));
        var move = next.minus(previous);
        var biasMove = biasNext.minus(biasPrevious);
        var uphill = gradient.times(move).sum(0).plus(biasGradient.times(biasMove)).greaterThan(0);
        var t = momentum.masked(uphill, 1);
        var tNext = t.square().times(4).plus(1).sqrt().plus(1).times(0.5);
        var beta = t.minus(1).dividedBy(tNext);
        return new Moving(
            scope.keep(next.plus(move.times(beta))),
            scope.keep(biasNext.plus(biasMove.times(beta))),
            scope.keep(next),
            scope.keep(biasNext),
            scope.keep(tNext),
            ahead,
            biasAhead,
            scope.keep(scores),
            scope.keep(gradient.square().sum(0).plus(biasGradient.square()).sqrt()));
      }
    }

    void writeTo(Descent d) {
      d.ahead = ahead.transpose(0, 1).toDoubles();
      d.biasAhead = biasAhead.toDoubles();
      d.previous = previous.transpose(0, 1).toDoubles();
      d.biasPrevious = biasPrevious.toDoubles();
      d.momentum = momentum.toDoubles();
      d.at = at.transpose(0, 1).toDoubles();
      d.biasAt = biasAt.toDoubles();
      d.scores = scores.transpose(0, 1).toDoubles();
      d.sizes = gradient.toDoubles();
      for (int j = 0; j < d.sizes.length; j++) {
        d.sizes[j] /= d.c[j] * d.trained[j];
      }
    }
  }

  /// Rows on the heap as the columns of a matrix.
  private Tensor turned(double[] rows, int width) {
    return Tensor.of(rows, c.length, width).to(type).transpose(0, 1).contiguous();
  }

  private Tensor vector(double[] values) {
    return Tensor.of(values, values.length).to(type);
  }
}
