package dev.sonde.uncertainty;

import dev.sonde.eval.Interval;
import java.util.List;
import java.util.Optional;

/// How much of a figure is the task and how much the prompts that happened to be asked; what a
/// correlation would be without the latter.
public final class Reliability {
  private Reliability() {}

  /// From the same figure measured on two halves of the prompts: their correlation over tasks,
  /// stepped up to the whole, `2r/(1+r)` (Spearman 1910, Brown 1910).
  public static double splitHalf(double[] first, double[] second) {
    double r = Correlation.pearson(first, second);
    return 2 * r / (1 + r);
  }

  /// Of tasks' mean entropies, from the two halves of the prompts of each; empty for fewer than
  /// three tasks or a task of one prompt.
  public static Optional<Double> ofTasks(List<AnswerSet.OfTask> tasks) {
    if (tasks.size() < 3 || tasks.stream().anyMatch(t -> t.halves().isEmpty())) {
      return Optional.empty();
    }
    var first = tasks.stream().mapToDouble(t -> t.halves().orElseThrow().getFirst()).toArray();
    var second = tasks.stream().mapToDouble(t -> t.halves().orElseThrow().getLast()).toArray();
    return Optional.of(splitHalf(first, second));
  }

  /// `r / sqrt(reliability of x * that of y)`, between -1 and 1 (Spearman 1904).
  public static double disattenuated(double r, double reliabilityX, double reliabilityY) {
    if (!(reliabilityX > 0 && reliabilityX <= 1 && reliabilityY > 0 && reliabilityY <= 1)) {
      throw new IllegalArgumentException(
          "a reliability lies above 0 and up to 1, not at %s and %s: with none there is nothing to correct"
              .formatted(reliabilityX, reliabilityY));
    }
    return Math.clamp(r / Math.sqrt(reliabilityX * reliabilityY), -1, 1);
  }

  /// The ends of an interval corrected alike; the reliabilities are taken as known.
  public static Interval disattenuated(
      Interval interval, double reliabilityX, double reliabilityY) {
    return new Interval(
        disattenuated(interval.low(), reliabilityX, reliabilityY),
        disattenuated(interval.high(), reliabilityX, reliabilityY));
  }
}
