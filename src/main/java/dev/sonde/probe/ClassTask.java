package dev.sonde.probe;

import java.util.Arrays;
import java.util.stream.IntStream;

/// One problem of several classes over rows that many problems share: the class of every row, which
/// rows are learnt from, how strong the evidence weighs against the penalty.
///
/// A class that no training row is of is left out of the fit and never answered.
public final class ClassTask implements LogisticTask {
  private final int[] labels;
  private final int[] times;
  private final int[] rows;
  private final int classes;
  private final double c;

  private ClassTask(int[] labels, int[] times, int classes, double c) {
    this.labels = labels;
    this.times = times;
    this.classes = classes;
    this.c = c;
    rows =
        IntStream.range(0, times.length)
            .flatMap(i -> IntStream.range(0, times[i]).map(t -> i))
            .toArray();
  }

  /// `labels[i]` is a class 0 … classes-1; `c` the inverse strength of the penalty.
  ///
  /// @throws IllegalArgumentException if the training rows are of fewer than two classes
  public static ClassTask of(int[] labels, int classes, boolean[] train, double c) {
    return drawn(
        labels, classes, IntStream.range(0, train.length).map(i -> train[i] ? 1 : 0).toArray(), c);
  }

  /// The same with rows counted as often as they were drawn.
  public static ClassTask drawn(int[] labels, int classes, int[] times, double c) {
    var out = new ClassTask(labels.clone(), times.clone(), classes, c);
    if (out.present().length < 2) {
      throw new IllegalArgumentException(
          "a probe learns from rows of two classes or more; these %d are of one"
              .formatted(out.rows.length));
    }
    if (!(c > 0) || Double.isInfinite(c)) {
      throw new IllegalArgumentException("C is a positive number, not " + c);
    }
    return out;
  }

  /// Of how many classes the training rows are.
  public static long kinds(int[] labels, boolean[] train) {
    return IntStream.range(0, labels.length)
        .filter(i -> train[i])
        .map(i -> labels[i])
        .distinct()
        .count();
  }

  public int classes() {
    return classes;
  }

  @Override
  public double c() {
    return c;
  }

  @Override
  public int rows() {
    return labels.length;
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public double target(int row, int output) {
    return labels[row] == output ? 1 : 0;
  }

  @Override
  public double weight(int row) {
    return times[row];
  }

  @Override
  public boolean has(int output) {
    return Arrays.stream(rows).anyMatch(i -> labels[i] == output);
  }

  /// The rows learnt from, each as often as it counts.
  int[] training() {
    return rows;
  }

  int label(int row) {
    return labels[row];
  }

  /// The classes that training rows are of, ascending.
  int[] present() {
    return Arrays.stream(rows).map(i -> labels[i]).distinct().sorted().toArray();
  }

  /// The task of one class against all others.
  Task against(int k) {
    var positive = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      positive[i] = labels[i] == k;
    }
    return Task.drawn(positive, times, c);
  }
}
