package dev.sonde.eval;

/// Probabilities from scores by `sigma(a score + b)` (Platt 1999).
///
/// Fitted to smoothed targets, `(N+ + 1)/(N+ + 2)` for positive rows and `1/(N- + 2)` for others,
/// so that separable scores do not drive `a` to infinity. Newton steps with halving (Lin, Lin &
/// Weng 2007). Fit it on rows that the probe was not trained on. With `a > 0` ranks, and so the
/// AUROC, stay.
public record Platt(double a, double b) {
  private static final int STEPS = 200;
  private static final double FLAT = 1e-10;

  public static Platt fit(double[] score, boolean[] positive) {
    var target = targets(positive);
    double mean = 0;
    double square = 0;
    for (double s : score) {
      mean += s / score.length;
    }
    for (double s : score) {
      square += (s - mean) * (s - mean) / score.length;
    }
    double scale = square > 0 ? Math.sqrt(square) : 1;
    var z = new double[score.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = (score[i] - mean) / scale;
    }
    var fitted = newton(z, target);
    return new Platt(fitted[0] / scale, fitted[1] - fitted[0] * mean / scale);
  }

  public double probability(double score) {
    return Scores.probability(a * score + b);
  }

  private static double[] targets(boolean[] positive) {
    double ones = 0;
    for (boolean p : positive) {
      ones += p ? 1 : 0;
    }
    double zeros = positive.length - ones;
    var out = new double[positive.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = positive[i] ? (ones + 1) / (ones + 2) : 1 / (zeros + 2);
    }
    return out;
  }

  private static double[] newton(double[] z, double[] target) {
    double[] at = {0, 0};
    double loss = loss(z, target, at);
    for (int step = 0; step < STEPS; step++) {
      var g = new double[5];
      for (int i = 0; i < z.length; i++) {
        double p = Scores.probability(at[0] * z[i] + at[1]);
        double w = p * (1 - p);
        g[0] += z[i] * (p - target[i]);
        g[1] += p - target[i];
        g[2] += w * z[i] * z[i];
        g[3] += w * z[i];
        g[4] += w;
      }
      if (Math.max(Math.abs(g[0]), Math.abs(g[1])) <= FLAT * z.length) {
        break;
      }
      double det = (g[2] + 1e-12) * (g[4] + 1e-12) - g[3] * g[3];
      double da = -((g[4] + 1e-12) * g[0] - g[3] * g[1]) / det;
      double db = -((g[2] + 1e-12) * g[1] - g[3] * g[0]) / det;
      double by = 1;
      double next = Double.POSITIVE_INFINITY;
      var there = at;
      for (; by > 1e-10; by /= 2) {
        there = new double[] {at[0] + by * da, at[1] + by * db};
        next = loss(z, target, there);
        if (next <= loss + 1e-4 * by * (g[0] * da + g[1] * db)) {
          break;
        }
      }
      if (!(next < loss)) {
        break;
      }
      at = there;
      loss = next;
    }
    return at;
  }

  private static double loss(double[] z, double[] target, double[] at) {
    double sum = 0;
    for (int i = 0; i < z.length; i++) {
      double s = at[0] * z[i] + at[1];
      sum += Math.max(0, s) + Math.log1p(Math.exp(-Math.abs(s))) - target[i] * s;
    }
    return sum;
  }
}
