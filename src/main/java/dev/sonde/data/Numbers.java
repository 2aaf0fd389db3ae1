package dev.sonde.data;

import java.util.Arrays;

/// A number for each row.
public final class Numbers implements Target {
  private final double[] values;

  private Numbers(double[] values) {
    this.values = values;
  }

  public static Numbers of(double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException("number " + i + " is " + values[i] + ", not finite");
      }
    }
    return new Numbers(values.clone());
  }

  public double at(int row) {
    return values[row];
  }

  @Override
  public int size() {
    return values.length;
  }

  @Override
  public Numbers select(int[] rows) {
    return new Numbers(Arrays.stream(rows).mapToDouble(i -> values[i]).toArray());
  }

  public double[] toArray() {
    return values.clone();
  }
}
