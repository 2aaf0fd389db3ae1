package dev.sonde.eval;

import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Solution;
import dev.sonde.probe.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Held-out scores of every row with the regularisation chosen on inner folds.
///
/// The inner folds of outer fold k are the other outer folds. A fit without k and j then serves
/// twice, as inner fold j of k and as inner fold k of j: half the fits of nested cross-validation,
/// and the held-out rows are still never seen when their C is chosen.
public final class NestedCv {
  private final double[] scores;
  private final double[] chosen;
  private final double[] inner;
  private final Linear whole;

  private NestedCv(double[] scores, double[] chosen, double[] inner, Linear whole) {
    this.scores = scores;
    this.chosen = chosen;
    this.inner = inner;
    this.whole = whole;
  }

  /// The probe trained on every row at the regularisation that is [#typical].
  public Linear whole() {
    return whole;
  }

  /// Scores of rows by a probe that saw neither them nor their group.
  public double[] scores() {
    return scores.clone();
  }

  /// The regularisation chosen for an outer fold.
  public double chosen(int fold) {
    return chosen[fold];
  }

  /// The middle one of the regularisations chosen.
  public double typical() {
    return typical(chosen);
  }

  /// The accuracy on the inner folds of an outer one, at the regularisation chosen: what a layer
  /// may be chosen by.
  public double inner(int fold) {
    return inner[fold];
  }

  public static NestedCv run(ProbeFamily family, Basis basis, boolean[] positive, Folds folds) {
    var choice = choose(family, basis, positive, folds);
    var tasks = new ArrayList<Task>();
    for (int k = 0; k < folds.count(); k++) {
      tasks.add(Task.of(positive, folds.without(k), choice.c[k]));
    }
    tasks.add(Task.of(positive, folds.without(), typical(choice.c)));
    var solution = family.solve(basis, tasks, true);
    var out = new double[basis.rows()];
    for (int k = 0; k < tasks.size(); k++) {
      if (!solution.converged(k)) {
        throw new IllegalStateException(
            "a probe did not converge (gradient %.2g); report this with the data's digest"
                .formatted(solution.gradient(k)));
      }
      take(solution, k, folds.rows(k), out);
    }
    return new NestedCv(out, choice.c, choice.accuracy, solution.probe(folds.count()));
  }

  /// Where every row is the same there is nothing to choose: score 0 for each.
  public static NestedCv blank(ProbeFamily family, int width, boolean[] positive, Folds folds) {
    var chosen = new double[folds.count()];
    Arrays.fill(chosen, family.grid().getFirst());
    var inner = new double[folds.count()];
    Arrays.fill(inner, Scores.accuracy(new double[positive.length], positive));
    return new NestedCv(
        new double[positive.length], chosen, inner, Linear.of(new double[width], 0));
  }

  /// The same with one regularisation given, for controls beside a probe that has chosen.
  public static double[] fixed(
      ProbeFamily family, Basis basis, List<boolean[]> labellings, List<Folds> folds, double c) {
    var tasks = new ArrayList<Task>();
    for (int i = 0; i < labellings.size(); i++) {
      for (int k = 0; k < folds.get(i).count(); k++) {
        tasks.add(Task.of(labellings.get(i), folds.get(i).without(k), c));
      }
    }
    var solution = family.solve(basis, tasks, false);
    var out = new double[labellings.size()];
    int task = 0;
    for (int i = 0; i < out.length; i++) {
      var scores = new double[basis.rows()];
      for (int k = 0; k < folds.get(i).count(); k++) {
        take(solution, task++, folds.get(i).rows(k), scores);
      }
      out[i] = Scores.accuracy(scores, labellings.get(i));
    }
    return out;
  }

  /// For every outer fold the regularisation chosen and its accuracy on the inner folds.
  private static final class Choice {
    private final double[] c;
    private final double[] accuracy;

    Choice(double[] c, double[] accuracy) {
      this.c = c;
      this.accuracy = accuracy;
    }
  }

  private static Choice choose(ProbeFamily family, Basis basis, boolean[] positive, Folds folds) {
    int k = folds.count();
    var grid = family.grid();
    var chosen = new double[k];
    var inner = new double[k];
    var tasks = new ArrayList<Task>();
    for (int a = 0; a < k; a++) {
      for (int b = a + 1; b < k; b++) {
        for (double c : grid) {
          tasks.add(Task.of(positive, folds.without(a, b), c));
        }
      }
    }
    var solution = family.solve(basis, tasks, false);
    var loss = new double[k][grid.size()];
    var right = new double[k][grid.size()];
    int task = 0;
    for (int a = 0; a < k; a++) {
      for (int b = a + 1; b < k; b++) {
        for (int g = 0; g < grid.size(); g++) {
          var scores = solution.scores(task++);
          tally(scores, positive, folds.rows(b), loss[a], right[a], g);
          tally(scores, positive, folds.rows(a), loss[b], right[b], g);
        }
      }
    }
    for (int a = 0; a < k; a++) {
      int best = best(loss[a]);
      chosen[a] = grid.get(best);
      inner[a] = right[a][best] / (folds.size() - folds.rows(a).length);
    }
    return new Choice(chosen, inner);
  }

  private static double typical(double[] chosen) {
    var sorted = chosen.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void tally(
      double[] scores, boolean[] positive, int[] rows, double[] loss, double[] right, int g) {
    for (int i : rows) {
      double margin = positive[i] ? scores[i] : -scores[i];
      loss[g] += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
      right[g] += (scores[i] > 0) == positive[i] ? 1 : 0;
    }
  }

  private static void take(Solution solution, int task, int[] rows, double[] out) {
    var scores = solution.scores(task);
    for (int i : rows) {
      out[i] = scores[i];
    }
  }

  private static int best(double[] loss) {
    int best = 0;
    for (int i = 1; i < loss.length; i++) {
      if (loss[i] < loss[best] - 1e-9) {
        best = i;
      }
    }
    return best;
  }
}
