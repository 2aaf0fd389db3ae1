package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Folds;
import dev.sonde.evidence.Leakage;
import dev.sonde.evidence.Norms;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Fitted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a kind of label asks of the rows of one place: [TwoClasses], [ManyClasses] or numbers
/// ([NumberTask]). [Study] walks the sites of a network through it, [ArrayStudy] the layers of
/// given activations, and [Inquiry] makes findings of what came out.
///
/// Scores are of held-out rows, row-major: one a row, or one a row and class.
interface LabelTask {
  /// @throws BadInput if these probes do not go with these labels, or not with each other
  static LabelTask of(StudySettings settings, Corpus corpus) {
    refuseMixed(settings);
    boolean ridge = settings.probe().equals(NumberTask.PROBE);
    if (corpus.target() instanceof Numbers numbers) {
      if (!ridge) {
        throw new BadInput(
            "column %s was read as numbers; the probe for numbers is ridge, not %s"
                .formatted(corpus.columns().label(), settings.probe()));
      }
      return new NumberTask(settings, corpus, numbers);
    }
    if (ridge) {
      throw new BadInput(
          "the ridge probe predicts numbers, but column %s was read as classes"
              .formatted(corpus.columns().label()));
    }
    var classes = (Classes) corpus.target();
    return classes.names().size() > 2
        ? new ManyClasses(settings, corpus, classes)
        : new TwoClasses(settings, corpus, classes);
  }

  private static void refuseMixed(StudySettings settings) {
    var all = new ArrayList<>(List.of(settings.probe()));
    all.addAll(settings.beside());
    if (all.size() > 1 && all.contains(NumberTask.PROBE)) {
      throw new BadInput(
          "ridge predicts numbers and is compared with no other probe; for classes there is ridge-classifier");
    }
    if (settings.probe().equals(Contenders.NONLINEAR)) {
      throw new BadInput(
          "mlp is no linear probe: it is shown beside one, so name that first, as in --probe logistic,mlp");
    }
  }

  /// `accuracy` or `R2`: what [#main] measures.
  String metric();

  /// What [#main] is where nothing is known: the share of the commonest class; 0 for R2.
  double chance();

  Found at(Matrix x);

  /// Held-out scores alone: what the untrained twin and token embeddings are asked for.
  double[] scores(Matrix x);

  /// The same by logistic regression (or ridge), in units of its own: for what texts show without a
  /// network.
  double[] surface(Matrix x, Basis.Scaling scaling);

  /// The measure that places are compared by.
  Findings.Estimate main(double[] scores);

  /// [#main] without its interval.
  double value(double[] scores);

  /// AUROC (the mean over classes of each against the rest), or the rank correlation.
  Findings.Estimate second(double[] scores);

  /// [#second] without its interval.
  double secondValue(double[] scores);

  Further further(double[] scores);

  /// What no activations give.
  Rival baseline();

  /// Whether the closed form behind the dealt labels is the probe itself.
  default boolean closed() {
    return false;
  }

  /// The exact solver under the first dealt labellings, beside the closed form. `basis` is that of
  /// the rows where there is one already.
  double[] exactNull(Matrix x, Optional<Basis> basis, Found found, int count);

  /// `nested` are scores with the place chosen on inner folds.
  List<Findings.Held> held(double[] scores, double[] nested);

  List<Findings.Bin> calibration(double[] scores);

  /// Who was taken for whom; empty for numbers.
  Optional<Findings.ByClass> byClass(double[] scores);

  /// Usable bits a row and their standard error over groups; NaN where scores mean no probability.
  double[] bits(double[] scores);

  String scheme();

  Folds folds();

  /// What all places of classes are held against; empty for numbers.
  Optional<Evidence> evidence();

  /// The classes of the control task; of numbers none.
  int[] control();

  /// What a split by rows is worth at a place against one by whole groups; `basis` is that of its
  /// rows, empty where all of them are the same.
  Leakage.Inflation inflation(Optional<Basis> basis, Found found);

  /// What single words and lengths of texts give away; `shown`: the measure at the best place.
  List<Findings.Light> giveaways(Leaks leaks, double shown);

  /// A gain of a measure that has no exact test: two points are taken for no accident.
  static Leakage.Inflation untested(Found found, double shown) {
    return new Leakage.Inflation(found.scattered(), shown, 0);
  }

  /// What only classes have; NaN where it means nothing.
  record Further(
      double balancedAccuracy,
      double mcc,
      double brier,
      double ece,
      double macroF1,
      double logLoss) {
    static final Further NONE =
        new Further(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  /// What a place says. `inner[k]` is what the inner folds of outer fold k make of it, larger being
  /// better; `nulls[0]` is the measure in closed form under the true labels, the others under dealt
  /// ones; `control`, `memorised` and `scattered` as in [SiteProbe.Found]; `beside` are the other
  /// probes asked for, `norms` those of the rows where they were asked for.
  record Found(
      List<Double> scores,
      List<Double> inner,
      List<Double> nulls,
      double control,
      double memorised,
      double scattered,
      Fitted whole,
      double c,
      List<Candidate> beside,
      Optional<Norms> norms) {
    double[] held() {
      return scores.stream().mapToDouble(s -> s).toArray();
    }

    /// The measure under dealt labels.
    double[] dealt() {
      return nulls.stream().skip(1).mapToDouble(s -> s).toArray();
    }
  }
}
