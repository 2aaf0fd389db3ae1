package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Calibration;
import dev.sonde.eval.ClassCv;
import dev.sonde.eval.ClassScores;
import dev.sonde.eval.Confusion;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.evidence.Leakage;
import dev.sonde.evidence.Norms;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.Multinomial;
import dev.sonde.probe.RidgeVotes;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Which of several classes a row is of: a score a class, the largest is the answer.
final class ManyClasses implements LabelTask {
  private static final int BINS = 10;

  private final StudySettings settings;
  private final Corpus corpus;
  private final Classes classes;
  private final int k;
  private final int[] labels;
  private final ClassFamily family;
  private final List<ClassFamily> beside;
  private final Folds folds;
  private final Folds scattered;
  private final Permutations permutations;
  private final Evidence evidence;
  private final int[] control;

  ManyClasses(StudySettings settings, Corpus corpus, Classes classes) {
    this.settings = settings;
    this.corpus = corpus;
    this.classes = classes;
    k = classes.names().size();
    labels = classes.toArray();
    family = ClassFamily.named(settings.probe());
    var seed = new Seed(settings.seed());
    folds = Folds.grouped(classes, corpus.groups(), settings.folds(), seed);
    scattered = Folds.random(classes, settings.folds(), seed);
    permutations = Permutations.of(classes, corpus.groups(), folds, settings.permutations(), seed);
    var bootstrap = Bootstrap.byGroup(corpus.groups(), settings.draws(), seed);
    evidence = new Evidence(settings, corpus, classes, folds, permutations, bootstrap);
    beside = Contenders.linear(settings).stream().map(ClassFamily::named).toList();
    control = ControlTask.classes(corpus.groupNames(), classes, seed).toArray();
  }

  @Override
  public String metric() {
    return Origins.ACCURACY;
  }

  @Override
  public double chance() {
    return IntStream.range(0, k).map(classes::count).max().orElseThrow() / (double) labels.length;
  }

  @Override
  public Found at(Matrix x) {
    return Surface.constant(x) ? blank(x) : probed(Basis.of(x, settings.scaling()));
  }

  /// Where every row is the same the commonest class of the training rows is all there is to say.
  private Found blank(Matrix x) {
    var cv = ClassCv.blank(family, x.cols(), classes, folds);
    var nulls = new ArrayList<Double>();
    for (int b = 0; b <= permutations.count(); b++) {
      nulls.add(ofNothing(permutations.classes(b), folds));
    }
    boolean grouped = !corpus.groups().trivial();
    return new Found(
        boxed(cv.scores()),
        inner(cv),
        nulls,
        ofNothing(control, folds),
        grouped ? ofNothing(control, scattered) : Double.NaN,
        grouped ? ofNothing(labels, scattered) : Double.NaN,
        cv.whole(),
        cv.typical(),
        beside.stream()
            .map(f ->
                candidate(ClassCv.blank(f, x.cols(), classes, folds), ofNothing(control, folds)))
            .toList(),
        Optional.empty());
  }

  private Candidate candidate(ClassCv cv, double memory) {
    var inner = IntStream.range(0, folds.count()).mapToDouble(cv::inner).toArray();
    return new Candidate(cv.scores(), inner, cv.typical(), memory, cv.whole());
  }

  private Candidate beside(ClassFamily other, Basis basis) {
    var cv = ClassCv.run(other, basis, classes, folds);
    return candidate(
        cv, ClassCv.fixed(other, basis, List.of(control), k, List.of(folds), cv.typical())[0]);
  }

  private double ofNothing(int[] dealt, Folds split) {
    var as = Classes.of(classes.names(), dealt);
    var scores = ClassCv.blank(family, 1, as, split).scores();
    return ClassScores.accuracy(ClassScores.predicted(scores, k), dealt);
  }

  private Found probed(Basis basis) {
    var cv = ClassCv.run(family, basis, classes, folds);
    double c = cv.typical();
    var votes = RidgeVotes.of(basis, folds.parts(), family.alpha(c, k));
    var correct = votes.correct(permutations::classes, permutations.count() + 1, k);
    boolean grouped = !corpus.groups().trivial();
    var controls =
        ClassCv.fixed(
            family,
            basis,
            grouped ? List.of(control, control, labels) : List.of(control),
            k,
            grouped ? List.of(folds, scattered, scattered) : List.of(folds),
            c);
    return new Found(
        boxed(cv.scores()),
        inner(cv),
        Arrays.stream(correct).mapToObj(r -> (double) r / labels.length).toList(),
        controls[0],
        grouped ? controls[1] : Double.NaN,
        grouped ? controls[2] : Double.NaN,
        cv.whole(),
        c,
        beside.stream().map(f -> beside(f, basis)).toList(),
        settings.asks(Check.NORMS) && settings.scaling() != Basis.Scaling.FEATURES
            ? Optional.of(Norms.of(basis.x(), basis))
            : Optional.empty());
  }

