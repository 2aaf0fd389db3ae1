package dev.sonde.probe;

/// How far a covariance S of few rows is drawn towards `m I`, m the mean of its diagonal: `(1 - a)
/// S + a m I`.
public enum Shrinkage {
  NONE,
  /// Oracle approximating (Chen, Wiesel, Eldar & Hero 2010, eq. 23).
  OAS,
  /// Ledoit & Wolf (2004), towards a multiple of the identity.
  LEDOIT_WOLF,
  /// The optimum of random matrix theory (Bodnar, Gupta & Parolya 2014).
  RMT;

  /// What the amount follows from: `squares` is the sum of the squared entries of S, `trace` its
  /// trace, `fourths` the sum of the fourth powers of the rows' lengths, `n` rows of `d` numbers.
  public record Of(double squares, double trace, double fourths, double n, int d) {}

  /// a, between 0 and 1.
  public double amount(Of s) {
    double m = s.trace / s.d;
    double amount =
        switch (this) {
          case NONE -> 0;
          case OAS -> {
            double a = s.squares / ((double) s.d * s.d);
            double below = (s.n + 1) * (a - m * m / s.d);
            yield below <= 0 ? 1 : (a + m * m) / below;
          }
          case LEDOIT_WOLF -> {
            double delta = s.squares / s.d - m * m;
            double beta = (s.fourths - s.n * s.squares) / (s.n * s.n * s.d);
            yield delta <= 0 ? 1 : Math.min(beta, delta) / delta;
          }
          case RMT -> {
            double below = s.squares - s.trace * s.trace / s.d;
            yield below <= 0 ? 1 : s.trace * s.trace / s.n / below;
          }
        };
    return Math.clamp(amount, 0, 1);
  }
}
