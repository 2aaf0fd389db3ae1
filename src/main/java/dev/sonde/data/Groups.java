package dev.sonde.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/// Which rows belong together: an index 0 … count-1 for each row.
public final class Groups {
  private final int[] index;
  private final int count;

  private Groups(int[] index, int count) {
    this.index = index;
    this.count = count;
  }

  /// Rows of the same name are of one group; groups are numbered as they first come.
  public static Groups of(List<String> names) {
    var seen = new HashMap<String, Integer>();
    var index = new int[names.size()];
    for (int i = 0; i < index.length; i++) {
      int next = seen.size();
      index[i] = seen.computeIfAbsent(names.get(i), n -> next);
    }
    return new Groups(index, seen.size());
  }

  /// Every row for itself.
  public static Groups single(int rows) {
    return new Groups(IntStream.range(0, rows).toArray(), rows);
  }

  public int size() {
    return index.length;
  }

  public int count() {
    return count;
  }

  public int at(int row) {
    return index[row];
  }

  /// True if no two rows share a group.
  public boolean trivial() {
    return count == index.length;
  }

  /// The groups of some rows, renumbered.
  public Groups select(int[] rows) {
    return of(Arrays.stream(rows).mapToObj(i -> Integer.toString(index[i])).toList());
  }

  public int[] toArray() {
    return index.clone();
  }
}
