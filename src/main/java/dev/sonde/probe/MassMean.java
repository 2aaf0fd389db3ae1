package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Difference of means (Marks & Tegmark 2024, "mass-mean"), plain or whitened by the spread within
/// the classes.
///
/// `w = mean_1 - mean_0`, or `S^+ (mean_1 - mean_0)` with S the pooled within-class covariance of
/// the training rows; cut by a [Threshold]. Plain, it ignores how the classes spread: where
/// features are correlated the whitened one and [Lda] read better, while the plain direction is the
/// one along which an intervention moves the class. Scores are log-odds under [Threshold#PLATT]
/// only. The pseudo-inverse leaves out directions in which the classes spread less than 1e-9 of the
/// most: with fewer rows than features those where the training rows do not spread at all.
public record MassMean(boolean whitened, Threshold threshold) implements ProbeFamily {
  private static final double NEGLIGIBLE = 1e-9;

  public MassMean() {
    this(false, Threshold.MIDPOINT);
  }

  @Override
  public String name() {
    var cut =
        switch (threshold) {
          case MIDPOINT -> "";
          case NONE -> "-none";
          case TEST_CENTRE -> "-transductive";
          case PLATT -> "-platt";
          case F1 -> "-f1";
        };
    return "mass-mean" + (whitened ? "-whitened" : "") + cut;
  }

  @Override
  public boolean logOdds() {
    return threshold == Threshold.PLATT;
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    return Directions.solve(
        basis,
        tasks,
        threshold,
        (z, task) -> {
          var means = ClosedForm.Means.of(z, task);
          return whitened ? whitened(z, task, means) : means.difference();
        });
  }

  private static Tensor whitened(Tensor z, Task task, ClosedForm.Means means) {
    var within = Directions.within(z, task, means);
    var s = within.transpose(0, 1).matmul(within).times(1 / task.trained());
    var eigen = Solve.eigen(s);
    var values = eigen.values().toDoubles();
    double least = NEGLIGIBLE * values[values.length - 1];
    var inverse = Arrays.stream(values).map(v -> v > least ? 1 / v : 0).toArray();
    var along = eigen.vectors().transpose(0, 1).matmul(means.difference());
    return eigen.vectors().matmul(along.times(Tensor.of(inverse, inverse.length, 1)));
  }
}
