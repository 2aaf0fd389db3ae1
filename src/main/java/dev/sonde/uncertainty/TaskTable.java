package dev.sonde.uncertainty;

import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A table of tasks to [Relation.Task]s: columns `task`, `model` (may be absent: one model), the
/// probe's `skill` or its `accuracy` and `majority`, the `entropy` (normalised by `options` where
/// that column is there; then in nats) or none if answers give it, and controls.
public final class TaskTable {
  private TaskTable() {}

  /// `entropies` are those of answers, by task; empty if the table states its own.
  ///
  /// @throws BadInput for a column that is missing or a figure that is no number
  public static List<Relation.Task> read(
      Table table, List<String> controls, Map<String, Double> entropies) {
    var names = table.column("task");
    var has = table.columns();
    var models =
        has.contains("model") ? table.column("model") : names.stream().map(n -> "").toList();
    var out = new ArrayList<Relation.Task>();
    for (int i = 0; i < names.size(); i++) {
      double entropy = entropy(table, i, names.get(i), entropies);
      double uncertainty =
          has.contains("options")
              ? Skill.normalised(entropy, (int) number(table, i, "options"))
              : entropy;
      int row = i;
      out.add(
          new Relation.Task(
              names.get(i),
              models.get(i),
              uncertainty,
              skill(table, i),
              controls.stream().map(c -> number(table, row, c)).toList()));
    }
    return out;
  }

  private static double entropy(Table table, int row, String task, Map<String, Double> entropies) {
    if (entropies.isEmpty()) {
      return number(table, row, "entropy");
    }
    var found = entropies.get(task);
    if (found == null) {
      throw new BadInput(
          "the answers have no task '%s', which %s names; they have %s"
              .formatted(task, table.source(), String.join(", ", entropies.keySet())));
    }
    return found;
  }

  private static double skill(Table table, int row) {
    if (table.columns().contains("skill")) {
      return number(table, row, "skill");
    }
    if (!table.columns().contains("accuracy") || !table.columns().contains("majority")) {
      throw new BadInput(
          "%s needs a column skill, or accuracy and majority; its columns are %s"
              .formatted(table.source(), String.join(", ", table.columns())));
    }
    double majority = number(table, row, "majority");
    if (!(majority < 1)) {
      throw new BadInput(
          "%s, row %d: majority is %s; where all labels are the same there is no skill"
              .formatted(table.source(), row + 1, majority));
    }
    return Skill.overMajority(number(table, row, "accuracy"), majority);
  }

  /// A figure of a row.
  ///
  /// @throws BadInput if it is no number
  public static double number(Table table, int row, String column) {
    var cell = table.rows().get(row).get(at(table, column));
    try {
      return Double.parseDouble(cell.strip());
    } catch (NumberFormatException e) {
      throw new BadInput(
          "%s, row %d: a number is expected in column %s, but it is '%s'"
              .formatted(table.source(), row + 1, column, cell),
          e);
    }
  }

  private static int at(Table table, String column) {
    int at = table.columns().indexOf(column);
    return at < 0 ? table.column(column).size() : at; // the table says what it lacks
  }
}
