package dev.sonde.data;

import dev.sonde.io.BadInput;
import java.util.Map;
import java.util.TreeMap;

/// Rows with what they are to be read as, the group each belongs to, and what else is known of
/// them.
///
/// A group (a city, a template, a conversation) never stands on both sides of a split. Without
/// groups every row is its own. `sides` are further columns by name, for probes that need more than
/// a label: which rows are a pair (`pair`) and which of the two a row is (`element`), whether a
/// statement is affirmed or negated (`polarity`), which data set it comes from (`dataset`).
public record Samples(Matrix x, Target y, Groups groups, Map<String, Target> sides) {
  public Samples {
    sides = Map.copyOf(sides);
    if (x.rows() != y.size() || x.rows() != groups.size()) {
      throw new IllegalArgumentException(
          "a sample has a row, a target and a group, but there are %d rows, %d targets and %d groups"
              .formatted(x.rows(), y.size(), groups.size()));
    }
    for (var side : sides.entrySet()) {
      if (side.getValue().size() != x.rows()) {
        throw new IllegalArgumentException(
            "the column %s has %d values for %d rows"
                .formatted(side.getKey(), side.getValue().size(), x.rows()));
      }
    }
  }

  public Samples(Matrix x, Target y, Groups groups) {
    this(x, y, groups, Map.of());
  }

  public static Samples of(Matrix x, Target y) {
    return new Samples(x, y, Groups.single(x.rows()));
  }

  public int size() {
    return x.rows();
  }

  /// The same with one more column, or another one of that name.
  public Samples withSide(String name, Target values) {
    var all = new TreeMap<>(sides);
    all.put(name, values);
    return new Samples(x, y, groups, all);
  }

  /// A side column of names.
  ///
  /// @throws BadInput if there is none, or it holds numbers
  public Classes side(String name) {
    if (sides.get(name) instanceof Classes classes) {
      return classes;
    }
    throw new BadInput(
        "this probe needs a column '%s' that names something for every row; given: %s"
            .formatted(name, sides.isEmpty() ? "none" : String.join(", ", sides.keySet())));
  }

  public Samples select(int[] rows) {
    var some = new TreeMap<String, Target>();
    sides.forEach((name, values) -> some.put(name, values.select(rows)));
    return new Samples(x.select(rows), y.select(rows), groups.select(rows), some);
  }
}
