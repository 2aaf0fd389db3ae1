package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Training of truth and polarity directions (Bürger, Hamprecht & Nadler 2024): a truth probe that
/// holds for affirmed and for negated statements.
///
/// Model: `a = mean of its data set + tau t_G + tau p t_P`, tau = ±1 the truth, p = ±1 the
/// polarity. `[t_G; t_P] = (D^T D)^-1 D^T A` with `D = [tau, tau p]` on rows centred by data set.
/// The classifier is logistic regression on two numbers a row: along t_G, and along the direction
/// that tells the polarity. Both regressions are penalised (polarity is separable, unpenalised it
/// has no optimum); rows are not centred by data set there, since a new row has none.
///
/// Side columns: `polarity` (two names; the second is p = +1) and `dataset`.
public final class Ttpd {
  private Ttpd() {}

  /// `general` is t_G, `polar` t_P, in the space of the raw rows; `polarity` reads p; `probe` is
  /// the classifier, linear in the row.
  public static final class Fit {
    private final Linear probe;
    private final double[] general;
    private final double[] polar;
    private final Linear polarity;

    private Fit(Linear probe, double[] general, double[] polar, Linear polarity) {
      this.probe = probe;
      this.general = general;
      this.polar = polar;
      this.polarity = polarity;
    }

    public Linear probe() {
      return probe;
    }

    public double[] general() {
      return general.clone();
    }

    public double[] polar() {
      return polar.clone();
    }

    public Linear polarity() {
      return polarity;
    }
  }

  /// `c` is that of the polarity's logistic regression, in units of rows of common variance.
  public static Fit fit(Samples samples, double c) {
    var tau = signs(truth(samples));
    var polarity = samples.side("polarity");
    if (polarity.names().size() != 2 || polarity.count(0) == 0 || polarity.count(1) == 0) {
      throw new BadInput(
          "TTPD learns from affirmed and negated statements; the column 'polarity' has %s"
              .formatted(polarity.names()));
    }
    var p = signs(polarity);
    var two = directions(samples.x(), tau, p, samples.side("dataset"));
    var reader =
        new Logistic()
            .fit(new Samples(samples.x(), polarity, samples.groups()), Basis.Scaling.COMMON, c);
    var axis = Small.unit(reader.direction());
    return new Fit(combined(samples.x(), tau, two[0], axis), two[0], two[1], reader);
  }

  private static Classes truth(Samples samples) {
    if (!(samples.y() instanceof Classes y) || y.names().size() != 2) {
      throw new BadInput("TTPD tells true from false; give it labels of two classes");
    }
    return y;
  }

  private static double[] signs(Classes classes) {
    return IntStream.range(0, classes.size()).mapToDouble(i -> 2 * classes.at(i) - 1).toArray();
  }

  /// t_G and t_P.
  private static double[][] directions(Matrix x, double[] tau, double[] p, Classes sets) {
    int n = x.rows();
    int d = x.cols();
    var means = new double[sets.names().size()][];
    for (int s = 0; s < means.length; s++) {
      int set = s;
      var rows = IntStream.range(0, n).filter(i -> sets.at(i) == set).toArray();
      means[s] = Small.mean(x, rows);
    }
    double cross = 0;
    var right = new double[2][d];
    for (int i = 0; i < n; i++) {
      cross += p[i];
      for (int j = 0; j < d; j++) {
        double a = x.at(i, j) - means[sets.at(i)][j];
        right[0][j] += tau[i] * a;
        right[1][j] += tau[i] * p[i] * a;
      }
    }
    double determinant = (double) n * n - cross * cross;
    var out = new double[2][d];
    for (int j = 0; j < d; j++) {
      out[0][j] = (n * right[0][j] - cross * right[1][j]) / determinant;
      out[1][j] = (n * right[1][j] - cross * right[0][j]) / determinant;
    }
    return out;
  }

  /// Logistic regression on the two numbers, each to unit variance, turned back into one direction.
  private static Linear combined(Matrix x, double[] tau, double[] general, double[] axis) {
    int n = x.rows();
    var features =
        new double[][] {
          Linear.of(general, 0).scores(x), Linear.of(axis, 0).scores(x),
        };
    double[] mean = new double[2];
    double[] size = new double[2];
    for (int f = 0; f < 2; f++) {
      int at = f;
      mean[f] = Arrays.stream(features[f]).average().orElseThrow();
      double variance =
          Arrays.stream(features[f]).map(v -> Math.pow(v - mean[at], 2)).average().orElseThrow();
      size[f] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    var rows = new double[n][];
    Arrays.setAll(
        rows,
        i ->
            new double[] {
              (features[0][i] - mean[0]) / size[0], (features[1][i] - mean[1]) / size[1]
            });
    var target = Arrays.stream(tau).map(t -> (t + 1) / 2).toArray();
    var weight = new double[n];
    Arrays.fill(weight, 1);
    var beta = SmallLogistic.fit(rows, target, weight, 1);
    var w = Small.plus(Small.scaled(general, beta[0] / size[0]), beta[1] / size[1], axis);
    return Linear.of(w, beta[2] - beta[0] * mean[0] / size[0] - beta[1] * mean[1] / size[1]);
  }
}
