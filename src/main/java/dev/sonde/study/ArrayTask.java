package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.probe.Linear;
import java.util.List;

/// What a kind of label asks of every layer of given activations: classes ([ArrayClasses]) or
/// numbers ([ArrayNumbers]). [ArrayStudy] walks through it.
interface ArrayTask {
  /// `accuracy` or `R2`: what [#main] measures.
  String metric();

  LayerFound at(Matrix x);

  /// The measure that layers are compared by, of held-out scores.
  Findings.Estimate main(double[] scores);

  /// AUROC, or the rank correlation.
  Findings.Estimate second(double[] scores);

  /// Balanced accuracy, MCC, Brier score, ECE; NaN where they mean nothing.
  double[] further(double[] scores);

  /// What no activations give.
  Findings.Baseline baseline();

  /// The exact solver under the first dealt labellings, beside the closed form.
  double[] exactNull(Matrix x, LayerFound found, int count);

  List<Findings.Held> held(double[] scores);

  List<Findings.Bin> calibration(double[] scores);

  String scheme();

  /// The fold of each row.
  int fold(int row);

  /// What a layer says. `inner[k]` is what the inner folds of outer fold k make of it, larger being
  /// better; `nulls[0]` is the measure in closed form under the true labels, the others under dealt
  /// ones; `control`, `memorised` and `scattered` as in [SiteProbe.Found].
  record LayerFound(
      List<Double> scores,
      List<Double> inner,
      List<Double> nulls,
      double control,
      double memorised,
      double scattered,
      Linear whole,
      double c) {
    double[] held() {
      return scores.stream().mapToDouble(s -> s).toArray();
    }

    /// The measure under dealt labels.
    double[] dealt() {
      return nulls.stream().skip(1).mapToDouble(s -> s).toArray();
    }
  }
}
