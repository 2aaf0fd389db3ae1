package dev.sonde.eval;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Measures of scores in several classes, `n x classes` row-major: the largest of a row is its
/// answer, their softmax its probabilities where scores are logarithms of such.
public final class ClassScores {
  private ClassScores() {}

  /// The answer for every row; of equal scores the first.
  public static int[] predicted(double[] scores, int classes) {
    return IntStream.range(0, scores.length / classes)
        .map(i -> predicted(scores, classes, i))
        .toArray();
  }

  static int predicted(double[] scores, int classes, int row) {
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = scores[row * classes + k] > scores[row * classes + best] ? k : best;
    }
    return best;
  }

  public static double accuracy(int[] predicted, int[] labels) {
    long right = IntStream.range(0, labels.length).filter(i -> predicted[i] == labels[i]).count();
    return (double) right / labels.length;
  }

  /// The score of the true class less the largest other: above 0 where the answer is right.
  public static double margin(double[] scores, int row, int classes, int truth) {
    double other = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      other = k == truth ? other : Math.max(other, scores[row * classes + k]);
    }
    return scores[row * classes + truth] - other;
  }

  /// In nats.
  public static double logProbability(double[] scores, int row, int classes, int k) {
    int from = row * classes;
    double top = Double.NEGATIVE_INFINITY;
    for (int q = 0; q < classes; q++) {
      top = Math.max(top, scores[from + q]);
    }
    double sum = 0;
    for (int q = 0; q < classes; q++) {
      sum += Math.exp(scores[from + q] - top);
    }
    return scores[from + k] - top - Math.log(sum);
  }

  /// Softmax of every row.
  public static double[] probabilities(double[] scores, int classes) {
    var out = new double[scores.length];
    Arrays.setAll(out, i -> Math.exp(logProbability(scores, i / classes, classes, i % classes)));
    return out;
  }

  /// Mean negative log-probability of the true class, in nats.
  public static double logLoss(double[] scores, int[] labels, int classes) {
    return IntStream.range(0, labels.length)
        .mapToDouble(i -> -logProbability(scores, i, classes, labels[i]))
        .average()
        .orElseThrow();
  }

  /// Brier's score as he gave it (1950): squared errors summed over the classes. Of two classes it
  /// is twice what [Scores#brier] gives.
  public static double brier(double[] probabilities, int[] labels, int classes) {
    double sum = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double e = probabilities[i] - (labels[i / classes] == i % classes ? 1 : 0);
      sum += e * e;
    }
    return sum / labels.length;
  }

  /// The probability of every row's answer: with whether it is right, what calibration is asked of.
  public static double[] confidence(double[] probabilities, int classes) {
    var out = new double[probabilities.length / classes];
    Arrays.setAll(
        out, i -> Arrays.stream(probabilities, i * classes, (i + 1) * classes).max().orElseThrow());
    return out;
  }

  /// The mean over classes of the AUROC of each against all others, by the column of its score; of
  /// weighted rows, so that it can be drawn again. Classes of which no weighted row is, or every
  /// one, are left out.
  public static ToDoubleFunction<double[]> macroAuroc(double[] scores, int[] labels, int classes) {
    var columns = new double[classes][];
    var positive = new boolean[classes][labels.length];
    var orders = new int[classes][];
    for (int k = 0; k < classes; k++) {
      columns[k] = column(scores, classes, k);
      for (int i = 0; i < labels.length; i++) {
        positive[k][i] = labels[i] == k;
      }
      orders[k] = Scores.order(columns[k]);
    }
    return weight ->
        IntStream.range(0, classes)
            .mapToDouble(k -> Scores.auroc(columns[k], positive[k], weight, orders[k]))
            .filter(v -> !Double.isNaN(v))
            .average()
            .orElse(Double.NaN);
  }

  /// The scores of one class.
  public static double[] column(double[] scores, int classes, int k) {
    return IntStream.range(0, scores.length / classes)
        .mapToDouble(i -> scores[i * classes + k])
        .toArray();
  }

  /// The unweighted mean of the classes' F1; a class that neither is nor was answered has none.
  public static double macroF1(Confusion confusion, int classes) {
    return IntStream.range(0, classes)
        .mapToDouble(confusion::f1)
        .filter(v -> !Double.isNaN(v))
        .average()
        .orElse(Double.NaN);
  }
}
