package dev.sonde.uncertainty;

/// A probe's accuracy on a scale where tasks of any number of classes can be compared.
public final class Skill {
  private Skill() {}

  /// `(accuracy - majority) / (1 - majority)`: 0 for an answer without looking, 1 for a perfect
  /// one.
  public static double overMajority(double accuracy, double majority) {
    if (!(majority < 1)) {
      throw new IllegalArgumentException("where all labels are the same there is no skill");
    }
    return (accuracy - majority) / (1 - majority);
  }

  /// A mean entropy in nats as a share of the largest that so many options allow.
  public static double normalised(double nats, int options) {
    return nats / Math.log(options);
  }
}
