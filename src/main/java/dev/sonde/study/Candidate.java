package dev.sonde.study;

import dev.sonde.eval.NestedCv;
import dev.sonde.probe.Fitted;

/// What one probe shows at one site: its held-out scores, what inner folds say of it, the middle
/// one of the regularisations chosen, its accuracy on the control task, the probe of all rows.
final class Candidate {
  private final double[] scores;
  private final double[] inner;
  private final double c;
  private final double control;
  private final Fitted whole;

  Candidate(double[] scores, double[] inner, double c, double control, Fitted whole) {
    this.scores = scores.clone();
    this.inner = inner.clone();
    this.c = c;
    this.control = control;
    this.whole = whole;
  }

  static Candidate of(NestedCv cv, double control) {
    return new Candidate(cv.scores(), cv.inner(), cv.typical(), control, cv.whole());
  }

  static Candidate of(LabelTask.Found found) {
    var inner = found.inner().stream().mapToDouble(v -> v).toArray();
    return new Candidate(found.held(), inner, found.c(), found.control(), found.whole());
  }

  double[] scores() {
    return scores.clone();
  }

  /// What the inner folds of an outer one make of it; larger is better.
  double inner(int fold) {
    return inner[fold];
  }

  double[] inners() {
    return inner.clone();
  }

  double c() {
    return c;
  }

  double control() {
    return control;
  }

  Fitted whole() {
    return whole;
  }

  /// How many weights it has.
  int width() {
    return SiteTable.flat(whole).length;
  }
}
