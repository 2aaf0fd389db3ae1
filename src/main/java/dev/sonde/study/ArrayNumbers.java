package dev.sonde.study;

import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What number belongs to a row of given activations: ridge, measured by R2.
final class ArrayNumbers implements ArrayTask {
  private final Corpus corpus;
  private final double[] y;
  private final Folds folds;
  private final Permutations permutations;
  private final Bootstrap bootstrap;
  private final NumberProbe probe;

  ArrayNumbers(StudySettings settings, Corpus corpus, Numbers numbers) {
    this.corpus = corpus;
    y = numbers.toArray();
    var seed = new Seed(settings.seed());
    var groups = corpus.groups();
    folds = Folds.grouped(numbers, groups, settings.folds(), seed);
    permutations = Permutations.of(y, groups, folds, settings.permutations(), seed);
    bootstrap = Bootstrap.byGroup(groups, settings.draws(), seed);
    probe =
        new NumberProbe(
            y,
            folds,
            permutations,
            settings.scaling(),
            ControlTask.numbers(groups, y, seed),
            groups.trivial() ? folds : Folds.random(numbers, settings.folds(), seed));
  }

  @Override
  public String metric() {
    return Origins.R2;
  }

  @Override
  public LayerFound at(Matrix x) {
    var found = probe.run(x);
    return new LayerFound(
        Arrays.stream(found.cv().predicted()).boxed().toList(),
        Arrays.stream(found.cv().inner()).mapToObj(e -> -e).toList(),
        Arrays.stream(found.nulls()).boxed().toList(),
        found.control(),
        found.memorised(),
        found.scattered(),
        found.whole(),
        found.cv().typical());
  }

  @Override
  public Findings.Estimate main(double[] predicted) {
    var error = Regression.squares(y, predicted);
    var total = Regression.squares(y, Regression.baseline(y, folds));
    var interval = bootstrap.interval(w -> 1 - dot(w, error) / dot(w, total), 0.95);
    return new Findings.Estimate(Regression.r2(y, predicted, folds), interval[0], interval[1]);
  }

  @Override
  public Findings.Estimate second(double[] predicted) {
    return new Findings.Estimate(Regression.spearman(predicted, y), Double.NaN, Double.NaN);
  }

  @Override
  public double[] further(double[] predicted) {
    return new double[] {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
  }

  @Override
  public Findings.Baseline baseline() {
    return new Findings.Baseline(
        "mean", "the mean of the training rows", main(Regression.baseline(y, folds)), Double.NaN);
  }

  /// The closed form is the exact solution.
  @Override
  public double[] exactNull(Matrix x, LayerFound found, int count) {
    return Arrays.copyOf(found.dealt(), count);
  }

  @Override
  public List<Findings.Held> held(double[] predicted) {
    double mean = Arrays.stream(y).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    var out = new ArrayList<Findings.Held>();
    for (int i = 0; i < y.length; i++) {
      out.add(
          new Findings.Held(
              i,
              corpus.texts().get(i),
              Double.toString(y[i]),
              corpus.columns().group().isEmpty() ? "" : corpus.groupNames().get(i),
              folds.at(i),
              predicted[i],
              Double.NaN,
              Math.abs(predicted[i] - y[i]) < spread));
    }
    return out;
  }

  @Override
  public List<Findings.Bin> calibration(double[] predicted) {
    return List.of();
  }

  @Override
  public String scheme() {
    return permutations.scheme();
  }

  @Override
  public int fold(int row) {
    return folds.at(row);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
