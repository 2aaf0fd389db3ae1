package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The exact optimum of many L2-penalised logistic regressions over the same rows, all at once.
///
/// Each task minimises `C * sum_i w_i log(1 + exp(-s_i z_i)) + |theta|^2 / 2`, intercept free and
/// unpenalised. All columns take Newton steps together. Gradients and optima are in float64; the
/// steps between, which only have to point downhill, come from conjugate gradients in float32
/// ([NewtonStep]) and, where that is too coarse, in float64.
///
/// Not for sparse or unpenalised probes: without a penalty separable data have no optimum.
public final class LogisticSolver {
  /// `tolerance`: the length of the gradient over (C n), in the basis (a bound on its largest entry
  /// in any orthogonal coordinates). `aim`: where a column stops; below `tolerance`, as far as
  /// rounding allows. `type`: what gradients are computed in.
  public record Settings(double tolerance, double aim, DType type, int steps) {
    public static final Settings EXACT = new Settings(1e-9, 1e-12, DType.FLOAT64, 60);

    /// Enough to choose a regularisation by.
    public static final Settings COARSE = new Settings(1e-3, 1e-3, DType.FLOAT32, 30);
  }

  /// Columns that go together: wide enough for the matrix products, narrow enough for the caches.
  private static final int BLOCK = 256;

  private final Basis basis;
  private final Settings settings;
  private final List<Task> tasks;
  private final double[] theta;
  private final double[] bias;
  private final double[] scores;
  private final double[] gradient;
  private final int[] iterations;

  private LogisticSolver(Basis basis, List<Task> tasks, Settings settings) {
    this.basis = basis;
    this.tasks = tasks;
    this.settings = settings;
    int m = tasks.size();
    theta = new double[Math.multiplyExact(m, basis.rank())];
    bias = new double[m];
    scores = new double[Math.multiplyExact(m, basis.rows())];
    gradient = new double[m];
    iterations = new int[m];
    Arrays.fill(gradient, Double.POSITIVE_INFINITY);
  }

  /// Solves every task. Runs on the calling thread.
  public static Solution solve(Basis basis, List<Task> tasks, Settings settings) {
    for (var task : tasks) {
      if (task.rows() != basis.rows()) {
        throw new IllegalArgumentException(
            "a task over %d rows does not fit a basis of %d".formatted(task.rows(), basis.rows()));
      }
    }
    var solver = new LogisticSolver(basis, List.copyOf(tasks), settings);
    try (var scope = Scope.open()) {
      var ones = Tensor.full(1, DType.FLOAT64, basis.rows(), 1);
      var z = Tensor.cat(1, List.of(basis.z(), ones)).to(settings.type());
      var free = new double[basis.rank() + 1];
      Arrays.fill(free, 0, basis.rank(), 1);
      var penalty = Tensor.of(free, free.length).to(settings.type());
      var coarse = new NewtonStep(z, penalty, DType.FLOAT32);
      for (int from = 0; from < tasks.size(); from += BLOCK) {
        solver.block(z, penalty, coarse, from, Math.min(tasks.size(), from + BLOCK));
      }
    }
    return new Solution(
        basis,
        solver.theta,
        solver.bias,
        solver.scores,
        solver.gradient,
        solver.iterations,
        settings.tolerance());
  }

  private void block(Tensor z, Tensor penalty, NewtonStep coarse, int from, int to) {
    var columns = LogisticColumns.start(basis, tasks, from, to, settings.type());
    for (int step = 0; !columns.ids.isEmpty(); step++) {
      columns.measure(z, penalty);
      var open = new ArrayList<Integer>();
      boolean stalled = false;
      for (int i = 0; i < columns.ids.size(); i++) {
        boolean stuck = step > 0 && columns.stuck(i);
        if (done(columns.sizes[i], stuck) || step == settings.steps()) {
          write(columns, i, step);
        } else {
          open.add(i);
          stalled |= stuck;
        }
      }
      columns = columns.only(open);
      if (!open.isEmpty()) {
        try (var scope = Scope.open()) {
          var fine = stalled ? new NewtonStep(z, penalty, settings.type()) : coarse;
          columns.advance(z, penalty, fine, settings.aim());
        }
      }
    }
  }

  private boolean done(double size, boolean stuck) {
    return size <= settings.aim()
        || (stuck && (size <= settings.tolerance() || settings.type() == DType.FLOAT32));
  }

  private void write(LogisticColumns columns, int i, int steps) {
    int r = basis.rank();
    int n = basis.rows();
    int task = columns.ids.get(i);
    System.arraycopy(columns.theta, i * (r + 1), theta, task * r, r);
    System.arraycopy(columns.scores, i * n, scores, task * n, n);
    bias[task] = columns.theta[i * (r + 1) + r];
    gradient[task] = columns.sizes[i];
    iterations[task] = steps;
  }
}
