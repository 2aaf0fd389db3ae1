package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The exact optimum of many L2-penalised logistic regressions over the same rows, all at once.
///
/// Each task minimises `C * sum_i w_i log(1 + exp(-s_i z_i)) + |theta|^2 / 2`, intercept free and
/// unpenalised. In the eigenbasis of the rows `C/4 * lambda + 1` bounds the Hessian of every task
/// from above, whatever rows it trains on: one diagonal serves as the metric of an accelerated
/// gradient descent for all columns, and an iteration is two matrix products (Böhning & Lindsay
/// 1988 for the bound; O'Donoghue & Candès 2015 for the restarts). What is slow to converge (large
/// C, nearly separable) is finished by Newton's method.
///
/// Not for sparse or unpenalised probes: without a penalty separable data have no optimum.
public final class LogisticSolver {
  /// `tolerance`: the length of the gradient over (C n), in the basis (a bound on its largest entry
  /// in any orthogonal coordinates). Beyond `descent` steps, computed in `type`, Newton's method
  /// takes over for at most `newton` steps.
  public record Settings(double tolerance, int descent, int newton, DType type) {
    public static final Settings EXACT = new Settings(1e-9, 96, 60, DType.FLOAT64);

    /// Enough to choose a regularisation by.
    public static final Settings COARSE = new Settings(1e-4, 96, 0, DType.FLOAT32);
  }

  private static final int ROUND = 6;

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
      solver.run();
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

  private void run() {
    var z = basis.z();
    if (!tasks.isEmpty()) {
      descend(z.to(settings.type()), basis.lambda().to(settings.type()));
    }
    for (int j = 0; j < tasks.size(); j++) {
      if (gradient[j] > settings.tolerance() && settings.newton() > 0) {
        try (var scope = Scope.open()) {
          newton(z, j);
        }
      }
    }
  }

  // ---- all columns at once ----

  private void descend(Tensor z, Tensor lambda) {
    var state = Descent.start(basis, tasks, settings.type());
    for (int step = 0; step < settings.descent() && !state.columns.isEmpty(); step += ROUND) {
      state.round(z, lambda, ROUND);
      state = settle(state, step + ROUND);
    }
  }

  /// Writes down the columns that are there (at the end: all) and goes on with the others.
  private Descent settle(Descent state, int steps) {
    var open = new ArrayList<Integer>();
    boolean last = steps >= settings.descent();
    for (int i = 0; i < state.columns.size(); i++) {
      boolean there = state.sizes[i] <= settings.tolerance();
      if (!there) {
        open.add(i);
      }
      if (there || last) {
        write(state, i, steps);
      }
    }
    return open.size() == state.columns.size() ? state : state.only(open);
  }

  private void write(Descent state, int i, int steps) {
    int r = basis.rank();
    int n = basis.rows();
    int task = state.columns.get(i);
    System.arraycopy(state.at, i * r, theta, task * r, r);
    System.arraycopy(state.scores, i * n, scores, task * n, n);
    bias[task] = state.biasAt[i];
    gradient[task] = state.sizes[i];
    iterations[task] = steps;
  }

  // ---- one column, to the end ----

