package dev.sonde.probe;

import java.util.Arrays;
import java.util.stream.IntStream;

/// One problem of several classes over rows that many problems share: the class of every row, which
/// rows are learnt from, how strong the evidence weighs against the penalty.
///
/// A class that no training row is of is left out of the fit and never answered.
public final class ClassTask {
  private final int[] labels;
  private final int[] rows;
  private final int classes;
  private final double c;

  private ClassTask(int[] labels, int[] rows, int classes, double c) {
    this.labels = labels;
    this.rows = rows;
    this.classes = classes;
    this.c = c;
  }

  /// `labels[i]` is a class 0 … classes-1; `c` the inverse strength of the penalty.
  ///
  /// @throws IllegalArgumentException if the training rows are of fewer than two classes
  public static ClassTask of(int[] labels, int classes, boolean[] train, double c) {
    var rows = IntStream.range(0, train.length).filter(i -> train[i]).toArray();
    if (kinds(labels, train) < 2) {
      throw new IllegalArgumentException(
          "a probe learns from rows of two classes or more; these %d are of one"
              .formatted(rows.length));
    }
    if (!(c > 0) || Double.isInfinite(c)) {
      throw new IllegalArgumentException("C is a positive number, not " + c);
    }
    return new ClassTask(labels.clone(), rows, classes, c);
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

  public double c() {
    return c;
  }

  /// The rows learnt from.
  int[] rows() {
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
    var train = new boolean[labels.length];
    for (int i = 0; i < labels.length; i++) {
      positive[i] = labels[i] == k;
    }
    for (int i : rows) {
      train[i] = true;
    }
    return Task.of(positive, train, c);
  }
}
