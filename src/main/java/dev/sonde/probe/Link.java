package dev.sonde.probe;

import dev.sonde.tensor.DType;
import dev.sonde.tensor.Tensor;

/// From scores to probabilities: the sigmoid of one output, the softmax of several.
///
/// Tensors of scores, targets and weights are `[m, outputs x n]`: a row a task, its outputs one
/// after the other, each with a number a row.
sealed interface Link {
  /// The score of an output that must not take part: its probability is 0 exactly.
  double NEVER = -1e3;

  int outputs();

  /// The derivative of each row's loss by its scores.
  Tensor error(Tensor scores, Tensor target, Tensor weight);

  /// The second derivatives; `c` is `[m, 1]`.
  Curvature curvature(Tensor scores, Tensor weight, Tensor c);

  static Link of(int outputs) {
    return outputs == 1 ? new Sigmoid() : new Several(outputs);
  }

  /// The second derivatives of the losses of some tasks by their scores.
  interface Curvature {
    Curvature to(DType type);

    /// Those of some of the tasks.
    Curvature only(Tensor tasks);

    /// The diagonal of the Hessian with its penalty, `[m outputs, width]`.
    Tensor diagonal(RowsAs rows);

    /// Applied to changes of scores, `[m outputs, n]`.
    Tensor times(Tensor scores);
  }

  /// One output.
  record Sigmoid() implements Link {
    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public Tensor error(Tensor scores, Tensor target, Tensor weight) {
      return scores.sigmoid().minus(target).times(weight);
    }

    @Override
    public Curvature curvature(Tensor scores, Tensor weight, Tensor c) {
      var p = scores.sigmoid();
      return new Weights(p.minus(p.square()).times(weight).times(c));
    }
  }

  /// A number a row.
  record Weights(Tensor d) implements Curvature {
    @Override
    public Curvature to(DType type) {
      return new Weights(d.to(type));
    }

    @Override
    public Curvature only(Tensor tasks) {
      return new Weights(d.pick(0, tasks));
    }

    @Override
    public Tensor diagonal(RowsAs rows) {
      return rows.diagonal(d);
    }

    @Override
    public Tensor times(Tensor scores) {
      return scores.times(d);
    }
  }

  /// An output a class.
  record Several(int outputs) implements Link {
    @Override
    public Tensor error(Tensor scores, Tensor target, Tensor weight) {
      return softmax(scores).reshape(scores.size(0), -1).minus(target).times(weight);
    }

    /// `[m, outputs, n]`.
    private Tensor softmax(Tensor scores) {
      return scores.reshape(scores.size(0), outputs, -1).softmax(1);
    }

    @Override
    public Curvature curvature(Tensor scores, Tensor weight, Tensor c) {
      long m = scores.size(0);
      long n = scores.size(1) / outputs;
      return new Mixed(
          softmax(scores), weight.narrow(1, 0, n).times(c).reshape(m, 1, n).contiguous());
    }
  }

  /// `w (diag(p) - p p^T)` a row: `p` is `[m, outputs, n]`, `w` `[m, 1, n]`.
  record Mixed(Tensor p, Tensor w) implements Curvature {
    /// Keeps what has no curvature from being divided by.
    private static final double LEAST = 1e-30;

    @Override
    public Curvature to(DType type) {
      return new Mixed(p.to(type), w.to(type));
    }

    @Override
    public Curvature only(Tensor tasks) {
      return new Mixed(p.pick(0, tasks), w.pick(0, tasks));
    }

    @Override
    public Tensor diagonal(RowsAs rows) {
      return rows.diagonal(flat(p.minus(p.square()).times(w))).plus(LEAST);
    }

    @Override
    public Tensor times(Tensor scores) {
      var u = scores.reshape(p.size(0), p.size(1), p.size(2)).times(p);
      return flat(u.minus(p.times(u.sum(1).unsqueeze(1))).times(w));
    }

    private static Tensor flat(Tensor t) {
      return t.reshape(t.size(0) * t.size(1), t.size(2));
    }
  }
}
