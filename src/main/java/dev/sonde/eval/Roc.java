package dev.sonde.eval;

/// The part of the ROC curve that a monitor lives in: few false alarms.
public final class Roc {
  private Roc() {}

  /// The area under the curve up to a false positive rate, in units of rate times rate: between 0
  /// and `most`. Tied scores are one straight piece.
  public static double partialArea(double[] score, boolean[] positive, double most) {
    if (!(most > 0 && most <= 1)) {
      throw new IllegalArgumentException("a rate lies between 0 and 1, not at " + most);
    }
    var order = Scores.order(score);
    double ones = 0;
    for (boolean p : positive) {
      ones += p ? 1 : 0;
    }
    double zeros = score.length - ones;
    double area = 0;
    double fpr = 0;
    double tpr = 0;
    for (int i = order.length - 1; i >= 0 && fpr < most; ) {
      double upwards = 0;
      double rightwards = 0;
      int j = i;
      for (; j >= 0 && score[order[j]] == score[order[i]]; j--) {
        upwards += positive[order[j]] ? 1 / ones : 0;
        rightwards += positive[order[j]] ? 0 : 1 / zeros;
      }
      double part = rightwards > 0 ? Math.min(1, (most - fpr) / rightwards) : 1;
      area += part * rightwards * (tpr + part * upwards / 2);
      fpr += rightwards;
      tpr += upwards;
      i = j;
    }
    return ones == 0 || zeros == 0 ? Double.NaN : area;
  }

  /// The same on a scale where chance is .5 and the best is 1 (McClish 1989).
  public static double partialAuroc(double[] score, boolean[] positive, double most) {
    double chance = most * most / 2;
    return (1 + (partialArea(score, positive, most) - chance) / (most - chance)) / 2;
  }
}
