package dev.sonde.data;

/// Rows with what they are to be read as, and the group each belongs to.
///
/// A group (a city, a template, a conversation) never stands on both sides of a split. Without
/// groups every row is its own.
public record Samples(Matrix x, Target y, Groups groups) {
  public Samples {
    if (x.rows() != y.size() || x.rows() != groups.size()) {
      throw new IllegalArgumentException(
          "a sample has a row, a target and a group, but there are %d rows, %d targets and %d groups"
              .formatted(x.rows(), y.size(), groups.size()));
    }
  }

  public static Samples of(Matrix x, Target y) {
    return new Samples(x, y, Groups.single(x.rows()));
  }

  public int size() {
    return x.rows();
  }

  public Samples select(int[] rows) {
    return new Samples(x.select(rows), y.select(rows), groups.select(rows));
  }
}
