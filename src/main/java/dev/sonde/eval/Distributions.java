package dev.sonde.eval;

import java.util.function.DoubleUnaryOperator;

/// The few distribution functions that intervals and tests are made of, in float64, to about 1e-13.
///
/// Incomplete gamma and beta functions by series and continued fractions (Lentz's way to sum them);
/// quantiles by bisection of the distribution function, which is slow and cannot go astray.
public final class Distributions {
  private static final double[] LANCZOS = {
    0.9999999999998099,
    676.5203681218851,
    -1259.1392167224028,
    771.3234287776531,
    -176.6150291621406,
    12.507343278686905,
    -0.13857109526572012,
    9.984369578019572e-6,
    1.5056327351493116e-7
  };
  private static final int TERMS = 10_000;
  private static final double TINY = 1e-300;

  private Distributions() {}

  /// Log of the gamma function for `x > 0` (Lanczos, g = 7).
  public static double logGamma(double x) {
    if (x < 0.5) {
      return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
    }
    double sum = LANCZOS[0];
    for (int i = 1; i < LANCZOS.length; i++) {
      sum += LANCZOS[i] / (x - 1 + i);
    }
    double t = x + 6.5;
    return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
  }

  /// The probability that a normal number lies below `z`.
  public static double normalCdf(double z) {
    double tail = gammaUpper(0.5, z * z / 2) / 2;
    return z > 0 ? 1 - tail : tail;
  }

  /// The probability that a normal number is as far from 0 as `z`, on either side.
  public static double normalTwoSided(double z) {
    return gammaUpper(0.5, z * z / 2);
  }

  /// Where [#normalCdf] is `p`.
  public static double normalQuantile(double p) {
    if (p > 0.5) {
      return -normalQuantile(1 - p);
    }
    return p <= 0 ? Double.NEGATIVE_INFINITY : invert(Distributions::normalCdf, p, -40, 0);
  }

  /// The probability that chi-squared with `k` degrees of freedom is at least `x`.
  public static double chiSquareTail(double x, double k) {
    return gammaUpper(k / 2, x / 2);
  }

  /// The probability that Student's t with `df` degrees of freedom lies below `t`.
  public static double studentCdf(double t, double df) {
    double tail = betaCdf(df / (df + t * t), df / 2, 0.5) / 2;
    return t > 0 ? 1 - tail : tail;
  }

  public static double studentTwoSided(double t, double df) {
    return betaCdf(df / (df + t * t), df / 2, 0.5);
  }

  public static double studentQuantile(double p, double df) {
    if (p > 0.5) {
      return -studentQuantile(1 - p, df);
    }
    return invert(t -> studentCdf(t, df), p, -1e8, 0);
  }

  /// The probability that at most `k` of `n` independent trials succeed.
  public static double binomialCdf(int k, int n, double p) {
    if (k < 0) {
      return 0;
    }
    return k >= n ? 1 : betaCdf(1 - p, n - k, k + 1.0);
  }

  /// The regularised incomplete beta function.
  public static double betaCdf(double x, double a, double b) {
    if (!(x > 0)) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    double front =
        Math.exp(
            logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
    return x < (a + 1) / (a + b + 2)
        ? front * betaFraction(x, a, b) / a
        : 1 - front * betaFraction(1 - x, b, a) / b;
  }

  public static double betaQuantile(double p, double a, double b) {
    return invert(x -> betaCdf(x, a, b), p, 0, 1);
  }

  private static double betaFraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double h = d;
    for (int m = 1; m < TERMS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      h *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      h *= d * c;
      if (Math.abs(d * c - 1) < 1e-15) {
        break;
      }
    }
    return h;
  }

  /// The upper regularised incomplete gamma function.
  private static double gammaUpper(double a, double x) {
    if (x <= 0) {
      return 1;
    }
    double front = Math.exp(a * Math.log(x) - x - logGamma(a));
    return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * gammaFraction(a, x);
  }

  private static double gammaSeries(double a, double x) {
    double term = 1 / a;
    double sum = term;
    for (int i = 1; i < TERMS && term > sum * 1e-16; i++) {
      term *= x / (a + i);
      sum += term;
    }
    return sum;
  }

  private static double gammaFraction(double a, double x) {
    double b = x + 1 - a;
    double c = 1 / TINY;
    double d = 1 / b;
    double h = d;
    for (int i = 1; i < TERMS; i++) {
      double an = -i * (i - a);
      b += 2;
      d = 1 / away(an * d + b);
      c = away(b + an / c);
      h *= d * c;
      if (Math.abs(d * c - 1) < 1e-15) {
        break;
      }
    }
    return h;
  }

  private static double away(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }

  /// Where a growing function is `p`.
  private static double invert(DoubleUnaryOperator f, double p, double from, double to) {
    double low = from;
    double high = to;
    for (int i = 0; i < 200; i++) {
      double middle = (low + high) / 2;
      if (middle == low || middle == high) {
        break;
      }
      if (f.applyAsDouble(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
