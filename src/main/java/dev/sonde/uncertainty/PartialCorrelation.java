package dev.sonde.uncertainty;

import dev.sonde.data.Groups;
import dev.sonde.eval.Distributions;
import dev.sonde.eval.Interval;
import dev.sonde.eval.Ranks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What two figures of the same tasks have in common beyond what others explain: the correlation of
/// what is left of each after a regression on task difficulty, number of classes, training rows,
/// text length.
///
/// `r` is NaN where the controls explain a side wholly. `df` is what is left of the number of
/// tasks: `n - 2 - controls`; the interval is Fisher's with `1/(df - 1)`.
public record PartialCorrelation(double r, Interval interval, double p, int df) {

  /// Pearson's, `controls[k]` being a figure of each task.
  public static PartialCorrelation pearson(double[] x, double[] y, List<double[]> controls) {
    return of(x, y, controls);
  }

  /// The same of ranks.
  public static PartialCorrelation spearman(double[] x, double[] y, List<double[]> controls) {
    return of(Ranks.of(x), Ranks.of(y), controls.stream().map(Ranks::of).toList());
  }

  /// Tasks that several models were given: only what varies within a model counts (a level of its
  /// own for each model), so that tasks are not counted once a model as if they were new ones.
  public static PartialCorrelation withinModels(
      double[] x, double[] y, Groups models, List<double[]> controls) {
    var all = new ArrayList<>(controls);
    for (int m = 1; m < models.count(); m++) {
      var is = new double[x.length];
      for (int i = 0; i < is.length; i++) {
        is[i] = models.at(i) == m ? 1 : 0;
      }
      all.add(is);
    }
    return of(x, y, all);
  }

  private static PartialCorrelation of(double[] x, double[] y, List<double[]> controls) {
    int df = x.length - 2 - controls.size();
    if (df < 2) {
      throw new IllegalArgumentException(
          "%d tasks are too few for a correlation beside %d controls"
              .formatted(x.length, controls.size()));
    }
    var basis = basis(controls);
    double r =
        explained(x, basis) || explained(y, basis)
            ? Double.NaN
            : Correlation.pearson(rest(x, basis), rest(y, basis));
    double t = r * Math.sqrt(df / Math.max(1e-300, 1 - r * r));
    return new PartialCorrelation(
        r,
        Correlation.fisher(r, 1.0 / (df - 1), .95),
        Double.isNaN(r) ? Double.NaN : Distributions.studentTwoSided(t, df),
        df);
  }

  /// Orthonormal columns that span the centred controls.
  private static List<double[]> basis(List<double[]> controls) {
    var out = new ArrayList<double[]>();
    for (var control : controls) {
      var centred = centred(control);
      double before = Arrays.stream(centred).map(v -> v * v).sum();
      var own = rest(control, out);
      double size = Arrays.stream(own).map(v -> v * v).sum();
      if (size > 1e-12 * before) {
        out.add(Arrays.stream(own).map(v -> v / Math.sqrt(size)).toArray());
      }
    }
    return out;
  }

  /// True if the controls leave nothing but rounding.
  private static boolean explained(double[] values, List<double[]> basis) {
    double before = Arrays.stream(centred(values)).map(v -> v * v).sum();
    double after = Arrays.stream(rest(values, basis)).map(v -> v * v).sum();
    return after <= 1e-12 * before;
  }

  private static double[] rest(double[] values, List<double[]> basis) {
    var out = centred(values);
    for (var b : basis) {
      double by = 0;
      for (int i = 0; i < out.length; i++) {
        by += out[i] * b[i];
      }
      for (int i = 0; i < out.length; i++) {
        out[i] -= by * b[i];
      }
    }
    return out;
  }

  private static double[] centred(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(v -> v - mean).toArray();
  }
}
