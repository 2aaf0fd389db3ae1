package dev.sonde.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Tasks that are solved together, over those rows that any of them learns from.
///
/// A row that a task does not learn from changes nothing but its own score. The folds of a
/// cross-validation learn from all rows between them and stay together; tasks that learn from few
/// rows (the small samples of a learning curve, the first blocks of an online code) go by
/// themselves and are spared the rest.
final class Parcel {
  /// A task that learns from no more than one row in so many has few.
  private static final int FEW = 4;

  private final int[] rows;
  private final List<Integer> tasks;

  private Parcel(int[] rows, List<Integer> tasks) {
    this.rows = rows;
    this.tasks = tasks;
  }

  static List<Parcel> of(List<? extends LogisticTask> tasks) {
    var few = new ArrayList<Integer>();
    var many = new ArrayList<Integer>();
    for (int t = 0; t < tasks.size(); t++) {
      (FEW * tasks.get(t).learnt() <= tasks.get(t).rows() ? few : many).add(t);
    }
    return Stream.of(few, many)
        .filter(which -> !which.isEmpty())
        .map(which -> new Parcel(union(tasks, which), which))
        .toList();
  }

  private static int[] union(List<? extends LogisticTask> tasks, List<Integer> which) {
    return IntStream.range(0, tasks.getFirst().rows())
        .filter(i -> which.stream().anyMatch(t -> tasks.get(t).weight(i) != 0))
        .toArray();
  }

  /// The rows that any of the tasks learns from.
  int[] rows() {
    return rows.clone();
  }

  /// The tasks in blocks of at most so many.
  List<List<Integer>> blocks(int most) {
    var out = new ArrayList<List<Integer>>();
    for (int from = 0; from < tasks.size(); from += most) {
      out.add(tasks.subList(from, Math.min(tasks.size(), from + most)));
    }
    return out;
  }
}
