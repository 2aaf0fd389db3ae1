package dev.sonde.data;

import dev.sonde.io.BadInput;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Which column of a table is what. `group` may be empty (every row for itself), or several columns
/// joined by `+`, taken without order: `n1+n2` puts 51, 52 and 52, 51 into one group. `numeric`:
/// the labels are numbers to be predicted, not classes.
public record Columns(String text, String label, String group, boolean numeric) {
  private static final List<String> TEXTS =
      List.of("statement", "text", "sentence", "prompt", "question", "content", "review");
  private static final List<String> LABELS = List.of("label", "labels", "target", "class", "y");

  /// Fills in what is not declared: the text column by name or else the one with the longest cells,
  /// the label column by name.
  ///
  /// @throws BadInput if no column can be the text or the label
  public static Columns guess(
      Table table, String text, String label, String group, boolean numeric) {
    return new Columns(
        text.isEmpty() ? textOf(table) : text,
        label.isEmpty() ? label(table) : label,
        group,
        numeric);
  }

  /// The column that is most likely the text.
  public static String textOf(Table table) {
    return named(table, TEXTS, longest(table));
  }

  private static String label(Table table) {
    var found = named(table, LABELS, "");
    if (found.isEmpty()) {
      throw new BadInput(
          "%s has no column named label; say which one it is with --label (columns: %s)"
              .formatted(table.source(), String.join(", ", table.columns())));
    }
    return found;
  }

  private static String named(Table table, List<String> names, String otherwise) {
    for (var name : names) {
      for (var column : table.columns()) {
        if (column.toLowerCase(Locale.ROOT).equals(name)) {
          return column;
        }
      }
    }
    return otherwise;
  }

  private static String longest(Table table) {
    return table.columns().stream()
        .max(
            Comparator.comparingLong(c -> table.column(c).stream().mapToLong(String::length).sum()))
        .orElseThrow();
  }
}
