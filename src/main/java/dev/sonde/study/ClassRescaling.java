package dev.sonde.study;

import dev.sonde.eval.Calibration;
import dev.sonde.eval.ClassScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// [Rescaling] of several classes: a temperature for all of a row's scores, fitted on the held-out
/// scores of the other folds (Guo et al. 2017). Platt's map is one of two classes.
final class ClassRescaling {
  private static final int BINS = 10;

  private final Evidence evidence;
  private final double[] scores;
  private final int k;
  private final double[] inverse;

  ClassRescaling(Evidence evidence, double[] scores) {
    this.evidence = evidence;
    this.scores = scores.clone();
    k = evidence.labels().count();
    inverse = new double[evidence.folds().count()];
    var labels = evidence.labels().classes();
    for (int fold = 0; fold < inverse.length; fold++) {
      var kept = evidence.folds().without(fold);
      var others = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
      var own = new double[others.length * k];
      for (int i = 0; i < others.length; i++) {
        System.arraycopy(scores, others[i] * k, own, i * k, k);
      }
      var truth = Arrays.stream(others).map(i -> labels[i]).toArray();
      inverse[fold] = 1 / Calibration.temperature(own, truth, k);
    }
  }

  /// Every fold's scores over the temperature of the others.
  double[] tempered() {
    var out = new double[scores.length];
    for (int fold = 0; fold < inverse.length; fold++) {
      for (int i : evidence.folds().rows(fold)) {
        for (int q = i * k; q < (i + 1) * k; q++) {
          out[q] = inverse[fold] * scores[q];
        }
      }
    }
    return out;
  }

  Grounds.Calibrated calibrated(boolean probabilities) {
    var sorted = inverse.clone();
    Arrays.sort(sorted);
    var cooled = tempered();
    var scales = new ArrayList<Grounds.Scale>();
    if (probabilities) {
      scales.add(scale("as it is", scores, 1));
    }
    scales.add(scale("temperature", cooled, sorted[sorted.length / 2]));
    return new Grounds.Calibrated(
        scales,
        bins(cooled).stream()
            .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
            .toList());
  }

  private Grounds.Scale scale(String name, double[] logits, double a) {
    var labels = evidence.labels().classes();
    return new Grounds.Scale(
        name,
        a,
        0,
        Calibration.error(bins(logits)),
        ClassScores.brier(ClassScores.probabilities(logits, k), labels, k),
        ClassScores.logLoss(logits, labels, k));
  }

  /// Of the answer's own probability, against how often it is right.
  private List<Calibration.Bin> bins(double[] logits) {
    var sure = ClassScores.confidence(ClassScores.probabilities(logits, k), k);
    return Calibration.equalWidth(sure, evidence.right(logits), BINS);
  }
}
