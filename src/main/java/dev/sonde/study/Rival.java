package dev.sonde.study;

import dev.sonde.data.Matrix;
import java.util.Optional;

/// A baseline with what it was read from and what it says of every held-out row.
final class Rival {
  private final Findings.Baseline baseline;
  private final double[] scores;
  private final Optional<Matrix> x;
  private final boolean probabilities;

  /// `probabilities`: scores mean probabilities.
  Rival(Findings.Baseline baseline, double[] scores, Optional<Matrix> x, boolean probabilities) {
    this.baseline = baseline;
    this.scores = scores;
    this.x = x;
    this.probabilities = probabilities;
  }

  Findings.Baseline baseline() {
    return baseline;
  }

  /// Log-odds (or predicted numbers) of every row, held out.
  double[] scores() {
    return scores;
  }

  /// What it reads; empty where it reads nothing.
  Optional<Matrix> x() {
    return x;
  }

  /// Whether scores mean probabilities.
  boolean probabilities() {
    return probabilities;
  }
}
