package dev.sonde.data;

import java.util.Arrays;
import java.util.List;

/// A class for each row: an index into the names of the classes.
///
/// With two classes the second one is the positive one; of labels 0/1, false/true or no/yes that is
/// the one a reader expects.
public final class Classes implements Target {
  private final List<String> names;
  private final int[] index;

  private Classes(List<String> names, int[] index) {
    this.names = List.copyOf(names);
    this.index = index;
  }

  /// Classes from labels, names in natural order (numbers by value).
  public static Classes of(List<String> labels) {
    var names = labels.stream().distinct().sorted(Classes::compare).toList();
    return new Classes(names, labels.stream().mapToInt(names::indexOf).toArray());
  }

  public static Classes of(List<String> names, int[] index) {
    for (int i : index) {
      if (i < 0 || i >= names.size()) {
        throw new IllegalArgumentException(
            "class %d of %d does not exist".formatted(i, names.size()));
      }
    }
    return new Classes(names, index.clone());
  }

  public List<String> names() {
    return names;
  }

  public int at(int row) {
    return index[row];
  }

  @Override
  public int size() {
    return index.length;
  }

  /// How many rows are of class `k`.
  public int count(int k) {
    return (int) Arrays.stream(index).filter(i -> i == k).count();
  }

  /// The names stay, even of a class that no row is left of.
  @Override
  public Classes select(int[] rows) {
    return new Classes(names, Arrays.stream(rows).map(i -> index[i]).toArray());
  }

  public int[] toArray() {
    return index.clone();
  }

  private static int compare(String a, String b) {
    try {
      return Double.compare(Double.parseDouble(a), Double.parseDouble(b));
    } catch (NumberFormatException e) {
      return a.compareTo(b);
    }
  }
}
