package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.ClassScores;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.evidence.VInformation;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// What all sites are held against: the same rows, folds, labellings and draws.
///
/// Scores are of held-out rows: of two classes one a row, above 0 for the second; of several one a
/// row and class, row-major, the largest being the answer.
record Evidence(
    StudySettings settings,
    Corpus corpus,
    Labels labels,
    Folds folds,
    Permutations permutations,
    Bootstrap bootstrap) {
  /// Of two classes.
  Evidence(
      StudySettings settings,
      Corpus corpus,
      boolean[] positive,
      Folds folds,
      Permutations permutations,
      Bootstrap bootstrap) {
    this(settings, corpus, new Labels(positive), folds, permutations, bootstrap);
  }

  /// Of several classes.
  Evidence(
      StudySettings settings,
      Corpus corpus,
      Classes classes,
      Folds folds,
      Permutations permutations,
      Bootstrap bootstrap) {
    this(settings, corpus, new Labels(classes), folds, permutations, bootstrap);
  }

  /// Which class each row is of; of two the second counts as positive.
  static final class Labels {
    private final int[] classes;
    private final int count;

    Labels(boolean[] positive) {
      classes = IntStream.range(0, positive.length).map(i -> positive[i] ? 1 : 0).toArray();
      count = 2;
    }

    Labels(Classes of) {
      classes = of.toArray();
      count = of.names().size();
    }

    boolean[] toArray() {
      return positive(classes);
    }

    boolean at(int row) {
      return classes[row] == 1;
    }

    int[] classes() {
      return classes.clone();
    }

    int count() {
      return count;
    }

    int size() {
      return classes.length;
    }
  }

  static boolean[] positive(int[] classes) {
    var out = new boolean[classes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = classes[i] == 1;
    }
    return out;
  }

  /// Whether there are more than two classes.
  boolean several() {
    return labels.count() > 2;
  }

  /// How many scores a row has.
  int outputs() {
    return several() ? labels.count() : 1;
  }

  /// The classes of a dealt labelling, 0 being the true one.
  int[] dealt(int b) {
    return several() ? permutations.classes(b) : new Labels(permutations.labels(b)).classes();
  }

  int[] predicted(double[] scores) {
    return several()
        ? ClassScores.predicted(scores, labels.count())
        : Arrays.stream(scores).mapToInt(s -> s > 0 ? 1 : 0).toArray();
  }

  /// Which rows get their own class.
  boolean[] right(double[] scores) {
    return right(scores, labels.classes());
  }

  boolean[] right(double[] scores, int[] truth) {
    var said = predicted(scores);
    var out = new boolean[said.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = said[i] == truth[i];
    }
    return out;
  }

  static double[] numbers(boolean[] right) {
    return IntStream.range(0, right.length).mapToDouble(i -> right[i] ? 1 : 0).toArray();
  }

  static double share(boolean[] right) {
    return Arrays.stream(numbers(right)).sum() / right.length;
  }

  Findings.Estimate accuracy(double[] scores) {
    var right = right(scores);
    return estimate(share(right), bootstrap.ofMean(numbers(right)));
  }

  Findings.Estimate auroc(double[] scores) {
    return auroc(scores, true);
  }

  /// Of several classes the mean over them of each against the rest; `probabilities`: the softmax
  /// of a row's scores means probabilities, which rows are then ranked by.
  Findings.Estimate auroc(double[] scores, boolean probabilities) {
    return several()
        ? estimate(
            aurocOf(scores, probabilities),
            bootstrap.interval(aurocMeasure(scores, probabilities), .95))
        : estimate(
            Scores.auroc(scores, labels.toArray()), bootstrap.ofAuroc(scores, labels.toArray()));
  }

  double aurocOf(double[] scores, boolean probabilities) {
    if (!several()) {
      return Scores.auroc(scores, labels.toArray());
    }
    var ones = new double[labels.size()];
    Arrays.fill(ones, 1);
    return aurocMeasure(scores, probabilities).applyAsDouble(ones);
  }

  /// [#auroc] as a measure of weighted rows.
  ToDoubleFunction<double[]> aurocMeasure(double[] scores, boolean probabilities) {
    if (!several()) {
      return Bootstrap.auroc(scores, labels.toArray());
    }
    int k = labels.count();
    return ClassScores.macroAuroc(
        probabilities ? ClassScores.probabilities(scores, k) : scores, labels.classes(), k);
  }

  /// The log-probability of each row's own class, from scores that are log-odds or logits.
  double[] logProbabilities(double[] scores) {
    if (!several()) {
      return VInformation.ofLogOdds(scores, labels.toArray());
    }
    var truth = labels.classes();
    var out = new double[truth.length];
    Arrays.setAll(out, i -> ClassScores.logProbability(scores, i, labels.count(), truth[i]));
    return out;
  }

  private static Findings.Estimate estimate(double value, double[] interval) {
    return new Findings.Estimate(value, interval[0], interval[1]);
  }
}
