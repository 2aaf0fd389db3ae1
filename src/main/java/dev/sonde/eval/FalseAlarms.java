package dev.sonde.eval;

import java.util.Arrays;

/// What a monitor does at a threshold that control rows set: how often it really speaks up on other
/// control rows, and how much it finds.
///
/// `controls`: how many rows set the threshold; `realised`: the false positive rate on the second
/// control set, with its exact interval; `recall` with its score interval.
public record FalseAlarms(
    double threshold,
    int controls,
    double realised,
    Interval realisedInterval,
    double recall,
    Interval recallInterval) {

  /// The threshold from `control` ([RankThreshold]), measured on `second` and on `positives`.
  ///
  /// @throws dev.sonde.io.BadInput if `control` is too small to promise `alpha`
  public static FalseAlarms measure(
      double[] control, double[] second, double[] positives, double alpha, double level) {
    double threshold = RankThreshold.of(control, alpha);
    int alarms = above(second, threshold);
    int found = above(positives, threshold);
    return new FalseAlarms(
        threshold,
        control.length,
        (double) alarms / second.length,
        Proportion.clopperPearson(alarms, second.length, level),
        (double) found / positives.length,
        Proportion.wilson(found, positives.length, level));
  }

  /// True if the second control set is not explained by the rate promised: the monitor fires on the
  /// topic of that set.
  public boolean firesOnTopic(double alpha) {
    return realisedInterval.low() > alpha;
  }

  private static int above(double[] scores, double threshold) {
    return (int) Arrays.stream(scores).filter(s -> s > threshold).count();
  }
}
