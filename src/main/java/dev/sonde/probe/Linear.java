package dev.sonde.probe;

import dev.sonde.data.Matrix;
import java.util.Arrays;
import java.util.Map;

/// `score(x) = direction . x + bias`, in the space of the raw rows: any scaling is already folded
/// in.
public final class Linear implements Probe {
  private final double[] direction;
  private final double bias;

  private Linear(double[] direction, double bias) {
    this.direction = direction;
    this.bias = bias;
  }

  public static Linear of(double[] direction, double bias) {
    return new Linear(direction.clone(), bias);
  }

  public double[] direction() {
    return direction.clone();
  }

  public double bias() {
    return bias;
  }

  @Override
  public double[] scores(Matrix x) {
    if (x.cols() != direction.length) {
      throw new IllegalArgumentException(
          "the probe reads rows of %d numbers, these have %d"
              .formatted(direction.length, x.cols()));
    }
    var out = new double[x.rows()];
    for (int i = 0; i < out.length; i++) {
      double s = bias;
      for (int j = 0; j < direction.length; j++) {
        s += direction[j] * x.at(i, j);
      }
      out[i] = s;
    }
    return out;
  }

  @Override
  public String kind() {
    return "linear";
  }

  /// `direction`, d numbers, and `bias`.
  @Override
  public Map<String, Matrix> parameters() {
    return Map.of(
        "direction", Matrix.ofDoubles(1, direction.length, direction()),
        "bias", Matrix.ofDoubles(1, 1, new double[] {bias}));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Linear l && bias == l.bias && Arrays.equals(direction, l.direction);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(direction) * 31 + Double.hashCode(bias);
  }
}
