package dev.sonde.study;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Ridge;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Everything that one site is asked, in one basis of its rows.
final class SiteProbe {
  private final ProbeFamily family;
  private final Basis.Scaling scaling;
  private final boolean[] positive;
  private final Groups groups;
  private final Folds folds;
  private final Folds scattered;
  private final boolean[] control;
  private final Permutations permutations;

  SiteProbe(ProbeFamily family, Evidence evidence, Folds scattered) {
    this.family = family;
    this.scaling = evidence.settings().scaling();
    this.positive = evidence.labels().toArray();
    this.groups = evidence.corpus().groups();
    this.folds = evidence.folds();
    this.scattered = scattered;
    this.permutations = evidence.permutations();
    double share = 0;
    for (boolean p : positive) {
      share += p ? 1.0 / positive.length : 0;
    }
    control = ControlTask.labels(groups, share, new Seed(evidence.settings().seed()));
  }

  /// What came out at a site. `correct` counts the held-out rows that the closed form gets right
  /// under every labelling; `scattered` is the accuracy when groups are torn apart; `control` and
  /// `memorised` are those of the control task held out by group and torn apart.
  record Found(
      NestedCv cv,
      List<Integer> correct,
      double control,
      double memorised,
      double scattered,
      Linear whole) {}

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
    return new Found(cv, correct, chance, chance, accuracyOfNothing(positive), cv.whole());
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
    var beside =
        possible
            ? NestedCv.fixed(family, basis, labellings, splits, c)
            : new double[] {Double.NaN, Double.NaN, Double.NaN};
    var correct = Ridge.heldOutCorrect(basis, permutations.labels(), folds.parts(), alpha(c));
    boolean grouped = !groups.trivial();
    return new Found(
        cv,
        Arrays.stream(correct).boxed().toList(),
        beside[grouped ? 2 : 0],
        grouped ? beside[1] : Double.NaN,
        grouped ? beside[0] : Double.NaN,
        cv.whole());
  }

  /// The accuracy alone: what the same network with untrained weights allows.
  NestedCv twin(Matrix x) {
    return Surface.constant(x)
        ? NestedCv.blank(family, x.cols(), positive, folds)
        : NestedCv.run(family, Basis.of(x, scaling), positive, folds);
  }

  /// The exact probe under the first dealt labellings: accuracies to hold the closed form against.
  double[] exactNull(Matrix x, double c, int count) {
    if (Surface.constant(x)) {
      var out = new double[count];
      Arrays.setAll(out, b -> accuracyOfNothing(permutations.labels(b + 1)));
      return out;
    }
    var basis = Basis.of(x, scaling);
    var labellings = new ArrayList<boolean[]>();
    var splits = new ArrayList<Folds>();
    for (int b = 1; b <= Math.min(count, permutations.count()); b++) {
      labellings.add(permutations.labels(b));
      splits.add(folds);
    }
    return NestedCv.fixed(family, basis, labellings, splits, c);
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
