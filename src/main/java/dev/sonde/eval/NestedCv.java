package dev.sonde.eval;

import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Solution;
import dev.sonde.probe.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

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
  private final List<Linear> parts;

  private NestedCv(
      double[] scores, double[] chosen, double[] inner, Linear whole, List<Linear> parts) {
    this.parts = List.copyOf(parts);
    this.scores = scores;
    this.chosen = chosen;
    this.inner = inner;
    this.whole = whole;
  }

  /// The probe trained on every row at the regularisation that is [#typical].
  public Linear whole() {
    return whole;
  }

  /// The probe that saw no row of a fold.
  ///
  /// @throws IndexOutOfBoundsException unless they were kept ([#keeping])
  public Linear without(int fold) {
    return parts.get(fold);
  }

  /// Scores of rows by a probe that saw neither them nor their group.
  public double[] scores() {
    return scores.clone();
  }

  /// The regularisations chosen, by outer fold.
  public double[] chosen() {
    return chosen.clone();
  }

  /// The accuracies on inner folds, by outer fold.
  public double[] inner() {
    return inner.clone();
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
    return run(family, basis, positive, folds, false);
  }

  /// The same; the probes of the folds are kept, to be asked about rows of other data.
  public static NestedCv keeping(ProbeFamily family, Basis basis, boolean[] positive, Folds folds) {
    return run(family, basis, positive, folds, true);
  }

  private static NestedCv run(
      ProbeFamily family, Basis basis, boolean[] positive, Folds folds, boolean keep) {
    var climb = GridClimb.of(family, basis, positive, folds);
    int count = folds.count();
    var chosen = new double[count];
    var inner = new double[count];
    Arrays.setAll(chosen, climb::chosen);
    Arrays.setAll(inner, climb::accuracy);
    var tasks = new ArrayList<Task>();
    var near = new ArrayList<double[]>();
    for (int k = 0; k < count; k++) {
      tasks.add(Task.of(positive, folds.without(k), chosen[k]));
      near.add(climb.near(k));
    }
    double typical = typical(chosen);
    tasks.add(Task.of(positive, folds.without(), typical));
    near.add(near.get(indexOf(chosen, typical)));
    var solution = family.solve(basis, tasks, true, near);
    var out = new double[basis.rows()];
    for (int k = 0; k < tasks.size(); k++) {
      if (!solution.converged(k)) {
        throw new IllegalStateException(
            "a probe did not converge (gradient %.2g); report this with the data's digest"
                .formatted(solution.gradient(k)));
      }
      if (k < count) {
        take(solution, k, folds.rows(k), out);
      }
    }
    var parts = IntStream.range(0, keep ? count : 0).mapToObj(solution::probe).toList();
    return new NestedCv(out, chosen, inner, solution.probe(count), parts);
  }

  private static int indexOf(double[] values, double value) {
    int i = 0;
    while (values[i] != value) {
      i++;
    }
    return i;
  }

  /// Where every row is the same there is nothing to choose: score 0 for each.
  public static NestedCv blank(ProbeFamily family, int width, boolean[] positive, Folds folds) {
    var chosen = new double[folds.count()];
    Arrays.fill(chosen, family.grid().getFirst());
    var inner = new double[folds.count()];
    Arrays.fill(inner, Scores.accuracy(new double[positive.length], positive));
    return new NestedCv(
        new double[positive.length], chosen, inner, Linear.of(new double[width], 0), List.of());
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

  /// Held-out scores under one labelling at a regularisation given.
  public static double[] scores(
      ProbeFamily family, Basis basis, boolean[] positive, Folds folds, double c) {
    var tasks = new ArrayList<Task>();
    for (int k = 0; k < folds.count(); k++) {
      tasks.add(Task.of(positive, folds.without(k), c));
    }
    var solution = family.solve(basis, tasks, false);
    var out = new double[basis.rows()];
    for (int k = 0; k < folds.count(); k++) {
      take(solution, k, folds.rows(k), out);
    }
    return out;
  }

  private static double typical(double[] chosen) {
    var sorted = chosen.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static void take(Solution solution, int task, int[] rows, double[] out) {
    var scores = solution.scores(task);
    for (int i : rows) {
      out[i] = scores[i];
    }
  }
}
