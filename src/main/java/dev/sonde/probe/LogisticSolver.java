package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The exact optimum of many L2-penalised logistic regressions over the same rows, all at once: of
/// two classes, or of several with an output a class (softmax).
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

    /// How far float32 goes before float64 takes over.
    private Settings near() {
      return new Settings(3e-5, 3e-5, DType.FLOAT32, steps);
    }

    private boolean done(double size, boolean stuck) {
      return size <= aim || (stuck && (size <= tolerance || type == DType.FLOAT32));
    }
  }

  /// Columns that go together: wide enough for the matrix products, narrow enough for the caches.
  private static final int BLOCK = 256;

  private final Basis basis;
  private final Settings settings;
  private final List<? extends LogisticTask> tasks;
  private final int width;
  private final int span;
  private final double[] theta;
  private final double[] scores;
  private final double[] gradient;
  private final int[] iterations;

  private LogisticSolver(Basis basis, List<? extends LogisticTask> tasks, Settings settings) {
    this.basis = basis;
    this.tasks = tasks;
    this.settings = settings;
    int m = tasks.size();
    int outputs = tasks.isEmpty() ? 1 : tasks.getFirst().outputs();
    width = (basis.rank() + 1) * outputs;
    span = basis.rows() * outputs;
    theta = new double[Math.multiplyExact(m, width)];
    scores = new double[Math.multiplyExact(m, span)];
    gradient = new double[m];
    iterations = new int[m];
    Arrays.fill(gradient, Double.POSITIVE_INFINITY);
  }

  /// Solves every task. Runs on the calling thread.
  public static Solution solve(Basis basis, List<Task> tasks, Settings settings) {
    return solve(basis, tasks, settings, List.of());
  }

  /// The same from a start, coordinates in the basis and the intercept for each task (none: zero).
  /// It shortens the way and does not change where it ends beyond what the settings allow.
  static Solution solve(Basis basis, List<Task> tasks, Settings settings, List<double[]> start) {
    var solver = solved(basis, tasks, settings, start);
    int r = basis.rank();
    var directions = new double[Math.multiplyExact(tasks.size(), r)];
    var bias = new double[tasks.size()];
    for (int t = 0; t < bias.length; t++) {
      System.arraycopy(solver.theta, t * solver.width, directions, t * r, r);
      bias[t] = solver.theta[t * solver.width + r];
    }
    return new Solution(
        basis,
        directions,
        bias,
        solver.scores,
        solver.gradient,
        solver.iterations,
        settings.tolerance());
  }

  /// Where the search for a task of several classes ended.
  static final class End {
    private final double[] theta;
    private final double gradient;
    private final int steps;

    private End(double[] theta, double gradient, int steps) {
      this.theta = theta;
      this.gradient = gradient;
      this.steps = steps;
    }

    /// A class after the other, its coordinates and then its intercept.
    double[] theta() {
      return theta;
    }

    /// Length of the gradient over C n.
    double gradient() {
      return gradient;
    }

    int steps() {
      return steps;
    }
  }

  /// Every task of several classes; starts as [End#theta].
  static List<End> several(
      Basis basis, List<ClassTask> tasks, Settings settings, List<double[]> start) {
    var solver = solved(basis, tasks, settings, start);
    return IntStream.range(0, tasks.size())
        .mapToObj(t ->
            new End(
                Arrays.copyOfRange(solver.theta, t * solver.width, (t + 1) * solver.width),
                solver.gradient[t],
                solver.iterations[t]))
        .toList();
  }

  private static LogisticSolver solved(
      Basis basis, List<? extends LogisticTask> tasks, Settings settings, List<double[]> start) {
    for (var task : tasks) {
      if (task.rows() != basis.rows()) {
        throw new IllegalArgumentException(
            "a task over %d rows does not fit a basis of %d".formatted(task.rows(), basis.rows()));
      }
    }
    var solver = new LogisticSolver(basis, List.copyOf(tasks), settings);
    solver.solve(start);
    return solver;
  }

  private void solve(List<double[]> start) {
    try (var scope = Scope.open()) {
      var all = RowsAs.of(basis, settings.type(), IntStream.range(0, basis.rows()).toArray());
      for (var parcel : Parcel.of(tasks)) {
        try (var inner = Scope.open()) {
          var own = parcel.rows();
          boolean whole = own.length == basis.rows();
          var rows = whole ? all : RowsAs.of(basis, settings.type(), own);
          var coarse =
              settings.type() == DType.FLOAT32 ? rows : RowsAs.of(basis, DType.FLOAT32, own);
          for (var ids : parcel.blocks(Math.max(1, BLOCK / tasks.getFirst().outputs()))) {
            block(rows, coarse, ids, start, all);
          }
        }
      }
    }
  }

  /// The long way in float32, down to where its gradients are lost in rounding, and the rest as the
  /// settings say.
  private void block(
      RowsAs rows, RowsAs coarse, List<Integer> which, List<double[]> start, RowsAs all) {
    try (var around = Scope.open()) {
      var own = which.stream().<LogisticTask>map(tasks::get).toList();
      var begin = start.isEmpty() ? start : which.stream().map(start::get).toList();
      LogisticColumns columns;
      if (rows.type() == DType.FLOAT32) {
        columns = new LogisticColumns(rows, own);
        begin(columns, begin);
      } else {
        var near = new LogisticColumns(coarse, own);
        begin(near, begin);
        descend(near, coarse, coarse, settings.near(), j -> {});
        columns = LogisticColumns.after(near, rows, own);
      }
      descend(columns, rows, coarse, settings, j -> write(columns, j, which.get(j)));
      writeScores(columns.scores(all), which);
    }
  }

  @FunctionalInterface
  private interface Ended {
    void at(int column);
  }

  private static void descend(
      LogisticColumns columns, RowsAs rows, RowsAs coarse, Settings settings, Ended ended) {
    var ids = columns.all();
    for (int step = 0; !ids.isEmpty(); step++) {
      try (var scope = Scope.open()) {
        var point = columns.measure(ids);
        var open = new ArrayList<Integer>();
        boolean stalled = false;
        for (int i = 0; i < ids.size(); i++) {
          int j = ids.get(i);
          boolean stuck = step > 0 && columns.stuck(j);
          if (settings.done(columns.sizes[j], stuck) || columns.steps[j] == settings.steps()) {
            ended.at(j);
          } else {
            open.add(i);
            stalled |= stuck;
          }
        }
        if (!open.isEmpty()) {
          var newton = new NewtonStep(stalled ? rows : coarse);
          columns.advance(point.only(open), newton, settings.aim());
        }
        ids = open.stream().map(ids::get).toList();
      }
    }
  }

  private static void begin(LogisticColumns columns, List<double[]> start) {
    if (start.isEmpty()) {
      return;
    }
    try (var scope = Scope.open()) {
      columns.measure(columns.all());
    }
    for (int j : columns.all()) {
      columns.begin(j, start.get(j));
    }
    columns.settle();
  }

  private void write(LogisticColumns columns, int column, int task) {
    System.arraycopy(columns.theta(column), 0, theta, task * width, width);
    gradient[task] = columns.sizes[column];
    iterations[task] = columns.steps[column];
  }

  private void writeScores(double[] found, List<Integer> which) {
    for (int j = 0; j < which.size(); j++) {
      System.arraycopy(found, j * span, scores, which.get(j) * span, span);
    }
  }
}
