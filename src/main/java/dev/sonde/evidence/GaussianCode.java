package dev.sonde.evidence;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// The online code of numbers under ridge regression, row by row, in closed form: minus the log
/// marginal likelihood of Bayesian linear regression.
///
/// ```
/// y ~ N(0, s^2 (I + Z Z^T / alpha + t 1 1^T)),   Z the rows in their basis, t the prior variance of the intercept over s^2
/// ```
///
/// The sum of the log densities with which each row is foretold from those before it is exactly
/// this, in any order. A density has a unit: only differences between codes of the same numbers
/// mean something, so [#saved] compares with a code that reads nothing.
public record GaussianCode(double bits, double blankBits, double noise) {
  /// The prior variance of the intercept in units of the noise: vague.
  private static final double VAGUE = 100;

  /// Numbers at unit variance around 0 are expected (`y` is standardised here, which is said to the
  /// receiver); the noise is the one that makes the code shortest, at half of `log2 n` bits to
  /// state, for both codes alike.
  public static GaussianCode of(Basis basis, double[] y, double alpha) {
    var z = standardised(y);
    var spectrum = Spectrum.of(basis, z);
    double noise = spectrum.noise(alpha);
    return new GaussianCode(
        spectrum.nats(alpha, noise) / Math.log(2),
        spectrum.nats(Double.POSITIVE_INFINITY, spectrum.noise(Double.POSITIVE_INFINITY))
            / Math.log(2),
        noise);
  }

  /// The length at a noise variance given, numbers as they are, in bits.
  public static double bits(Basis basis, double[] y, double alpha, double noise) {
    return Spectrum.of(basis, y).nats(alpha, noise) / Math.log(2);
  }

  /// Bits that the rows save, all numbers together.
  public double saved() {
    return blankBits - bits;
  }

  private static double[] standardised(double[] y) {
    double mean = Arrays.stream(y).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    if (!(spread > 0)) {
      throw new IllegalArgumentException("all numbers are the same; there is nothing to code");
    }
    return Arrays.stream(y).map(v -> (v - mean) / spread).toArray();
  }

  /// The numbers in the eigenvectors of `Z Z^T`: what lies along each, along the mean, and in none.
  private static final class Spectrum {
    private final int n;
    private final double[] lambda;
    private final double[] along;
    private final double mean;
    private final double rest;

    private Spectrum(int n, double[] lambda, double[] along, double mean, double rest) {
      this.n = n;
      this.lambda = lambda;
      this.along = along;
      this.mean = mean;
      this.rest = rest;
    }

    static Spectrum of(Basis basis, double[] y) {
      int n = y.length;
      try (var scope = Scope.open()) {
        var lambda = basis.lambda().toDoubles();
        var zy = basis.z().transpose(0, 1).matmul(Tensor.of(y, n, 1)).toDoubles();
        var along = new double[zy.length];
        double rest = Arrays.stream(y).map(v -> v * v).sum();
        for (int j = 0; j < zy.length; j++) {
          along[j] = zy[j] * zy[j] / lambda[j];
          rest -= along[j];
        }
        double sum = Arrays.stream(y).sum();
        double mean = sum * sum / n;
        return new Spectrum(n, lambda, along, mean, Math.max(0, rest - mean));
      }
    }

    private double quadratic(double alpha) {
      double q = rest + mean / (1 + n * VAGUE);
      for (int j = 0; j < lambda.length; j++) {
        q += along[j] / (1 + lambda[j] / alpha);
      }
      return q;
    }

    double noise(double alpha) {
      return quadratic(alpha) / n;
    }

    double nats(double alpha, double noise) {
      double log = Math.log1p(n * VAGUE);
      for (double l : lambda) {
        log += Math.log1p(l / alpha);
      }
      return (n * Math.log(2 * Math.PI * noise) + log + quadratic(alpha) / noise) / 2;
    }
  }
}
