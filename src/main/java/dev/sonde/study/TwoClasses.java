package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Calibration;
import dev.sonde.eval.ClassScores;
import dev.sonde.eval.Confusion;
import dev.sonde.eval.Folds;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.evidence.Leakage;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Which of two classes a row of given activations is of.
final class TwoClasses implements LabelTask {
  private static final int BINS = 10;

  private final Corpus corpus;
  private final Classes classes;
  private final boolean logOdds;
  private final Evidence evidence;
  private final SiteProbe probe;

  TwoClasses(StudySettings settings, Corpus corpus, Classes classes) {
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
  public double chance() {
    return 0.5;
  }

  @Override
  public double[] scores(Matrix x) {
    return probe.twin(x).scores();
  }

  @Override
  public double[] surface(Matrix x, Basis.Scaling scaling) {
    return Surface.constant(x)
        ? new double[x.rows()]
        : NestedCv.run(
                new Logistic(), Basis.of(x, scaling), evidence.labels().toArray(), evidence.folds())
            .scores();
  }

  @Override
  public Found at(Matrix x) {
    var found = probe.run(x);
    double rows = corpus.size();
    return new Found(
        Arrays.stream(found.cv().scores()).boxed().toList(),
        IntStream.range(0, evidence.folds().count()).mapToObj(found.cv()::inner).toList(),
        found.correct().stream().map(c -> c / rows).toList(),
        found.control(),
        found.memorised(),
        found.scattered(),
        found.whole(),
        found.cv().typical(),
        found.beside(),
        found.norms());
  }

  @Override
  public Findings.Estimate main(double[] scores) {
    return evidence.accuracy(scores);
  }

  @Override
  public double value(double[] scores) {
    return Evidence.share(evidence.right(scores));
  }

  @Override
  public Findings.Estimate second(double[] scores) {
    return evidence.auroc(scores);
  }

  @Override
  public double secondValue(double[] scores) {
    return evidence.aurocOf(scores, logOdds);
  }

  @Override
  public Further further(double[] scores) {
    var positive = evidence.labels().toArray();
    var p = Arrays.stream(scores).map(Scores::probability).toArray();
    return new Further(
        Scores.balancedAccuracy(scores, positive),
        Scores.mcc(scores, positive),
        logOdds ? Scores.brier(p, positive) : Double.NaN,
        logOdds ? Calibration.error(Calibration.equalWidth(p, positive, BINS)) : Double.NaN,
        ClassScores.macroF1(Confusion.of(scores, positive, 0), 2),
        logOdds ? Scores.logLoss(scores, positive) : Double.NaN);
  }

  @Override
  public Rival baseline() {
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
    return new Rival(
        new Findings.Baseline(
            "majority", "the more frequent class of the training rows", main(scores), 0.5),
        scores,
        Optional.empty(),
        false);
  }

  @Override
  public double[] exactNull(Matrix x, Optional<Basis> basis, Found found, int count) {
    return Surface.constant(x)
        ? probe.exactNull(count)
        : probe.exactNull(
            basis.orElseGet(() -> Basis.of(x, evidence.settings().scaling())), found.c(), count);
  }

  @Override
  public List<Findings.Held> held(double[] scores, double[] nested) {
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
              (scores[i] > 0) == evidence.labels().at(i),
              classes.names().get(scores[i] > 0 ? 1 : 0),
              nested[i],
              (nested[i] > 0) == evidence.labels().at(i),
              List.of()));
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
  public Optional<Findings.ByClass> byClass(double[] scores) {
    return Optional.of(
        ByClass.of(
            classes,
            evidence.predicted(scores),
            k -> k == 1 ? scores : Arrays.stream(scores).map(s -> -s).toArray()));
  }

  @Override
  public double[] bits(double[] scores) {
    var found = new Groundwork(evidence, Fits.of(evidence)).information(scores, logOdds);
    return new double[] {found.bits(), found.error()};
  }

  @Override
  public String scheme() {
    return evidence.permutations().scheme();
  }

  @Override
  public Folds folds() {
    return evidence.folds();
  }

  @Override
  public Optional<Evidence> evidence() {
    return Optional.of(evidence);
  }

  @Override
  public int[] control() {
    return new Evidence.Labels(probe.control()).classes();
  }

  @Override
  public Leakage.Inflation inflation(Optional<Basis> basis, Found found) {
    return basis.isEmpty() || corpus.groups().trivial()
        ? new Leakage.Inflation(Double.NaN, Double.NaN, 1)
        : probe.inflation(basis.get(), found.c(), found.held());
  }

  @Override
  public List<Findings.Light> giveaways(Leaks leaks, double shown) {
    return leaks.giveaways(evidence.labels().toArray(), shown);
  }
}
