package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// CSV or TSV of numbers, with or without a line of names: rows x columns in float64. `#NAME` takes
/// one column, which then has one axis.
final class NumberTable implements ArrayFormat {
  @Override
  public boolean takes(ArrayName name) {
    return name.endsIn(".csv", ".tsv", ".tab", ".jsonl", ".ndjson");
  }

  @Override
  public NdArray array(ArrayName name) {
    if (!name.array().isEmpty()) {
      var cells = Table.read(name.file()).column(name.array());
      var out = new double[cells.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = number(name, i, name.array(), cells.get(i));
      }
      return NdArray.of(out, out.length);
    }
    var rows = plain(name.file());
    var names = List.<String>of();
    if (rows.isEmpty()) {
      var table = Table.read(name.file());
      rows = table.rows();
      names = table.columns();
    }
    int width = rows.getFirst().size();
    var out = new double[Math.multiplyExact(rows.size(), width)];
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).size() != width) {
        throw new BadInput(
            "%s, row %d: %d numbers, but %d in the first row"
                .formatted(name.file(), i + 1, rows.get(i).size(), width));
      }
      for (int j = 0; j < width; j++) {
        var column = names.isEmpty() ? Integer.toString(j + 1) : names.get(j);
        out[i * width + j] = number(name, i, column, rows.get(i).get(j));
      }
    }
    return NdArray.of(out, rows.size(), width);
  }

  /// Rows of a file without a line of names: one whose first line is numbers only. Empty otherwise.
  static List<List<String>> plain(Path file) {
    try {
      var text = Files.readString(file, StandardCharsets.UTF_8);
      var separator = file.toString().endsWith(".csv") ? "," : "\t";
      var lines = text.lines().filter(l -> !l.isBlank()).toList();
      if (lines.isEmpty()
          || !Arrays.stream(lines.getFirst().split(separator)).allMatch(NumberTable::isNumber)) {
        return List.of();
      }
      return lines.stream().map(l -> List.of(l.split(separator, -1))).toList();
    } catch (IOException e) {
      return List.of(); // the table reader says what is wrong
    }
  }

  private static boolean isNumber(String cell) {
    try {
      Double.parseDouble(cell.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static double number(ArrayName name, int row, String column, String cell) {
    try {
      return Double.parseDouble(cell.strip());
    } catch (NumberFormatException e) {
      throw new BadInput(
          "%s, row %d, column %s: '%s' is no number".formatted(name.file(), row + 1, column, cell),
          e);
    }
  }
}
