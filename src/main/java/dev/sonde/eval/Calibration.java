package dev.sonde.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// Whether a probability of .8 comes true four times in five.
public final class Calibration {
  /// Rows whose probability lies between `from` and `to`: how many, what they were predicted as on
  /// the mean, what share was positive.
  public record Bin(double from, double to, int count, double predicted, double observed) {}

  private Calibration() {}

  /// Bins of equal width; empty ones are left out.
  public static List<Bin> equalWidth(double[] probability, boolean[] positive, int bins) {
    var out = new ArrayList<Bin>();
    for (int b = 0; b < bins; b++) {
      double from = (double) b / bins;
      double to = (double) (b + 1) / bins;
      int count = 0;
      double sum = 0;
      int hits = 0;
      for (int i = 0; i < probability.length; i++) {
        int own = Math.min(bins - 1, (int) (probability[i] * bins));
        if (own == b) {
          count++;
          sum += probability[i];
          hits += positive[i] ? 1 : 0;
        }
      }
      if (count > 0) {
        out.add(new Bin(from, to, count, sum / count, (double) hits / count));
      }
    }
    return out;
  }

  /// Bins of as equal a number of rows as can be, by ascending probability.
  public static List<Bin> equalMass(double[] probability, boolean[] positive, int bins) {
    var order = Scores.order(probability);
    var out = new ArrayList<Bin>();
    int from = 0;
    for (int b = 0; b < bins; b++) {
      int size = order.length / bins + (b < order.length % bins ? 1 : 0);
      if (size == 0) {
        continue;
      }
      var rows = Arrays.copyOfRange(order, from, from + size);
      double sum = Arrays.stream(rows).mapToDouble(i -> probability[i]).sum();
      double hits = Arrays.stream(rows).mapToDouble(i -> positive[i] ? 1 : 0).sum();
      out.add(
          new Bin(
              probability[rows[0]], probability[rows[size - 1]], size, sum / size, hits / size));
      from += size;
    }
    return out;
  }

  /// As many bins of equal mass as leave the observed shares growing from bin to bin (the monotonic
  /// sweep; Roelofs et al. 2022): the number of bins is then not a choice.
  public static List<Bin> sweep(double[] probability, boolean[] positive) {
    var best = equalMass(probability, positive, 1);
    for (int bins = 2; bins <= probability.length; bins++) {
      var next = equalMass(probability, positive, bins);
      for (int b = 1; b < next.size(); b++) {
        if (next.get(b).observed() < next.get(b - 1).observed()) {
          return best;
        }
      }
      best = next;
    }
    return best;
  }

  /// The root of the mean squared distance, bins weighted by rows: never below [#error], and not
  /// comparable with it.
  public static double squaredError(List<Bin> bins) {
    double rows = bins.stream().mapToInt(Bin::count).sum();
    return Math.sqrt(
        bins.stream()
            .mapToDouble(b -> b.count() / rows * Math.pow(b.predicted() - b.observed(), 2))
            .sum());
  }

  /// Expected calibration error: the mean distance of prediction and outcome, bins weighted by
  /// rows.
  public static double error(List<Bin> bins) {
    double rows = bins.stream().mapToInt(Bin::count).sum();
    return bins.stream()
        .mapToDouble(b -> b.count() / rows * Math.abs(b.predicted() - b.observed()))
        .sum();
  }

  /// The temperature T that makes `score / T` most likely, by bisection of the slope (the loss has
  /// one minimum in 1/T).
  public static double temperature(double[] score, boolean[] positive) {
    return coolest(inverse -> slope(score, positive, inverse));
  }

  /// The same of several classes: one temperature for all of a row's scores, `n x classes`
  /// row-major.
  public static double temperature(double[] scores, int[] labels, int classes) {
    return coolest(inverse -> slope(scores, labels, classes, inverse));
  }

  private static double coolest(DoubleUnaryOperator slope) {
    double low = Math.log(1e-3);
    double high = Math.log(1e3);
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (slope.applyAsDouble(Math.exp(-middle)) > 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.exp((low + high) / 2);
  }

  private static double slope(double[] scores, int[] labels, int classes, double inverse) {
    var p =
        ClassScores.probabilities(Arrays.stream(scores).map(s -> s * inverse).toArray(), classes);
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      for (int k = 0; k < classes; k++) {
        sum += (p[i * classes + k] - (k == labels[i] ? 1 : 0)) * scores[i * classes + k];
      }
    }
    return sum;
  }

  /// The derivative of the loss by the inverse temperature.
  private static double slope(double[] score, boolean[] positive, double inverse) {
    double sum = 0;
    for (int i = 0; i < score.length; i++) {
      sum += score[i] * (Scores.probability(score[i] * inverse) - (positive[i] ? 1 : 0));
    }
    return sum;
  }
}
