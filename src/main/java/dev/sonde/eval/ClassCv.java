package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.ClassSolution;
import dev.sonde.probe.ClassTask;
import dev.sonde.probe.Linear;
import dev.sonde.probe.LinearMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What [NestedCv] is for two classes, for any number: held-out scores of every row in every class,
/// with the regularisation chosen on inner folds by log loss.
///
/// The inner folds of an outer fold are the other outer folds, so a fit without two of them serves
/// twice. Values of the grid are tried, strongest penalty first, until the loss of every outer fold
/// has risen twice in succession; each begins where the one before it ended. A row whose class the
/// inner training rows lack does not count in the choice.
public final class ClassCv {
  /// Values that are tried whatever they bring.
  private static final int FIRST = 3;

  private final double[] scores;
  private final double[] chosen;
  private final double[] inner;
  private final LinearMap whole;

  private ClassCv(double[] scores, double[] chosen, double[] inner, LinearMap whole) {
    this.scores = scores;
    this.chosen = chosen;
    this.inner = inner;
    this.whole = whole;
  }

  /// `n x classes`, row-major, by probes that saw neither a row nor its group.
  public double[] scores() {
    return scores.clone();
  }

  /// The accuracy on the inner folds of an outer one, at the regularisation chosen.
  public double inner(int fold) {
    return inner[fold];
  }

