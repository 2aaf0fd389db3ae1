package dev.sonde.study;

import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.evidence.Leakage;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What number belongs to a row: ridge, measured by R2 on held-out groups. What only classes have
/// is NaN.
final class NumberTask implements LabelTask {
  private final Corpus corpus;
  private final double[] y;
  private final Folds folds;
  private final Permutations permutations;
  private final Bootstrap bootstrap;
  private final NumberProbe probe;

  static final String PROBE = "ridge";

  NumberTask(StudySettings settings, Corpus corpus, Numbers numbers) {
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
  public double chance() {
    return 0;
  }

  /// For ridge the closed form is the exact solution.
  @Override
  public boolean closed() {
    return true;
  }

  @Override
  public double[] scores(Matrix x) {
    return probe.cv(x).predicted();
  }

  @Override
  public double[] surface(Matrix x, Basis.Scaling scaling) {
    return probe.cv(x, scaling).predicted();
  }

  @Override
  public Found at(Matrix x) {
    var found = probe.run(x);
    return new Found(
        Arrays.stream(found.cv().predicted()).boxed().toList(),
        Arrays.stream(found.cv().inner()).mapToObj(e -> -e).toList(),
        Arrays.stream(found.nulls()).boxed().toList(),
        found.control(),
        found.memorised(),
        found.scattered(),
        found.whole(),
        found.cv().typical(),
        List.of(),
        Optional.empty());
  }

  @Override
  public Findings.Estimate main(double[] predicted) {
    var error = Regression.squares(y, predicted);
    var total = Regression.squares(y, Regression.baseline(y, folds));
    var interval = bootstrap.interval(w -> 1 - dot(w, error) / dot(w, total), 0.95);
    return new Findings.Estimate(value(predicted), interval[0], interval[1]);
  }

  @Override
  public double value(double[] predicted) {
    return Regression.r2(y, predicted, folds);
  }

  @Override
  public Findings.Estimate second(double[] predicted) {
    return new Findings.Estimate(secondValue(predicted), Double.NaN, Double.NaN);
  }

  @Override
  public double secondValue(double[] predicted) {
    return Regression.spearman(predicted, y);
  }

  @Override
  public Further further(double[] predicted) {
    return Further.NONE;
  }

  @Override
  public Rival baseline() {
    var mean = Regression.baseline(y, folds);
    return new Rival(
        new Findings.Baseline("mean", "the mean of the training rows", main(mean), Double.NaN),
        mean,
        Optional.empty(),
        false);
  }

  @Override
  public double[] exactNull(Matrix x, Optional<Basis> basis, Found found, int count) {
    return Arrays.copyOf(found.dealt(), count);
  }

  /// A row counts as right if it is off by less than one standard deviation of the labels.
  @Override
  public List<Findings.Held> held(double[] predicted, double[] nested) {
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
              Math.abs(predicted[i] - y[i]) < spread,
              "",
              nested[i],
              Math.abs(nested[i] - y[i]) < spread,
              List.of()));
    }
    return out;
  }

  @Override
  public List<Findings.Bin> calibration(double[] predicted) {
    return List.of();
  }

  @Override
  public Optional<Findings.ByClass> byClass(double[] predicted) {
    return Optional.empty();
  }

  @Override
  public double[] bits(double[] predicted) {
    return new double[] {Double.NaN, Double.NaN};
  }

  @Override
  public String scheme() {
    return permutations.scheme();
  }

  @Override
  public Folds folds() {
    return folds;
  }

  @Override
  public Optional<Evidence> evidence() {
    return Optional.empty();
  }

  @Override
  public int[] control() {
    return new int[0];
  }

  @Override
  public Leakage.Inflation inflation(Optional<Basis> basis, Found found) {
    return LabelTask.untested(found, value(found.held()));
  }

  @Override
  public List<Findings.Light> giveaways(Leaks leaks, double shown) {
    return List.of();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
