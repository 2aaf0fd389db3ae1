package dev.sonde.eval;

import java.util.Comparator;
import java.util.stream.IntStream;

/// p-values adjusted for how many were looked at; in the order given.
public final class MultipleTests {
  private MultipleTests() {}

  /// Family-wise error under any dependence (Holm 1979).
  public static double[] holm(double[] p) {
    var order = ascending(p);
    int m = p.length;
    var out = new double[m];
    double largest = 0;
    for (int i = 0; i < m; i++) {
      largest = Math.max(largest, Math.min(1, (m - i) * p[order[i]]));
      out[order[i]] = largest;
    }
    return out;
  }

  /// False discovery rate of independent or positively dependent tests (Benjamini & Hochberg 1995).
  public static double[] benjaminiHochberg(double[] p) {
    return stepUp(p, 1);
  }

  /// False discovery rate under any dependence (Benjamini & Yekutieli 2001): dearer by the harmonic
  /// sum.
  public static double[] benjaminiYekutieli(double[] p) {
    return stepUp(p, IntStream.rangeClosed(1, p.length).mapToDouble(i -> 1.0 / i).sum());
  }

  private static double[] stepUp(double[] p, double factor) {
    var order = ascending(p);
    int m = p.length;
    var out = new double[m];
    double least = 1;
    for (int i = m - 1; i >= 0; i--) {
      least = Math.min(least, factor * m / (i + 1.0) * p[order[i]]);
      out[order[i]] = least;
    }
    return out;
  }

  private static int[] ascending(double[] p) {
    for (double value : p) {
      if (!(value >= 0 && value <= 1)) {
        throw new IllegalArgumentException("a p-value lies between 0 and 1, not at " + value);
      }
    }
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> p[i]))
        .mapToInt(i -> i)
        .toArray();
  }
}
