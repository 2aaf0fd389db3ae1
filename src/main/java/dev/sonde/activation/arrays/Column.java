package dev.sonde.activation.arrays;

import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A value a row: labels, groups, factors. From an array of one axis, or from a table (CSV, TSV,
/// JSONL): `FILE.csv:COLUMN` or `FILE.csv#COLUMN`, its only column, or the one called label.
public final class Column {
  private static final List<String> LABELS = List.of("label", "labels", "target", "class", "y");

  private Column() {}

  /// The values as text; whole numbers without a point.
  ///
  /// @throws BadInput for a file or column that is missing, or an array of two axes
  public static List<String> read(String text) {
    int colon = text.lastIndexOf(':');
    boolean table =
        colon > 1
            && !Files.exists(Path.of(text))
            && Files.exists(Path.of(text.substring(0, colon)));
    if (table) {
      return Table.read(Path.of(text.substring(0, colon))).column(text.substring(colon + 1));
    }
    var name = ArrayName.parse(text);
    if (ArrayFormat.of(name) instanceof NumberTable) {
      return ofTable(name);
    }
    var array = ArrayFormat.read(text);
    if (array.rank() == 0 || array.width() != 1) {
      throw new BadInput(
          "%s has shape %s; one value a row is expected"
              .formatted(text, java.util.Arrays.toString(array.shape())));
    }
    var out = new ArrayList<String>();
    for (int i = 0; i < array.rows(); i++) {
      double value = array.at(i);
      boolean whole =
          !array.kind().floating() || (value == Math.rint(value) && Math.abs(value) < 1e15);
      out.add(whole ? Long.toString(array.integer(i)) : Double.toString(value));
    }
    return List.copyOf(out);
  }

  private static List<String> ofTable(ArrayName name) {
    if (!name.array().isEmpty()) {
      return Table.read(name.file()).column(name.array());
    }
    var plain = NumberTable.plain(name.file());
    if (!plain.isEmpty() && plain.getFirst().size() == 1) {
      return plain.stream().map(List::getFirst).map(String::strip).toList();
    }
    var table = Table.read(name.file());
    if (table.columns().size() == 1) {
      return table.column(table.columns().getFirst());
    }
    return table.column(
        table.columns().stream()
            .filter(LABELS::contains)
            .findFirst()
            .orElseThrow(() ->
                new BadInput(
                    "%s has columns %s; say which one: %s:%s"
                        .formatted(
                            name.file(),
                            String.join(", ", table.columns()),
                            name.file(),
                            table.columns().getFirst()))));
  }
}
