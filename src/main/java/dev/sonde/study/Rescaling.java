package dev.sonde.study;

import dev.sonde.eval.Calibration;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Platt;
import dev.sonde.eval.Scores;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Held-out scores turned into probabilities that come true: the rows of each fold by a map fitted
/// to the held-out scores of the other folds, so that no row judges itself.
final class Rescaling {
  private static final int BINS = 10;

  private final double[] scores;
  private final boolean[] positive;
  private final Folds folds;

  private Rescaling(double[] scores, boolean[] positive, Folds folds) {
    this.scores = scores;
    this.positive = positive;
    this.folds = folds;
  }

  /// Scores that mean no probability as log-odds, by Platt's map, or of several classes as logits,
  /// by a temperature.
  static double[] probable(Evidence evidence, double[] scores) {
    return evidence.several()
        ? new ClassRescaling(evidence, scores).tempered()
        : platt(scores, evidence.labels().toArray(), evidence.folds());
  }

  /// `probabilities`: scores mean probabilities as they are. Others need Platt's map (of several
  /// classes a temperature) to mean any.
  static Grounds.Calibrated of(Evidence evidence, double[] scores, boolean probabilities) {
    return evidence.several()
        ? new ClassRescaling(evidence, scores).calibrated(probabilities)
        : of(scores, evidence.labels().toArray(), evidence.folds(), probabilities);
  }

  /// Log-odds by Platt's map.
  static double[] platt(double[] scores, boolean[] positive, Folds folds) {
    return new Rescaling(scores, positive, folds).mapped(Rescaling::plattOf, new double[2]);
  }

  static Grounds.Calibrated of(
      double[] scores, boolean[] positive, Folds folds, boolean probabilities) {
    var own = new Rescaling(scores, positive, folds);
    double[] typical = {1, 0};
    var plain = own.scale("as it is", scores, typical);
    var byPlatt = own.mapped(Rescaling::plattOf, typical);
    var platt = own.scale("Platt", byPlatt, typical);
    var byTemperature = own.mapped(Rescaling::temperatureOf, typical);
    var temperature = own.scale("temperature", byTemperature, typical);
    return new Grounds.Calibrated(
        probabilities ? List.of(plain, platt, temperature) : List.of(platt), own.bins(byPlatt));
  }

  /// `a`, `b` of `a score + b` from some rows.
  private interface Fit {
    double[] of(double[] scores, boolean[] positive);
  }

  private static double[] plattOf(double[] scores, boolean[] positive) {
    var platt = Platt.fit(scores, positive);
    return new double[] {platt.a(), platt.b()};
  }

  private static double[] temperatureOf(double[] scores, boolean[] positive) {
    return new double[] {1 / Calibration.temperature(scores, positive), 0};
  }

  private double[] mapped(Fit fit, double[] typical) {
    var out = new double[scores.length];
    var slopes = new double[folds.count()];
    var offsets = new double[folds.count()];
    for (int k = 0; k < folds.count(); k++) {
      var kept = folds.without(k);
      var others = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
      var labels = new boolean[others.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = positive[others[i]];
      }
      var ab = fit.of(Arrays.stream(others).mapToDouble(i -> scores[i]).toArray(), labels);
      for (int i : folds.rows(k)) {
        out[i] = ab[0] * scores[i] + ab[1];
      }
      slopes[k] = ab[0];
      offsets[k] = ab[1];
    }
    typical[0] = middle(slopes);
    typical[1] = middle(offsets);
    return out;
  }

  private static double middle(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private Grounds.Scale scale(String name, double[] odds, double[] ab) {
    var probability = Arrays.stream(odds).map(Scores::probability).toArray();
    return new Grounds.Scale(
        name,
        ab[0],
        ab[1],
        Calibration.error(Calibration.equalWidth(probability, positive, BINS)),
        Scores.brier(probability, positive),
        Scores.logLoss(odds, positive));
  }

  private List<Findings.Bin> bins(double[] odds) {
    var probability = Arrays.stream(odds).map(Scores::probability).toArray();
    return Calibration.equalWidth(probability, positive, BINS).stream()
        .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
        .toList();
  }
}
