package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.evidence.Norms;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Fitted;
import java.util.List;
import java.util.Optional;

/// What a kind of label asks of the rows of one place: [TwoClasses], [ManyClasses] or numbers
/// ([NumberTask]). [ArrayStudy] walks the layers of given activations through it, [TaskInquiry] the
/// sites of a network.
///
/// Scores are of held-out rows, row-major: one a row, or one a row and class.
interface LabelTask {
  /// `accuracy` or `R2`: what [#main] measures.
  String metric();

  /// What [#main] is where nothing is known: the share of the commonest class; 0 for R2.
  double chance();

  Found at(Matrix x);

  /// Held-out scores alone: what the untrained twin and token embeddings are asked for.
  double[] scores(Matrix x);

  /// The same by logistic regression (or ridge), in units of its own: for what texts show without a
  /// network.
  double[] surface(Matrix x, Basis.Scaling scaling);

  /// The measure that places are compared by.
  Findings.Estimate main(double[] scores);

  /// AUROC (the mean over classes of each against the rest), or the rank correlation.
  Findings.Estimate second(double[] scores);

  Further further(double[] scores);

  /// What no activations give.
  Rival baseline();

  /// Whether the closed form behind the dealt labels is the probe itself.
  default boolean closed() {
    return false;
  }

  /// The exact solver under the first dealt labellings, beside the closed form. `basis` is that of
  /// the rows where there is one already.
  double[] exactNull(Matrix x, Optional<Basis> basis, Found found, int count);

  /// `nested` are scores with the place chosen on inner folds.
  List<Findings.Held> held(double[] scores, double[] nested);

  List<Findings.Bin> calibration(double[] scores);

  /// Who was taken for whom; empty for numbers.
  Optional<Findings.ByClass> byClass(double[] scores);

  /// Usable bits a row and their standard error over groups; NaN where scores mean no probability.
  double[] bits(double[] scores);

  String scheme();

  Folds folds();

  /// What only classes have; NaN where it means nothing.
  record Further(
      double balancedAccuracy,
      double mcc,
      double brier,
      double ece,
      double macroF1,
      double logLoss) {
    static final Further NONE =
        new Further(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /// What a place says. `inner[k]` is what the inner folds of outer fold k make of it, larger being
  /// better; `nulls[0]` is the measure in closed form under the true labels, the others under dealt
  /// ones; `control`, `memorised` and `scattered` as in [SiteProbe.Found]; `beside` are the other
  /// probes asked for, `norms` those of the rows where they were asked for.
  record Found(
      List<Double> scores,
      List<Double> inner,
      List<Double> nulls,
      double control,
      double memorised,
      double scattered,
      Fitted whole,
      double c,
      List<Candidate> beside,
      Optional<Norms> norms) {
    double[] held() {
      return scores.stream().mapToDouble(s -> s).toArray();
    }

    /// The measure under dealt labels.
    double[] dealt() {
      return nulls.stream().skip(1).mapToDouble(s -> s).toArray();
    }
  }
}
