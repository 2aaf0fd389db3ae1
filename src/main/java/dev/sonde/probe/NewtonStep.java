package dev.sonde.probe;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The Newton equations of many logistic columns, solved together by conjugate gradients.
///
/// Column j wants `(Z^T diag(d_j) Z + diag(penalty)) x = -g`. A product with the Hessian is two
/// matrix products for all columns; in the eigenbasis of the rows its diagonal alone is a good
/// preconditioner. A column that has reached its accuracy leaves. Rows of all tensors are tasks.
final class NewtonStep {
  private static final int ROUND = 2;
  private static final int MOST = 400;

  private final RowsAs rows;

  /// Computes in the type of `rows`.
  NewtonStep(RowsAs rows) {
    this.rows = rows;
  }

  /// Where the conjugate gradients stand; `size` is the square of what is left.
  private record State(
      List<Integer> columns,
      Tensor d,
      Tensor inverse,
      Tensor x,
      Tensor rest,
      Tensor p,
      Tensor size) {
    State only(List<Integer> which) {
      var ids = Tensor.of(which.stream().mapToLong(i -> i).toArray(), which.size());
      return new State(
          which.stream().map(columns::get).toList(),
          d.pick(0, ids),
          inverse.pick(0, ids),
          x.pick(0, ids),
          rest.pick(0, ids),
          p.pick(0, ids),
          size.pick(0, ids));
    }
  }

  /// The step of every column, `m x r` in float64. `accuracy` is the length of what is left of the
  /// equation over that of its right-hand side.
  Tensor solve(Tensor curvature, Tensor gradient, double[] accuracy) {
    int r = rows.width();
    var out = new double[accuracy.length * r];
    try (var scope = Scope.open()) {
      // gradients enter with length 1, so that nothing underflows in float32
      var norm = gradient.square().sum(1).unsqueeze(1).sqrt();
      var norms = norm.toDoubles();
      var state =
          start(curvature.to(rows.type()), gradient.dividedBy(norm).negative().to(rows.type()));
      var first = state.size.toDoubles();
      for (int step = ROUND; !state.columns.isEmpty(); step += ROUND) {
        state = round(state);
        var open = new ArrayList<Integer>();
        var sizes = state.size.toDoubles();
        for (int i = 0; i < sizes.length; i++) {
          int j = state.columns.get(i);
          if (sizes[i] > accuracy[j] * accuracy[j] * first[j] && step < MOST) {
            open.add(i);
          }
        }
        // a column that is there loses nothing by going on until others are
        if (open.size() <= 3 * sizes.length / 4) {
          write(state, open, norms, out);
          if (open.isEmpty()) {
            break;
          }
          state = state.only(open);
        }
      }
    }
    return Tensor.of(out, accuracy.length, r);
  }

  private State start(Tensor d, Tensor rest) {
    var inverse = rows.diagonal(d).reciprocal();
    var p = rest.times(inverse);
    var columns = IntStream.range(0, (int) d.size(0)).boxed().toList();
    return new State(columns, d, inverse, rest.times(0), rest, p, inner(rest, p));
  }

  private static Tensor inner(Tensor a, Tensor b) {
    return a.times(b).sum(1).unsqueeze(1);
  }

  private State round(State from) {
    try (var scope = Scope.open()) {
      var s = from;
      for (int i = 0; i < ROUND; i++) {
        s = step(s);
      }
      return new State(
          s.columns,
          s.d,
          s.inverse,
          scope.keep(s.x),
          scope.keep(s.rest),
          scope.keep(s.p),
          scope.keep(s.size));
    }
  }

  private State step(State s) {
    var q = rows.gather(rows.spread(s.p).times(s.d)).plusProduct(s.p, rows.penalty());
    var length = s.size.dividedBy(inner(s.p, q).plus(1e-30));
    var rest = s.rest.plusProduct(q, length.negative());
    var next = rest.times(s.inverse);
    var size = inner(rest, next);
    var turn = size.dividedBy(s.size.plus(1e-30));
    return new State(
        s.columns,
        s.d,
        s.inverse,
        s.x.plusProduct(s.p, length),
        rest,
        next.plusProduct(s.p, turn),
        size);
  }

  /// Writes down the columns that leave.
  private static void write(State state, List<Integer> open, double[] norms, double[] out) {
    var x = state.x.toDoubles();
    int r = (int) state.x.size(1);
    var stays = new boolean[state.columns.size()];
    open.forEach(i -> stays[i] = true);
    for (int i = 0; i < stays.length; i++) {
      int j = state.columns.get(i);
      for (int k = 0; k < r && !stays[i]; k++) {
        out[j * r + k] = x[i * r + k] * norms[j];
      }
    }
  }
}
