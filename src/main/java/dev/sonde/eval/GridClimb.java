package dev.sonde.eval;

import dev.sonde.linalg.Basis;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Solution;
import dev.sonde.probe.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The regularisation of every outer fold, chosen on inner folds by log loss.
///
/// Every two folds are left out together, at one value of the grid after another, strongest penalty
/// first; each value is begun where the one before it ended. The climb ends when the loss of every
/// outer fold has risen twice in succession: what lies beyond is weaker regularisation still.
final class GridClimb {
  /// Values that are tried whatever they bring.
  private static final int FIRST = 3;

  private final ProbeFamily family;
  private final Basis basis;
  private final boolean[] positive;
  private final Folds folds;
  private final List<Double> grid;
  private final List<int[]> pairs = new ArrayList<>();
  private final List<double[]> ends = new ArrayList<>();
  private final double[][] loss;
  private final double[][] right;
  private int tried;

  private GridClimb(ProbeFamily family, Basis basis, boolean[] positive, Folds folds) {
    this.family = family;
    this.basis = basis;
    this.positive = positive;
    this.folds = folds;
    grid = family.grid();
    loss = new double[folds.count()][grid.size()];
    right = new double[folds.count()][grid.size()];
    for (int a = 0; a < folds.count(); a++) {
      for (int b = a + 1; b < folds.count(); b++) {
        pairs.add(new int[] {a, b});
      }
    }
  }

  static GridClimb of(ProbeFamily family, Basis basis, boolean[] positive, Folds folds) {
    var climb = new GridClimb(family, basis, positive, folds);
    int first = Math.min(FIRST, climb.grid.size());
    climb.upTo(first);
    while (climb.tried < climb.grid.size() && climb.mayFall()) {
      climb.upTo(climb.tried + 1);
    }
    return climb;
  }

  private void upTo(int to) {
    var next = tasks(tried, to);
    var near = ends.subList(Math.max(0, ends.size() - pairs.size()), ends.size());
    tally(
        near.isEmpty()
            ? family.solve(basis, next, false)
            : family.solve(basis, next, false, List.copyOf(near)),
        tried,
        to);
  }

  /// How many values of the grid were tried.
  int tried() {
    return tried;
  }

  double chosen(int fold) {
    return grid.get(best(fold));
  }

  /// The accuracy on the inner folds of an outer one at the value chosen.
  double accuracy(int fold) {
    return right[fold][best(fold)] / (folds.size() - folds.rows(fold).length);
  }

  /// Where a fit without this fold ends, nearly: that without it and one other.
  double[] near(int fold) {
    int pair =
        IntStream.range(0, pairs.size())
            .filter(p -> pairs.get(p)[0] == fold || pairs.get(p)[1] == fold)
            .findFirst()
            .orElseThrow();
    return ends.get(best(fold) * pairs.size() + pair);
  }

  private List<Task> tasks(int from, int to) {
    var out = new ArrayList<Task>();
    for (int g = from; g < to; g++) {
      for (var pair : pairs) {
        out.add(Task.of(positive, folds.without(pair[0], pair[1]), grid.get(g)));
      }
    }
    return out;
  }

  /// Whether some outer fold's loss has not risen twice in succession.
  private boolean mayFall() {
    for (var own : loss) {
      if (own[tried - 1] <= own[tried - 2] || own[tried - 2] <= own[tried - 3]) {
        return true;
      }
    }
    return false;
  }

  private void tally(Solution solution, int from, int to) {
    int task = 0;
    for (int g = from; g < to; g++) {
      for (var pair : pairs) {
        ends.add(solution.coordinates(task));
        var scores = solution.scores(task++);
        tally(scores, folds.rows(pair[1]), pair[0], g);
        tally(scores, folds.rows(pair[0]), pair[1], g);
      }
    }
    tried = to;
  }

  private void tally(double[] scores, int[] rows, int fold, int g) {
    for (int i : rows) {
      double margin = positive[i] ? scores[i] : -scores[i];
      loss[fold][g] += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
      right[fold][g] += (scores[i] > 0) == positive[i] ? 1 : 0;
    }
  }

  private int best(int fold) {
    int best = 0;
    for (int g = 1; g < tried; g++) {
      if (loss[fold][g] < loss[fold][best] - 1e-9) {
        best = g;
      }
    }
    return best;
  }
}