  /// The middle one of the regularisations chosen.
  public double typical() {
    var sorted = chosen.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /// The probe trained on every row at [#typical].
  public LinearMap whole() {
    return whole;
  }

  /// @throws IllegalStateException if an optimum is not reached
  public static ClassCv run(ClassFamily family, Basis basis, Classes labels, Folds folds) {
    var choice = new Choice(family, basis, labels, folds);
    choice.climb();
    int count = folds.count();
    int classes = labels.names().size();
    var chosen = new double[count];
    var inner = new double[count];
    var tasks = new ArrayList<ClassTask>();
    var near = new ArrayList<double[]>();
    for (int k = 0; k < count; k++) {
      int best = choice.best(k);
      chosen[k] = family.grid().get(best);
      inner[k] = choice.right[k][best] / (folds.size() - folds.rows(k).length);
      tasks.add(ClassTask.of(labels.toArray(), classes, folds.without(k), chosen[k]));
      near.add(choice.near(k, best));
    }
    var found = new ClassCv(new double[basis.rows() * classes], chosen, inner, nothing(1, 1));
    double typical = found.typical();
    tasks.add(ClassTask.of(labels.toArray(), classes, folds.without(), typical));
    near.add(
        near.get(
            IntStream.range(0, count).filter(k -> chosen[k] == typical).findFirst().orElseThrow()));
    var solution = family.solve(basis, tasks, true, near);
    for (int t = 0; t < tasks.size(); t++) {
      if (!solution.converged(t)) {
        throw new IllegalStateException(
            "a probe did not converge (gradient %.2g); report this with the data's digest"
                .formatted(solution.gradient(t)));
      }
      if (t < count) {
        take(solution, t, folds.rows(t), classes, found.scores);
      }
    }
    return new ClassCv(found.scores, chosen, inner, solution.probe(count));
  }

  /// Where every row is the same: the log shares of the training rows' classes.
  public static ClassCv blank(ClassFamily family, int width, Classes labels, Folds folds) {
    int classes = labels.names().size();
    var scores = new double[labels.size() * classes];
    var chosen = new double[folds.count()];
    Arrays.fill(chosen, family.grid().getFirst());
    var inner = new double[folds.count()];
    for (int k = 0; k < folds.count(); k++) {
      var shares = logShares(labels, folds.without(k));
      for (int i : folds.rows(k)) {
        System.arraycopy(shares, 0, scores, i * classes, classes);
      }
      inner[k] = Arrays.stream(shares).map(Math::exp).max().orElseThrow();
    }
    return new ClassCv(scores, chosen, inner, nothing(classes, width));
  }

  /// Logarithms of the classes' shares among some rows, each with one row added.
  public static double[] logShares(Classes labels, boolean[] among) {
    int classes = labels.names().size();
    var out = new double[classes];
    Arrays.fill(out, 1);
    double total = classes;
    for (int i = 0; i < among.length; i++) {
      out[labels.at(i)] += among[i] ? 1 : 0;
      total += among[i] ? 1 : 0;
    }
    double all = total;
    return Arrays.stream(out).map(v -> Math.log(v / all)).toArray();
  }

  private static LinearMap nothing(int classes, int width) {
    return new LinearMap(
        IntStream.range(0, classes).mapToObj(k -> Linear.of(new double[width], 0)).toList());
  }

  /// Accuracies at one regularisation given; NaN where the training rows of a fold are of one
  /// class.
  public static double[] fixed(
      ClassFamily family,
      Basis basis,
      List<int[]> labellings,
      int classes,
      List<Folds> folds,
      double c) {
    var out = new double[labellings.size()];
    for (int l = 0; l < out.length; l++) {
      var labels = labellings.get(l);
      var split = folds.get(l);
      boolean possible =
          IntStream.range(0, split.count())
              .allMatch(k -> ClassTask.kinds(labels, split.without(k)) > 1);
      out[l] = possible ? fixed(family, basis, labels, classes, split, c) : Double.NaN;
    }
    return out;
  }

  private static double fixed(
      ClassFamily family, Basis basis, int[] labels, int classes, Folds folds, double c) {
    var tasks = new ArrayList<ClassTask>();
    for (int k = 0; k < folds.count(); k++) {
      tasks.add(ClassTask.of(labels, classes, folds.without(k), c));
    }
    var solution = family.solve(basis, tasks, false, List.of());
    var scores = new double[labels.length * classes];
    for (int k = 0; k < folds.count(); k++) {
      take(solution, k, folds.rows(k), classes, scores);
    }
    return ClassScores.accuracy(ClassScores.predicted(scores, classes), labels);
  }

  private static void take(
      ClassSolution solution, int task, int[] rows, int classes, double[] out) {
    var all = solution.scores(task);
    for (int i : rows) {
      System.arraycopy(all, i * classes, out, i * classes, classes);
    }
  }

  /// The loss of every outer fold's inner rows at every value of the grid.
  private static final class Choice {
    private final ClassFamily family;
    private final Basis basis;
    private final Classes labels;
    private final Folds folds;
    private final int classes;
    private final List<int[]> pairs = new ArrayList<>();
    private final List<List<double[]>> ends = new ArrayList<>();
    private final double[][] loss;
    private final double[][] right;

    Choice(ClassFamily family, Basis basis, Classes labels, Folds folds) {
      this.family = family;
      this.basis = basis;
      this.labels = labels;
      this.folds = folds;
      classes = labels.names().size();
      loss = new double[folds.count()][family.grid().size()];
      right = new double[folds.count()][family.grid().size()];
      for (int a = 0; a < folds.count(); a++) {
        for (int b = a + 1; b < folds.count(); b++) {
          if (ClassTask.kinds(labels.toArray(), folds.without(a, b)) > 1) {
            pairs.add(new int[] {a, b});
          }
        }
      }
    }

    void climb() {
      for (int g = 0; g < family.grid().size() && (g < FIRST || mayFall(g)); g++) {
        var tasks = new ArrayList<ClassTask>();
        for (var pair : pairs) {
          var train = folds.without(pair[0], pair[1]);
          tasks.add(ClassTask.of(labels.toArray(), classes, train, family.grid().get(g)));
        }
        var near = ends.isEmpty() ? List.<double[]>of() : ends.getLast();
        var solution = family.solve(basis, tasks, false, near);
        var own = new ArrayList<double[]>();
        for (int p = 0; p < pairs.size(); p++) {
          own.add(solution.coordinates(p));
          tally(solution.scores(p), pairs.get(p), g);
        }
        ends.add(own);
      }
    }

    private boolean mayFall(int tried) {
      return Arrays.stream(loss)
          .anyMatch(l -> l[tried - 1] <= l[tried - 2] || l[tried - 2] <= l[tried - 3]);
    }

    private void tally(double[] scores, int[] pair, int g) {
      var train = folds.without(pair[0], pair[1]);
      var known = new boolean[classes];
      for (int i = 0; i < train.length; i++) {
        known[labels.at(i)] |= train[i];
      }
      for (int side = 0; side < 2; side++) {
        for (int i : folds.rows(pair[side])) {
          if (known[labels.at(i)]) {
            loss[pair[1 - side]][g] -= ClassScores.logProbability(scores, i, classes, labels.at(i));
          }
          right[pair[1 - side]][g] +=
              ClassScores.predicted(scores, classes, i) == labels.at(i) ? 1 : 0;
        }
      }
    }

    int best(int fold) {
      int best = 0;
      for (int g = 1; g < ends.size(); g++) {
        best = loss[fold][g] < loss[fold][best] - 1e-9 ? g : best;
      }
      return best;
    }

    /// Where a fit without this fold ends, nearly: that without it and one other.
    double[] near(int fold, int g) {
      return IntStream.range(0, pairs.size())
          .filter(p -> pairs.get(p)[0] == fold || pairs.get(p)[1] == fold)
          .mapToObj(p -> ends.get(g).get(p))
          .findFirst()
          .orElseThrow();
    }
  }
}
