package dev.sonde.eval;

import dev.sonde.io.BadInput;
import java.util.Arrays;

/// The score above which a monitor speaks up, from control rows on which it should not.
///
/// The k-th largest of m control scores, `k = floor(alpha (m + 1))`: a further control row scores
/// above it with probability at most alpha, whatever the scores' distribution (the conformal rank;
/// Vovk et al. 2005). An interpolated quantile promises less: with 99 control rows it speaks up
/// twice as often as it says.
public final class RankThreshold {
  private RankThreshold() {}

  /// @throws BadInput if there are too few control rows to promise `alpha`
  public static double of(double[] control, double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException("a rate lies between 0 and 1, not at " + alpha);
    }
    int least = (int) Math.ceil(1 / alpha - 1 - 1e-9);
    if (control.length < least) {
      throw new BadInput(
          "a false positive rate of %s needs at least %d control rows, here are %d: give more or ask for a larger rate"
              .formatted(alpha, least, control.length));
    }
    var sorted = control.clone();
    Arrays.sort(sorted);
    int k = (int) Math.floor(alpha * (control.length + 1) + 1e-9);
    return sorted[control.length - k];
  }

  /// The share of positive rows that score above a threshold.
  public static double recall(double[] positives, double threshold) {
    return (double) Arrays.stream(positives).filter(s -> s > threshold).count() / positives.length;
  }
}
