package dev.sonde.eval;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Measures of binary scores: above 0 means positive; log-odds where probabilities are asked for.
public final class Scores {
  private Scores() {}

  public static double accuracy(double[] score, boolean[] positive) {
    int right = 0;
    for (int i = 0; i < score.length; i++) {
      right += (score[i] > 0) == positive[i] ? 1 : 0;
    }
    return (double) right / score.length;
  }

  /// The mean of the accuracies on either class.
  public static double balancedAccuracy(double[] score, boolean[] positive) {
    var c = Counts.of(score, positive);
    return (c.truePositive() / c.positive() + c.trueNegative() / c.negative()) / 2;
  }

  /// Matthews' correlation; 0 where a margin is empty.
  public static double mcc(double[] score, boolean[] positive) {
    var c = Counts.of(score, positive);
    double falseNegative = c.positive() - c.truePositive();
    double falsePositive = c.negative() - c.trueNegative();
    double product =
        (c.truePositive() + falsePositive)
            * c.positive()
            * c.negative()
            * (c.trueNegative() + falseNegative);
    return product == 0
        ? 0
        : (c.truePositive() * c.trueNegative() - falsePositive * falseNegative)
            / Math.sqrt(product);
  }

  /// How often a positive row scores above a negative one, ties counting one half (Mann-Whitney).
  public static double auroc(double[] score, boolean[] positive) {
    var weight = new double[score.length];
    java.util.Arrays.fill(weight, 1);
    return auroc(score, positive, weight, order(score));
  }

  /// Rows by ascending score.
  public static int[] order(double[] score) {
    return IntStream.range(0, score.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> score[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  /// The same with weighted rows, `order` by ascending score.
  static double auroc(double[] score, boolean[] positive, double[] weight, int[] order) {
    double below = 0;
    double wins = 0;
    double positives = 0;
    int i = 0;
    while (i < order.length) {
      double tiedPositive = 0;
      double tiedNegative = 0;
      int j = i;
      while (j < order.length && score[order[j]] == score[order[i]]) {
        if (positive[order[j]]) {
          tiedPositive += weight[order[j]];
        } else {
          tiedNegative += weight[order[j]];
        }
        j++;
      }
      wins += tiedPositive * (below + tiedNegative / 2);
      below += tiedNegative;
      positives += tiedPositive;
      i = j;
    }
    return positives == 0 || below == 0 ? Double.NaN : wins / (positives * below);
  }

  public static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  /// Mean squared error of the probabilities.
  public static double brier(double[] probability, boolean[] positive) {
    double sum = 0;
    for (int i = 0; i < probability.length; i++) {
      double e = probability[i] - (positive[i] ? 1 : 0);
      sum += e * e;
    }
    return sum / probability.length;
  }

  /// Mean negative log-likelihood in nats.
  public static double logLoss(double[] score, boolean[] positive) {
    double sum = 0;
    for (int i = 0; i < score.length; i++) {
      double margin = positive[i] ? score[i] : -score[i];
      sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
    }
    return sum / score.length;
  }

  /// The share of the variance explained: 1 - SSE / SST around the mean of `truth`.
  public static double r2(double[] predicted, double[] truth) {
    double mean = java.util.Arrays.stream(truth).average().orElseThrow();
    double error = 0;
    double total = 0;
    for (int i = 0; i < truth.length; i++) {
      error += Math.pow(truth[i] - predicted[i], 2);
      total += Math.pow(truth[i] - mean, 2);
    }
    return 1 - error / total;
  }

  /// Spearman's rank correlation, ties at their mean rank.
  public static double rankCorrelation(double[] a, double[] b) {
    return correlation(Ranks.of(a), Ranks.of(b));
  }

  static double correlation(double[] a, double[] b) {
    double ma = java.util.Arrays.stream(a).average().orElseThrow();
    double mb = java.util.Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - ma) * (b[i] - mb);
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
    }
    return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
  }

  private record Counts(
      double truePositive, double trueNegative, double positive, double negative) {
    static Counts of(double[] score, boolean[] positive) {
      double tp = 0;
      double tn = 0;
      double p = 0;
      for (int i = 0; i < score.length; i++) {
        p += positive[i] ? 1 : 0;
        tp += positive[i] && score[i] > 0 ? 1 : 0;
        tn += !positive[i] && !(score[i] > 0) ? 1 : 0;
      }
      return new Counts(tp, tn, p, score.length - p);
    }
  }
}
