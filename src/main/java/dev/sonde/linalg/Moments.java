package dev.sonde.linalg;

import dev.sonde.data.Matrix;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// Count, means and scatter matrix of rows that never lie in memory together.
///
/// ```
/// merge:   n = a.n + b.n,  delta = b.mean - a.mean
///          S = a.S + b.S + delta delta^T a.n b.n / n
/// without: the same, solved for a
/// ```
///
/// Chan, Golub & LeVeque, *Updating formulae and a pairwise algorithm for computing sample
/// variances* (1979). Every chunk is centred on its own mean in float64 before it is squared, so
/// one feature with a mean of thousands costs no digits. Frozen; in any order of merging the same
/// up to rounding.
public final class Moments {
  private final long count;
  private final double[] mean;
  private final double[] scatter;

  private Moments(long count, double[] mean, double[] scatter) {
    this.count = count;
    this.mean = mean;
    this.scatter = scatter;
  }

  /// Of no rows of `width` numbers.
  public static Moments none(int width) {
    return new Moments(0, new double[width], new double[Math.multiplyExact(width, width)]);
  }

  /// Of one chunk of rows.
  public static Moments of(Matrix chunk) {
    if (chunk.rows() == 0) {
      return none(chunk.cols());
    }
    try (var scope = Scope.open()) {
      var rows = Basis.tensor(chunk);
      var mean = rows.mean(0);
      var centred = rows.minus(mean);
      var scatter = centred.transpose(0, 1).matmul(centred);
      return new Moments(chunk.rows(), mean.toDoubles(), scatter.toDoubles());
    }
  }

  /// Of these rows and the other's.
  public Moments merge(Moments other) {
    fits(other);
    return combined(other, count + other.count, 1);
  }

  /// Of these rows less the other's, which must be among them: all but one fold.
  public Moments without(Moments other) {
    fits(other);
    if (other.count > count) {
      throw new IllegalArgumentException(
          "%d rows cannot be taken out of %d".formatted(other.count, count));
    }
    return combined(other, count - other.count, -1);
  }

  private Moments combined(Moments other, long n, int sign) {
    int d = mean.length;
    if (n == 0) {
      return none(d);
    }
    var delta = new double[d];
    Arrays.setAll(delta, j -> other.mean[j] - mean[j]);
    var centre = new double[d];
    Arrays.setAll(centre, j -> mean[j] + sign * delta[j] * other.count / n);
    double weight = (double) count * other.count / n;
    var sum = new double[scatter.length];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        int at = i * d + j;
        sum[at] = scatter[at] + sign * (other.scatter[at] + weight * delta[i] * delta[j]);
      }
    }
    return new Moments(n, centre, sum);
  }

  private void fits(Moments other) {
    if (other.mean.length != mean.length) {
      throw new IllegalArgumentException(
          "moments of %d numbers do not go with those of %d"
              .formatted(other.mean.length, mean.length));
    }
  }

  public long count() {
    return count;
  }

  /// d numbers.
  public double[] mean() {
    return mean.clone();
  }

  /// `sum (x - mean)(x - mean)^T`, d x d in float64.
  public Tensor scatter() {
    return Tensor.of(scatter, mean.length, mean.length);
  }

  /// The mean squared distance of one feature from its mean.
  public double variance(int feature) {
    return scatter[feature * mean.length + feature] / count;
  }
}
