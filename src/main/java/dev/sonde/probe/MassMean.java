package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import java.util.List;

/// Difference of means with the threshold midway (Marks & Tegmark 2024, "mass-mean" without the
/// covariance).
///
/// `w = mean_1 - mean_0`, `b = -w . (mean_1 + mean_0) / 2`, from training rows only. It ignores how
/// the classes spread: where features are correlated [Lda] reads better, while this direction is
/// the one along which an intervention moves the class. Scores are not log-odds.
public record MassMean() implements ProbeFamily {
  @Override
  public String name() {
    return "mass-mean";
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    return ClosedForm.solve(basis, tasks, (z, task, means) -> means.difference());
  }
}
