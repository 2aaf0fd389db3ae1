package dev.sonde.study;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.evidence.Leakage;
import dev.sonde.evidence.Norms;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.HeldOut;
import dev.sonde.probe.Linear;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Everything that one site is asked, in one basis of its rows.
final class SiteProbe {
  private final ProbeFamily family;
  private final Basis.Scaling scaling;
  private final boolean[] positive;
  private final Groups groups;
  private final Folds folds;
  private final Folds scattered;
  private final boolean[] control;
  private final List<ProbeFamily> beside;
  private final boolean norms;
  private final Permutations permutations;

  SiteProbe(ProbeFamily family, Evidence evidence, Folds scattered) {
    this.family = family;
    this.scaling = evidence.settings().scaling();
    this.positive = evidence.labels().toArray();
    this.groups = evidence.corpus().groups();
    this.folds = evidence.folds();
    this.scattered = scattered;
    this.permutations = evidence.permutations();
    beside =
        evidence.settings().beside().stream()
            .filter(name -> !name.equals(Contenders.NONLINEAR))
            .map(ProbeFamily::named)
            .toList();
    norms = evidence.settings().asks(Check.NORMS) && scaling != Basis.Scaling.FEATURES;
    double share = 0;
    for (boolean p : positive) {
      share += p ? 1.0 / positive.length : 0;
    }
    control = ControlTask.labels(groups, share, new Seed(evidence.settings().seed()));
  }

  /// What came out at a site. `correct` counts the held-out rows that the closed form gets right
  /// under every labelling; `scattered` is the accuracy when groups are torn apart; `control` and
  /// `memorised` are those of the control task held out by group and torn apart; `beside` are the
  /// other probes asked for; `norms` are empty where they were left out or rows are the same.
  record Found(
      NestedCv cv,
      List<Integer> correct,
      double control,
      double memorised,
      double scattered,
      Linear whole,
      List<Candidate> beside,
      Optional<Norms> norms) {}

  /// The labels of the control task.
  boolean[] control() {
    return control.clone();
  }

  Found run(Matrix x) {
    return Surface.constant(x) ? blank(x) : probed(x);
  }

  /// Where every row is the same no labelling can be read.
  private Found blank(Matrix x) {
    var cv = NestedCv.blank(family, x.cols(), positive, folds);
    var correct = new ArrayList<Integer>();
    for (int b = 0; b <= permutations.count(); b++) {
      correct.add((int) Math.round(positive.length * accuracyOfNothing(permutations.labels(b))));
    }
    double chance = accuracyOfNothing(control);
    return new Found(
        cv,
        correct,
        chance,
        chance,
        accuracyOfNothing(positive),
        cv.whole(),
        beside.stream()
            .map(f -> Candidate.of(NestedCv.blank(f, x.cols(), positive, folds), chance))
            .toList(),
        Optional.empty());
  }

  private static double accuracyOfNothing(boolean[] labels) {
    return Scores.accuracy(new double[labels.length], labels);
  }

  private Found probed(Matrix x) {
    var basis = Basis.of(x, scaling);
    var cv = NestedCv.run(family, basis, positive, folds);
    double c = cv.typical();
    var labellings = new ArrayList<boolean[]>();
    var splits = new ArrayList<Folds>();
    if (!groups.trivial()) {
      labellings.addAll(List.of(positive, control));
      splits.addAll(List.of(scattered, scattered));
    }
    labellings.add(control);
    splits.add(folds);
    boolean possible = mixed(control, splits);
    var controls =
        possible
            ? NestedCv.fixed(family, basis, labellings, splits, c)
            : new double[] {Double.NaN, Double.NaN, Double.NaN};
    var correct =
        HeldOut.of(basis, folds.parts())
            .correct(permutations::values, permutations.count() + 1, alpha(c));
    boolean grouped = !groups.trivial();
    return new Found(
        cv,
        Arrays.stream(correct).boxed().toList(),
        controls[grouped ? 2 : 0],
        grouped ? controls[1] : Double.NaN,
        grouped ? controls[0] : Double.NaN,
        cv.whole(),
        beside.stream().map(f -> beside(f, basis, possible)).toList(),
        norms ? Optional.of(Norms.of(x, basis)) : Optional.empty());
  }

  private Candidate beside(ProbeFamily other, Basis basis, boolean possible) {
    var cv = NestedCv.run(other, basis, positive, folds);
    double memory =
        possible
            ? NestedCv.fixed(other, basis, List.of(control), List.of(folds), cv.typical())[0]
            : Double.NaN;
    return Candidate.of(cv, memory);
  }

  /// The accuracy alone: what the same network with untrained weights allows.
  NestedCv twin(Matrix x) {
    return Surface.constant(x)
        ? NestedCv.blank(family, x.cols(), positive, folds)
        : NestedCv.run(family, Basis.of(x, scaling), positive, folds);
  }

  /// The exact probe under the first dealt labellings: accuracies to hold the closed form against.
  double[] exactNull(Basis basis, double c, int count) {
    var labellings = new ArrayList<boolean[]>();
    var splits = new ArrayList<Folds>();
    for (int b = 1; b <= Math.min(count, permutations.count()); b++) {
      labellings.add(permutations.labels(b));
      splits.add(folds);
    }
    return labellings.isEmpty()
        ? new double[0]
        : NestedCv.fixed(family, basis, labellings, splits, c);
  }

  /// The same where every row is the same.
  double[] exactNull(int count) {
    var out = new double[Math.min(count, permutations.count())];
    Arrays.setAll(out, b -> accuracyOfNothing(permutations.labels(b + 1)));
    return out;
  }

  /// What a split by rows is worth at a site against one by whole groups.
  Leakage.Inflation inflation(Basis basis, double c, double[] scores) {
    return Leakage.inflation(
        right(NestedCv.scores(family, basis, positive, scattered, c)), right(scores));
  }

  private boolean[] right(double[] scores) {
    var out = new boolean[scores.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (scores[i] > 0) == positive[i];
    }
    return out;
  }

  /// Ridge with the penalty at which it is the logistic probe's own first Newton step from zero,
  /// where every p(1-p) is 1/4.
  static double alpha(double c) {
    return 4 / c;
  }

  /// Whether every training side holds both classes of a labelling.
  private static boolean mixed(boolean[] labels, List<Folds> splits) {
    for (var split : splits) {
      for (int k = 0; k < split.count(); k++) {
        var train = split.without(k);
        boolean ones = false;
        boolean zeros = false;
        for (int i = 0; i < labels.length; i++) {
          ones |= train[i] && labels[i];
          zeros |= train[i] && !labels[i];
        }
        if (!ones || !zeros) {
          return false;
        }
      }
    }
    return true;
  }
}
