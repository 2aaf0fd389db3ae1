package dev.sonde.eval;

import java.util.Arrays;

/// Who was taken for whom: counts of rows by true and by predicted class.
public final class Confusion {
  private final long[][] counts;
  private final long rows;

  private Confusion(long[][] counts) {
    this.counts = counts;
    rows = Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
  }

  /// `truth[i]` and `predicted[i]` are classes 0 … k-1.
  public static Confusion of(int[] truth, int[] predicted, int k) {
    if (truth.length != predicted.length || truth.length == 0) {
      throw new IllegalArgumentException(
          "every row has a class and a prediction, but there are %d and %d"
              .formatted(truth.length, predicted.length));
    }
    var counts = new long[k][k];
    for (int i = 0; i < truth.length; i++) {
      counts[truth[i]][predicted[i]]++;
    }
    return new Confusion(counts);
  }

  /// Two classes from scores, positive above `threshold`.
  public static Confusion of(double[] score, boolean[] positive, double threshold) {
    var truth = new int[score.length];
    var predicted = new int[score.length];
    for (int i = 0; i < score.length; i++) {
      truth[i] = positive[i] ? 1 : 0;
      predicted[i] = score[i] > threshold ? 1 : 0;
    }
    return of(truth, predicted, 2);
  }

  public long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  public double accuracy() {
    return (double) right() / rows;
  }

  /// The share of a class's rows that were found; NaN for a class without rows.
  public double recall(int k) {
    return (double) counts[k][k] / ofClass(k);
  }

  /// The share of the rows taken for a class that are of it; NaN if none was.
  public double precision(int k) {
    return (double) counts[k][k] / takenFor(k);
  }

  /// `2 tp / (2 tp + fp + fn)`; NaN for a class that neither is nor was predicted.
  public double f1(int k) {
    return 2.0 * counts[k][k] / (ofClass(k) + takenFor(k));
  }

  /// The mean recall of classes that have rows.
  public double balancedAccuracy() {
    double sum = 0;
    int present = 0;
    for (int k = 0; k < counts.length; k++) {
      if (ofClass(k) > 0) {
        sum += recall(k);
        present++;
      }
    }
    return sum / present;
  }

  /// Matthews' correlation of any number of classes, R_K (Gorodkin 2004); of two classes it is the
  /// usual MCC. 0 where either side is of one class only.
  ///
  /// ```
  /// (c s - sum_k p_k t_k) / sqrt((s^2 - sum p_k^2) (s^2 - sum t_k^2))
  /// ```
  public double mcc() {
    double s = rows;
    double crossed = 0;
    double predicted = 0;
    double truth = 0;
    for (int k = 0; k < counts.length; k++) {
      crossed += (double) takenFor(k) * ofClass(k);
      predicted += (double) takenFor(k) * takenFor(k);
      truth += (double) ofClass(k) * ofClass(k);
    }
    double margin = Math.sqrt((s * s - predicted) * (s * s - truth));
    return margin == 0 ? 0 : (right() * s - crossed) / margin;
  }

  /// The share of the commonest class: what an answer without looking gets right.
  public double majority() {
    long most = 0;
    for (int k = 0; k < counts.length; k++) {
      most = Math.max(most, ofClass(k));
    }
    return (double) most / rows;
  }

  private long right() {
    long sum = 0;
    for (int k = 0; k < counts.length; k++) {
      sum += counts[k][k];
    }
    return sum;
  }

  private long ofClass(int k) {
    return Arrays.stream(counts[k]).sum();
  }

  private long takenFor(int k) {
    return Arrays.stream(counts).mapToLong(row -> row[k]).sum();
  }
}
