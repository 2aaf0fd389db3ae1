package dev.sonde.eval;

/// Ranks from 1, ties at their mean.
public final class Ranks {
  private Ranks() {}

  public static double[] of(double[] values) {
    var order = Scores.order(values);
    var out = new double[values.length];
    for (int i = 0; i < order.length; ) {
      int j = i;
      while (j < order.length && values[order[j]] == values[order[i]]) {
        j++;
      }
      for (int k = i; k < j; k++) {
        out[order[k]] = (i + j - 1) / 2.0 + 1;
      }
      i = j;
    }
    return out;
  }
}
