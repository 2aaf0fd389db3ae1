package dev.sonde.study;

import dev.sonde.data.Corpus;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;

/// What all sites are held against: the same rows, folds, labellings and draws.
record Evidence(
    StudySettings settings,
    Corpus corpus,
    Labels labels,
    Folds folds,
    Permutations permutations,
    Bootstrap bootstrap) {
  Evidence(
      StudySettings settings,
      Corpus corpus,
      boolean[] positive,
      Folds folds,
      Permutations permutations,
      Bootstrap bootstrap) {
    this(settings, corpus, new Labels(positive), folds, permutations, bootstrap);
  }

  /// Which rows are positive.
  static final class Labels {
    private final boolean[] positive;

    Labels(boolean[] positive) {
      this.positive = positive.clone();
    }

    boolean[] toArray() {
      return positive;
    }

    boolean at(int row) {
      return positive[row];
    }

    int size() {
      return positive.length;
    }
  }

  Findings.Estimate accuracy(double[] scores) {
    var right = new double[scores.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = (scores[i] > 0) == labels.at(i) ? 1 : 0;
    }
    return estimate(Scores.accuracy(scores, labels.toArray()), bootstrap.ofMean(right));
  }

  Findings.Estimate auroc(double[] scores) {
    return estimate(
        Scores.auroc(scores, labels.toArray()), bootstrap.ofAuroc(scores, labels.toArray()));
  }

  private static Findings.Estimate estimate(double value, double[] interval) {
    return new Findings.Estimate(value, interval[0], interval[1]);
  }
}
