package dev.sonde.cli;

import dev.sonde.data.Npy;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One value a row, from `FILE.npy` or from `FILE.csv:COLUMN`.
final class Cells {
  private Cells() {}

  static List<String> read(String spec) {
    if (spec.endsWith(".npy")) {
      var array = Npy.read(Path.of(spec));
      if (array.rank() != 1) {
        throw new BadInput(
            "%s has %d axes; one value a row is expected".formatted(spec, array.rank()));
      }
      var out = new ArrayList<String>();
      for (int i = 0; i < array.rows(); i++) {
        out.add(
            array.kind().floating()
                ? Double.toString(array.at(i))
                : Long.toString(array.integer(i)));
      }
      return out;
    }
    int colon = spec.lastIndexOf(':');
    if (colon <= 0) {
      throw new BadInput(
          "'%s': expected FILE.npy, or FILE.csv:COLUMN with the name of a column".formatted(spec));
    }
    return Table.read(Path.of(spec.substring(0, colon))).column(spec.substring(colon + 1));
  }

  /// Whole numbers.
  static int[] integers(String spec) {
    var cells = read(spec);
    var out = new int[cells.size()];
    for (int i = 0; i < out.length; i++) {
      try {
        out[i] = Integer.parseInt(cells.get(i).strip());
      } catch (NumberFormatException e) {
        throw new BadInput(
            "%s, row %d: '%s' is no whole number".formatted(spec, i + 1, cells.get(i)), e);
      }
    }
    return out;
  }
}
