package dev.sonde.uncertainty;

import dev.sonde.data.Groups;
import dev.sonde.eval.Interval;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Does the probe read worse where the model's answers are less sure? All that can be said from one
/// table of tasks.
///
/// `plain` are the three coefficients with their intervals, `partial` Pearson's and Spearman's with
/// the controls taken out. If several models were given the same tasks, `partial` counts only what
/// varies within a model, and of the plain ones no p-value is to be believed.
public record Relation(
    int tasks,
    int models,
    List<Row> plain,
    PartialCorrelation pearson,
    PartialCorrelation spearman) {
  private static final int DRAWS = 2000;

  /// One task under one model: its uncertainty (normalised by the number of options), the probe's
  /// skill over chance, and figures that could drive both (log of the number of classes, accuracy
  /// of the model, training rows, text length).
  public record Task(
      String name, String model, double uncertainty, double skill, List<Double> controls) {
    public Task {
      controls = List.copyOf(controls);
    }
  }

  /// `byFormula` is exact for many tasks, `byDraws` (BCa over tasks) the first for fewer than 30.
  public record Row(
      Correlation.Kind kind, double r, Interval byFormula, Interval byDraws, double p) {}

  public Relation {
    plain = List.copyOf(plain);
  }

  /// @throws BadInput if there are too few tasks for the controls, or figures are missing
  public static Relation of(List<Task> tasks, Seed seed) {
    check(tasks);
    var x = tasks.stream().mapToDouble(Task::uncertainty).toArray();
    var y = tasks.stream().mapToDouble(Task::skill).toArray();
    var correlation = Correlation.of(x, y);
    var rows =
        Arrays.stream(Correlation.Kind.values())
            .map(kind ->
                new Row(
                    kind,
                    correlation.value(kind),
                    correlation.interval(kind, .95),
                    correlation.bootstrap(kind, DRAWS, .95, seed),
                    correlation.pValue(kind, DRAWS - 1, seed)))
            .toList();
    var models = Groups.of(tasks.stream().map(Task::model).toList());
    var controls = new ArrayList<double[]>();
    for (int c = 0; c < tasks.getFirst().controls().size(); c++) {
      int own = c;
      controls.add(tasks.stream().mapToDouble(t -> t.controls().get(own)).toArray());
    }
    var ranked = controls.stream().map(dev.sonde.eval.Ranks::of).toList();
    return new Relation(
        tasks.size(),
        models.count(),
        rows,
        PartialCorrelation.withinModels(x, y, models, controls),
        PartialCorrelation.withinModels(
            dev.sonde.eval.Ranks.of(x), dev.sonde.eval.Ranks.of(y), models, ranked));
  }

  private static void check(List<Task> tasks) {
    if (tasks.isEmpty()) {
      throw new BadInput("a relation needs a table of tasks, this one is empty");
    }
    int controls = tasks.getFirst().controls().size();
    long models = tasks.stream().map(Task::model).distinct().count();
    long least = Math.max(5, 4 + controls + models - 1);
    if (tasks.size() < least) {
      throw new BadInput(
          "%d tasks are too few beside %d controls and %d models; give at least %d"
              .formatted(tasks.size(), controls, models, least));
    }
    IntStream.range(0, tasks.size())
        .filter(i -> !whole(tasks.get(i), controls))
        .findFirst()
        .ifPresent(i -> {
          throw new BadInput(
              "task %s lacks a figure or has one that is not finite; every task needs an uncertainty, a skill and %d controls"
                  .formatted(tasks.get(i).name(), controls));
        });
  }

  private static boolean whole(Task task, int controls) {
    return task.controls().size() == controls
        && Double.isFinite(task.uncertainty())
        && Double.isFinite(task.skill())
        && task.controls().stream().allMatch(Double::isFinite);
  }
}
