package dev.sonde.eval;

import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Arrays;

/// Probabilities from scores by the best growing function (pool adjacent violators; Ayer et al.
/// 1955), straight between its steps.
///
/// It fits anything that grows, so it needs many rows: below [#LEAST] it is refused.
public final class Isotonic {
  /// Rows below which a growing function learns noise.
  public static final int LEAST = 1000;

  private final double[] score;
  private final double[] value;

  private Isotonic(double[] score, double[] value) {
    this.score = score;
    this.value = value;
  }

  /// @throws BadInput for fewer than [#LEAST] rows
  public static Isotonic fit(double[] score, boolean[] positive) {
    if (score.length < LEAST) {
      throw new BadInput(
          "isotonic calibration needs %d rows or more, here are %d; use Platt scaling or a temperature"
              .formatted(LEAST, score.length));
    }
    return pool(score, positive);
  }

  static Isotonic pool(double[] score, boolean[] positive) {
    var order = Scores.order(score);
    var blocks = new ArrayList<double[]>();
    for (int i = 0; i < order.length; ) {
      double s = score[order[i]];
      double rows = 0;
      double hits = 0;
      for (; i < order.length && score[order[i]] == s; i++) {
        rows++;
        hits += positive[order[i]] ? 1 : 0;
      }
      var block = new double[] {s, s, rows, hits};
      while (!blocks.isEmpty()
          && blocks.getLast()[3] * block[2] >= block[3] * blocks.getLast()[2]) {
        var last = blocks.removeLast();
        block = new double[] {last[0], s, last[2] + block[2], last[3] + block[3]};
      }
      blocks.add(block);
    }
    var at = new double[2 * blocks.size()];
    var value = new double[at.length];
    for (int b = 0; b < blocks.size(); b++) {
      var block = blocks.get(b);
      at[2 * b] = block[0];
      at[2 * b + 1] = block[1];
      value[2 * b] = block[3] / block[2];
      value[2 * b + 1] = value[2 * b];
    }
    return new Isotonic(at, value);
  }

  public double probability(double s) {
    int found = Arrays.binarySearch(score, s);
    if (found >= 0) {
      return value[found];
    }
    int above = -found - 1;
    if (above == 0) {
      return value[0];
    }
    if (above == score.length) {
      return value[score.length - 1];
    }
    double share = (s - score[above - 1]) / (score[above] - score[above - 1]);
    return value[above - 1] + share * (value[above] - value[above - 1]);
  }
}
