package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;

/// A kind of linear probe for two classes, as settings; fitting gives new, frozen things.
///
/// A family solves any number of [Task]s over the same rows at once; that is how folds,
/// regularisations, controls and permutations are paid for together.
public interface ProbeFamily {
  /// The short name, as the command line and the results spell it: `logistic`.
  String name();

  /// The regularisations worth trying, in units of [Basis.Scaling#COMMON]; one value if there is
  /// nothing to choose.
  List<Double> grid();

  /// Whether scores are log-odds, so that they mean a probability.
  default boolean logOdds() {
    return false;
  }

  /// The optimum of every task. `exact` false allows what is enough to choose a regularisation by.
  Solution solve(Basis basis, List<Task> tasks, boolean exact);

  /// The same, each task begun at the coordinates ([Solution#coordinates]) of an earlier one over
  /// the same basis. A family that finds its optimum by steps gets there sooner; what it finds is
  /// the same.
  default Solution solve(Basis basis, List<Task> tasks, boolean exact, List<double[]> near) {
    return solve(basis, tasks, exact);
  }

  /// One probe from all samples.
  ///
  /// @throws BadInput if they are not of two classes or a number is not finite
  default Linear fit(Samples samples, Basis.Scaling scaling, double c) {
    if (!(samples.y() instanceof Classes classes) || classes.names().size() != 2) {
      throw new BadInput("the " + name() + " probe tells two classes apart; give it two");
    }
    if (classes.count(0) == 0 || classes.count(1) == 0) {
      throw new BadInput(
          "no row is of class %s; a probe needs rows of both classes"
              .formatted(classes.names().get(classes.count(0) == 0 ? 0 : 1)));
    }
    var all = new boolean[samples.size()];
    Arrays.fill(all, true);
    var task = Task.of(positives(classes), all, c);
    return solve(Basis.of(samples.x(), scaling), List.of(task), true).probe(0);
  }

  /// Which rows are of the second class.
  static boolean[] positives(Classes classes) {
    var out = new boolean[classes.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = classes.at(i) == 1;
    }
    return out;
  }

  /// Every family, by name.
  static List<ProbeFamily> all() {
    return List.of(
        new Logistic(),
        new RidgeClassifier(),
        new Svm(),
        new SquaredHinge(),
        new SquaredHinge(false),
        new MassMean(),
        new MassMean(false, Threshold.NONE),
        new MassMean(false, Threshold.PLATT),
        new MassMean(false, Threshold.F1),
        new MassMean(true, Threshold.MIDPOINT),
        new Lda(),
        new Lda(Shrinkage.LEDOIT_WOLF),
        new Lda(Shrinkage.RMT),
        new Lda(Shrinkage.NONE),
        new Sparse(1, Neurons.Ranking.MEAN_DIFFERENCE),
        new Sparse(4, Neurons.Ranking.MEAN_DIFFERENCE),
        new Sparse(16, Neurons.Ranking.MEAN_DIFFERENCE),
        new Sparse(4, Neurons.Ranking.STEPWISE),
        new FirstComponent(),
        new RandomDirection(new Seed(0)));
  }

  /// @throws BadInput for a name that is none
  static ProbeFamily named(String name) {
    return all().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "'%s' is no probe; probes are %s and, for numbers, ridge"
                    .formatted(
                        name, String.join(", ", all().stream().map(ProbeFamily::name).toList()))));
  }
}
