package dev.sonde.data;

import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Labels below the level of a text: of tokens, of spans of tokens, of the squares of a grid at
/// every token.
///
/// A place is a run of tokens of one text; it is a row of activations. Every column holds a label
/// for each place, a class or a number, or none. Squares of a board are columns: at each move every
/// square has its class.
public record TokenLabels(List<Place> places, List<Column> columns) {
  public TokenLabels {
    places = List.copyOf(places);
    columns = List.copyOf(columns);
    for (var column : columns) {
      if (column.size() != places.size()) {
        throw new IllegalArgumentException(
            "column %s has %d labels for %d places"
                .formatted(column.name(), column.size(), places.size()));
      }
    }
  }

  /// The tokens `from` to `to` (exclusive) of text `text`.
  public record Place(int text, int from, int to) {
    public Place {
      if (text < 0 || from < 0 || to <= from) {
        throw new BadInput(
            "a place runs from a token to a later one: text %d, %d to %d"
                .formatted(text, from, to));
      }
    }
  }

  /// Every token of texts of these lengths is a place.
  public static TokenLabels tokens(int... lengths) {
    var places = new ArrayList<Place>();
    for (int i = 0; i < lengths.length; i++) {
      for (int t = 0; t < lengths[i]; t++) {
        places.add(new Place(i, t, t + 1));
      }
    }
    return new TokenLabels(places, List.of());
  }

  public static TokenLabels spans(List<Place> places) {
    return new TokenLabels(places, List.of());
  }

  /// The same places with one column more.
  public TokenLabels with(Column column) {
    var all = new ArrayList<>(columns);
    all.add(column);
    return new TokenLabels(places, all);
  }

  /// A column a square, named a1, b1, ...: `state[i]` has the classes of all squares at place i,
  /// row by row, -1 where there is none.
  ///
  /// @throws BadInput if a state is not of this size
  public TokenLabels withGrid(int rows, int cols, List<String> classes, int[][] state) {
    var out = this;
    for (int square = 0; square < rows * cols; square++) {
      var labels = new int[state.length];
      for (int i = 0; i < labels.length; i++) {
        if (state[i].length != rows * cols) {
          throw new BadInput(
              "a grid of %d x %d has %d squares, but place %d has %d"
                  .formatted(rows, cols, rows * cols, i, state[i].length));
        }
        labels[i] = state[i][square];
      }
      var name = "%c%d".formatted('a' + square % cols, square / cols + 1);
      out = out.with(Column.classes(name, classes, labels));
    }
    return out;
  }

  /// @throws BadInput if there is no such column
  public Column column(String name) {
    return columns.stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "there is no column '%s'; there are %s"
                    .formatted(name, columns.stream().map(Column::name).toList())));
  }

  /// One label a place: an index of a class, or a number.
  public static final class Column {
    private final String name;
    private final List<String> classes;
    private final double[] values;

    private Column(String name, List<String> classes, double[] values) {
      this.name = name;
      this.classes = List.copyOf(classes);
      this.values = values;
    }

    /// -1: no label.
    ///
    /// @throws BadInput for a class that does not exist
    public static Column classes(String name, List<String> classes, int[] labels) {
      for (int label : labels) {
        if (label < -1 || label >= classes.size()) {
          throw new BadInput(
              "column %s: class %d of %d does not exist".formatted(name, label, classes.size()));
        }
      }
      return new Column(
          name, classes, Arrays.stream(labels).mapToDouble(i -> i < 0 ? Double.NaN : i).toArray());
    }

    /// Classes by name, in natural order; an empty name is no label.
    public static Column named(String name, List<String> labels) {
      var classes = labels.stream().filter(l -> !l.isEmpty()).distinct().sorted().toList();
      return classes(name, classes, labels.stream().mapToInt(classes::indexOf).toArray());
    }

    /// NaN: no label.
    public static Column numbers(String name, double[] values) {
      return new Column(name, List.of(), values.clone());
    }

    public String name() {
      return name;
    }

    /// Empty for a column of numbers.
    public List<String> classes() {
      return classes;
    }

    public boolean numeric() {
      return classes.isEmpty();
    }

    public int size() {
      return values.length;
    }

    public boolean labelled(int place) {
      return !Double.isNaN(values[place]);
    }

    /// The class, or -1.
    public int at(int place) {
      return labelled(place) ? (int) values[place] : -1;
    }

    public double number(int place) {
      return values[place];
    }
  }
}
