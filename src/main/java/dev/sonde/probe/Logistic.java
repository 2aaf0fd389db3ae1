package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import java.util.List;

/// Logistic regression with an L2 penalty: the default probe.
///
/// Minimises `C * sum log(1 + exp(-s z)) + |w|^2 / 2` with an unpenalised intercept, as
/// scikit-learn's `LogisticRegression` states it, but to its optimum. C counts in units of rows
/// scaled to one common variance (see [Basis.Scaling]).
public record Logistic() implements ProbeFamily {
  @Override
  public String name() {
    return "logistic";
  }

  @Override
  public boolean logOdds() {
    return true;
  }

  @Override
  public List<Double> grid() {
    return List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    return LogisticSolver.solve(basis, tasks, settings(exact));
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact, List<double[]> near) {
    return LogisticSolver.solve(basis, tasks, settings(exact), near);
  }

  private static LogisticSolver.Settings settings(boolean exact) {
    return exact ? LogisticSolver.Settings.EXACT : LogisticSolver.Settings.COARSE;
  }
}
