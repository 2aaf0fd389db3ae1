package dev.sonde.uncertainty;

import dev.sonde.data.Groups;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Distributions;
import dev.sonde.eval.Interval;
import dev.sonde.eval.Ranks;
import dev.sonde.provenance.Seed;
import java.util.Arrays;

/// Whether two figures of the same tasks go together: how unsure answers are and how well probes
/// read, say. A unit is a task, never a prompt.
///
/// Intervals by transformation hold for many tasks; below 30 take the bootstrap's as the first.
public final class Correlation {
  private final double[] x;
  private final double[] y;

  private Correlation(double[] x, double[] y) {
    if (x.length != y.length || x.length < 4) {
      throw new IllegalArgumentException(
          "a correlation needs four tasks or more with two figures each, here are %d and %d"
              .formatted(x.length, y.length));
    }
    this.x = x.clone();
    this.y = y.clone();
  }

  public static Correlation of(double[] x, double[] y) {
    return new Correlation(x, y);
  }

  /// Which coefficient.
  public enum Kind {
    PEARSON {
      @Override
      public double of(double[] x, double[] y) {
        return pearson(x, y);
      }
    },
    SPEARMAN {
      @Override
      public double of(double[] x, double[] y) {
        return pearson(Ranks.of(x), Ranks.of(y));
      }
    },
    KENDALL {
      @Override
      public double of(double[] x, double[] y) {
        return kendall(x, y);
      }
    };

    /// NaN where a side is constant.
    public abstract double of(double[] x, double[] y);
  }

  public double value(Kind kind) {
    return kind.of(x, y);
  }

  /// Fisher's z: Pearson with `1/(n-3)`, Spearman with `(1 + r²/2)/(n-3)` (Bonett & Wright 2000),
  /// Kendall with `.437/(n-4)` (Fieller, Hartley & Pearson 1957).
  public Interval interval(Kind kind, double level) {
    double r = value(kind);
    int n = x.length;
    double variance =
        switch (kind) {
          case PEARSON -> 1.0 / (n - 3);
          case SPEARMAN -> (1 + r * r / 2) / (n - 3);
          case KENDALL -> .437 / (n - 4);
        };
    return fisher(r, variance, level);
  }

  /// Spearman with `1.06/(n-3)` (Fieller, Hartley & Pearson 1957), for comparison with what others
  /// print: too narrow for strong correlations.
  public Interval fieller(double level) {
    return fisher(value(Kind.SPEARMAN), 1.06 / (x.length - 3), level);
  }

  static Interval fisher(double r, double variance, double level) {
    if (Double.isNaN(r)) {
      return Interval.NONE;
    }
    double z = Math.log((1 + r) / (1 - r)) / 2;
    double half = Distributions.normalQuantile(1 - (1 - level) / 2) * Math.sqrt(variance);
    return new Interval(Math.tanh(z - half), Math.tanh(z + half));
  }

  /// BCa over tasks drawn again.
  public Interval bootstrap(Kind kind, int draws, double level, Seed seed) {
    return Bootstrap.byGroup(Groups.single(x.length), draws, seed.forPurpose("correlation"))
        .bca(weight -> kind.of(repeated(x, weight), repeated(y, weight)), level);
  }

  private static double[] repeated(double[] values, double[] weight) {
    var out = new double[(int) Arrays.stream(weight).sum()];
    int at = 0;
    for (int i = 0; i < values.length; i++) {
      for (int t = 0; t < weight[i]; t++) {
        out[at++] = values[i];
      }
    }
    return out;
  }

  /// How often dealing one side anew gives as large a coefficient by size: over all orders up to 8
  /// tasks, exactly; over `draws` random ones and the true one beyond.
  public double pValue(Kind kind, int draws, Seed seed) {
    double observed = Math.abs(value(kind)) - 1e-12;
    if (x.length <= 8) {
      long[] counts = new long[2];
      everyOrder(y.clone(), x.length, kind, observed, counts);
      return (double) counts[0] / counts[1];
    }
    int asLarge = 1;
    for (int b = 0; b < draws; b++) {
      var random = seed.forPurpose("correlation dealt", b).generator();
      var dealt = y.clone();
      for (int i = dealt.length - 1; i > 0; i--) {
        swap(dealt, i, random.nextInt(i + 1));
      }
      asLarge += Math.abs(kind.of(x, dealt)) >= observed ? 1 : 0;
    }
    return asLarge / (1.0 + draws);
  }

  /// Heap's way through all orders.
  private void everyOrder(double[] dealt, int k, Kind kind, double observed, long[] counts) {
    if (k == 1) {
      counts[0] += Math.abs(kind.of(x, dealt)) >= observed ? 1 : 0;
      counts[1]++;
      return;
    }
    for (int i = 0; i < k; i++) {
      everyOrder(dealt, k - 1, kind, observed, counts);
      if (i < k - 1) {
        swap(dealt, k % 2 == 0 ? i : 0, k - 1);
      }
    }
  }

  private static void swap(double[] values, int a, int b) {
    double kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }

  static double pearson(double[] a, double[] b) {
    double ma = Arrays.stream(a).average().orElseThrow();
    double mb = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - ma) * (b[i] - mb);
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
    }
    return aa == 0 || bb == 0 ? Double.NaN : Math.clamp(ab / Math.sqrt(aa * bb), -1, 1);
  }

  /// tau-b: ties on either side are taken out of what could agree.
  static double kendall(double[] a, double[] b) {
    double agree = 0;
    double untiedA = 0;
    double untiedB = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < i; j++) {
        double da = Math.signum(a[i] - a[j]);
        double db = Math.signum(b[i] - b[j]);
        agree += da * db;
        untiedA += da * da;
        untiedB += db * db;
      }
    }
    return untiedA == 0 || untiedB == 0 ? Double.NaN : agree / Math.sqrt(untiedA * untiedB);
  }
}
