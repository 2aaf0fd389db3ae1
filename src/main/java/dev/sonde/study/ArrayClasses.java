package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Calibration;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Which of two classes a row of given activations is of.
final class ArrayClasses implements ArrayTask {
  private static final int BINS = 10;

  private final Corpus corpus;
  private final Classes classes;
  private final boolean logOdds;
  private final Evidence evidence;
  private final SiteProbe probe;

  ArrayClasses(StudySettings settings, Corpus corpus, Classes classes) {
    this.corpus = corpus;
    this.classes = classes;
    var family = ProbeFamily.named(settings.probe());
    logOdds = family.logOdds();
    var seed = new Seed(settings.seed());
    var folds = Folds.grouped(classes, corpus.groups(), settings.folds(), seed);
    var positive = ProbeFamily.positives(classes);
    evidence =
        new Evidence(
            settings,
            corpus,
            positive,
            folds,
            Permutations.of(positive, corpus.groups(), folds, settings.permutations(), seed),
            Bootstrap.byGroup(corpus.groups(), settings.draws(), seed));
    probe = new SiteProbe(family, evidence, Folds.random(classes, settings.folds(), seed));
  }

  @Override
  public String metric() {
    return Origins.ACCURACY;
  }

  @Override
  public LayerFound at(Matrix x) {
    var found = probe.run(x);
    double rows = corpus.size();
    return new LayerFound(
        Arrays.stream(found.cv().scores()).boxed().toList(),
        IntStream.range(0, evidence.folds().count()).mapToObj(found.cv()::inner).toList(),
        found.correct().stream().map(c -> c / rows).toList(),
        found.control(),
        found.memorised(),
        found.scattered(),
        found.whole(),
        found.cv().typical());
  }

  @Override
  public Findings.Estimate main(double[] scores) {
    return evidence.accuracy(scores);
  }

  @Override
  public Findings.Estimate second(double[] scores) {
    return evidence.auroc(scores);
  }

  @Override
  public double[] further(double[] scores) {
    var positive = evidence.labels().toArray();
    var p = Arrays.stream(scores).map(Scores::probability).toArray();
    return new double[] {
      Scores.balancedAccuracy(scores, positive),
      Scores.mcc(scores, positive),
      logOdds ? Scores.brier(p, positive) : Double.NaN,
      logOdds ? Calibration.error(Calibration.equalWidth(p, positive, BINS)) : Double.NaN
    };
  }

  @Override
  public Findings.Baseline baseline() {
    var scores = new double[corpus.size()];
    for (int k = 0; k < evidence.folds().count(); k++) {
      var train = evidence.folds().without(k);
      int balance = 0;
      for (int i = 0; i < train.length; i++) {
        balance += !train[i] ? 0 : evidence.labels().at(i) ? 1 : -1;
      }
      for (int i : evidence.folds().rows(k)) {
        scores[i] = balance;
      }
    }
    return new Findings.Baseline(
        "majority", "the commoner class of the training rows", main(scores), 0.5);
  }

  @Override
  public double[] exactNull(Matrix x, LayerFound found, int count) {
    return Surface.constant(x)
        ? probe.exactNull(count)
        : probe.exactNull(Basis.of(x, evidence.settings().scaling()), found.c(), count);
  }

  @Override
  public List<Findings.Held> held(double[] scores) {
    var out = new ArrayList<Findings.Held>();
    for (int i = 0; i < scores.length; i++) {
      out.add(
          new Findings.Held(
              i,
              corpus.texts().get(i),
              classes.names().get(classes.at(i)),
              corpus.columns().group().isEmpty() ? "" : corpus.groupNames().get(i),
              evidence.folds().at(i),
              scores[i],
              logOdds ? Scores.probability(scores[i]) : Double.NaN,
              (scores[i] > 0) == evidence.labels().at(i)));
    }
    return out;
  }

  @Override
  public List<Findings.Bin> calibration(double[] scores) {
    if (!logOdds) {
      return List.of();
    }
    var p = Arrays.stream(scores).map(Scores::probability).toArray();
    return Calibration.equalWidth(p, evidence.labels().toArray(), BINS).stream()
        .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
        .toList();
  }

  @Override
  public String scheme() {
    return evidence.permutations().scheme();
  }

  @Override
  public int fold(int row) {
    return evidence.folds().at(row);
  }
}