  /// Newton's method with Armijo backtracking, from where the descent ended. A Hessian serves for
  /// as long as it takes the gradient down tenfold a step, and is factorised in float32 first: only
  /// the steps' direction depends on it, not where they end.
  private void newton(Tensor z, int task) {
    var column = new NewtonColumn(z, tasks.get(task));
    int r = basis.rank();
    var beta = Arrays.copyOf(Arrays.copyOfRange(theta, task * r, (task + 1) * r), r + 1);
    beta[r] = bias[task];
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; step < settings.newton(); step++) {
      double size = column.gradientSize(beta);
      gradient[task] = size;
      if (size <= settings.tolerance() || !column.improve(beta, size > before / 10)) {
        break;
      }
      before = size;
      iterations[task]++;
    }
    System.arraycopy(beta, 0, theta, task * r, r);
    bias[task] = beta[r];
    System.arraycopy(column.scores(beta), 0, scores, task * basis.rows(), basis.rows());
  }

  /// The objective of one task around one point.
  private static final class NewtonColumn {
    private final Tensor zOne;
    private final Task task;
    private final int n;
    private final int r;
    private DType precision = DType.FLOAT32;
    private Tensor factor = Tensor.zeros(DType.FLOAT32, 0);

    NewtonColumn(Tensor z, Task task) {
      n = (int) z.size(0);
      r = (int) z.size(1);
      zOne = Tensor.cat(1, List.of(z, Tensor.full(1, z.type(), n, 1)));
      this.task = task;
    }

    double[] scores(double[] beta) {
      try (var scope = Scope.open()) {
        return zOne.matmul(Tensor.of(beta, r + 1, 1)).toDoubles();
      }
    }

    double objective(double[] beta) {
      var f = scores(beta);
      double loss = 0;
      for (int i = 0; i < n; i++) {
        double margin = task.target(i) > 0 ? f[i] : -f[i];
        loss += task.weight(i) * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
      }
      double square = 0;
      for (int k = 0; k < r; k++) {
        square += beta[k] * beta[k];
      }
      return task.c() * loss + square / 2;
    }

    double[] gradient(double[] beta, double[] curvature) {
      var f = scores(beta);
      var e = new double[n];
      for (int i = 0; i < n; i++) {
        double p = 1 / (1 + Math.exp(-f[i]));
        e[i] = task.c() * task.weight(i) * (p - task.target(i));
        curvature[i] = task.c() * task.weight(i) * p * (1 - p);
      }
      try (var scope = Scope.open()) {
        var g = zOne.transpose(0, 1).matmul(Tensor.of(e, n, 1)).toDoubles();
        for (int k = 0; k < r; k++) {
          g[k] += beta[k];
        }
        return g;
      }
    }

    double gradientSize(double[] beta) {
      double sum = 0;
      for (double g : gradient(beta, new double[n])) {
        sum += g * g;
      }
      return Math.sqrt(sum) / (task.c() * task.trained());
    }

    /// One step; false if nothing gets better any more.
    boolean improve(double[] beta, boolean slow) {
      var curvature = new double[n];
      var g = gradient(beta, curvature);
      if (factor.count() == 0) {
        factor = factor(curvature);
      } else if (slow) {
        precision = DType.FLOAT64;
        factor = factor(curvature);
      }
      var step = Solve.withCholesky(factor, Tensor.of(g, r + 1, 1).to(precision)).toDoubles();
      double slope = 0;
      for (int k = 0; k <= r; k++) {
        slope += g[k] * step[k];
      }
      double now = objective(beta);
      var trial = new double[r + 1];
      for (double length = 1; length > 1e-10; length /= 2) {
        for (int k = 0; k <= r; k++) {
          trial[k] = beta[k] - length * step[k];
        }
        if (objective(trial) <= now - 1e-4 * length * slope + 1e-14 * Math.abs(now)) {
          boolean moved = !Arrays.equals(trial, beta);
          System.arraycopy(trial, 0, beta, 0, r + 1);
          return moved;
        }
      }
      return false;
    }

    private Tensor factor(double[] curvature) {
      try (var scope = Scope.open()) {
        var rows = zOne.to(precision);
        var weighted = rows.times(Tensor.of(curvature, n, 1).to(precision));
        var ridge = new double[r + 1];
        Arrays.fill(ridge, 1);
        ridge[r] = 1e-9;
        var penalty = Tensor.eye(r + 1, precision).times(Tensor.of(ridge, r + 1).to(precision));
        var hessian = rows.transpose(0, 1).matmul(weighted).plus(penalty);
        return scope.keep(Solve.cholesky(hessian));
      }
    }
  }
}
