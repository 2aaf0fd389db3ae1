package dev.sonde.eval;

/// A range that a number lies in with some confidence; NaN at both ends where there is none.
public record Interval(double low, double high) {
  public static final Interval NONE = new Interval(Double.NaN, Double.NaN);

  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  public double width() {
    return high - low;
  }
}