  private List<Double> inner(ClassCv cv) {
    return IntStream.range(0, folds.count()).mapToObj(cv::inner).toList();
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Override
  public double[] scores(Matrix x) {
    return scores(family, x, settings.scaling());
  }

  @Override
  public double[] surface(Matrix x, Basis.Scaling scaling) {
    return scores(new Multinomial(), x, scaling);
  }

  private double[] scores(ClassFamily by, Matrix x, Basis.Scaling scaling) {
    return Surface.constant(x)
        ? ClassCv.blank(by, x.cols(), classes, folds).scores()
        : ClassCv.run(by, Basis.of(x, scaling), classes, folds).scores();
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
    return evidence.auroc(scores, family.probabilities());
  }

  @Override
  public double secondValue(double[] scores) {
    return evidence.aurocOf(scores, family.probabilities());
  }

  @Override
  public Optional<Evidence> evidence() {
    return Optional.of(evidence);
  }

  @Override
  public int[] control() {
    return control.clone();
  }

  @Override
  public Leakage.Inflation inflation(Optional<Basis> basis, Found found) {
    return LabelTask.untested(found, value(found.held()));
  }

  @Override
  public List<Findings.Light> giveaways(Leaks leaks, double shown) {
    return corpus.images().isEmpty()
        ? List.of(
            new Findings.Light(
                "single word",
                Findings.Colour.AMBER,
                "whether one word gives the label away is asked of two classes only; of several there is the bag of words",
                "Set one class against the others (a column of two classes) where it matters."))
        : List.of();
  }

  @Override
  public Further further(double[] scores) {
    var confusion = Confusion.of(labels, ClassScores.predicted(scores, k), k);
    double f1 = ClassScores.macroF1(confusion, k);
    if (!family.probabilities()) {
      return new Further(
          confusion.balancedAccuracy(), confusion.mcc(), Double.NaN, Double.NaN, f1, Double.NaN);
    }
    return new Further(
        confusion.balancedAccuracy(),
        confusion.mcc(),
        ClassScores.brier(ClassScores.probabilities(scores, k), labels, k),
        Calibration.error(bins(scores)),
        f1,
        ClassScores.logLoss(scores, labels, k));
  }

  /// Of the answer's own probability, against how often it is right.
  private List<Calibration.Bin> bins(double[] scores) {
    var sure = ClassScores.confidence(ClassScores.probabilities(scores, k), k);
    var right = new boolean[labels.length];
    var said = ClassScores.predicted(scores, k);
    for (int i = 0; i < right.length; i++) {
      right[i] = said[i] == labels[i];
    }
    return Calibration.equalWidth(sure, right, BINS);
  }

  @Override
  public Rival baseline() {
    var scores = ClassCv.blank(family, 1, classes, folds).scores();
    return new Rival(
        new Findings.Baseline(
            "majority", "the most frequent class of the training rows", main(scores), 0.5),
        scores,
        Optional.empty(),
        true);
  }

  @Override
  public double[] exactNull(Matrix x, Optional<Basis> basis, Found found, int count) {
    if (Surface.constant(x)) {
      return Arrays.copyOf(found.dealt(), count);
    }
    var dealt = IntStream.range(0, count).mapToObj(b -> permutations.classes(b + 1)).toList();
    return count == 0
        ? new double[0]
        : ClassCv.fixed(
            family,
            basis.orElseGet(() -> Basis.of(x, settings.scaling())),
            dealt,
            k,
            java.util.Collections.nCopies(count, folds),
            found.c());
  }

  @Override
  public List<Findings.Held> held(double[] scores, double[] nested) {
    var said = ClassScores.predicted(scores, k);
    var out = new ArrayList<Findings.Held>();
    for (int i = 0; i < labels.length; i++) {
      int row = i;
      double chosen = ClassScores.margin(nested, i, k, labels[i]);
      out.add(
          new Findings.Held(
              i,
              corpus.texts().get(i),
              classes.names().get(labels[i]),
              corpus.columns().group().isEmpty() ? "" : corpus.groupNames().get(i),
              folds.at(i),
              ClassScores.margin(scores, i, k, labels[i]),
              family.probabilities()
                  ? Math.exp(ClassScores.logProbability(scores, i, k, labels[i]))
                  : Double.NaN,
              said[i] == labels[i],
              classes.names().get(said[i]),
              chosen,
              ClassScores.predicted(Arrays.copyOfRange(nested, i * k, (i + 1) * k), k)[0]
                  == labels[i],
              IntStream.range(0, k).mapToObj(q -> scores[row * k + q]).toList()));
    }
    return out;
  }

  @Override
  public List<Findings.Bin> calibration(double[] scores) {
    return family.probabilities()
        ? bins(scores).stream()
            .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
            .toList()
        : List.of();
  }

  @Override
  public Optional<Findings.ByClass> byClass(double[] scores) {
    var ranked = family.probabilities() ? ClassScores.probabilities(scores, k) : scores;
    return Optional.of(
        ByClass.of(
            classes, ClassScores.predicted(scores, k), q -> ClassScores.column(ranked, k, q)));
  }

  @Override
  public double[] bits(double[] scores) {
    var found =
        new Groundwork(evidence, Fits.of(evidence)).information(scores, family.probabilities());
    return new double[] {found.bits(), found.error()};
  }

  @Override
  public String scheme() {
    return permutations.scheme();
  }

  @Override
  public Folds folds() {
    return folds;
  }
}
