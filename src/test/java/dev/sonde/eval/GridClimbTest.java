package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.ClassTask;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Multinomial;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.RidgeClassifier;
import dev.sonde.probe.Svm;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The search for C, which begins at the strongest penalty and ends where the loss has risen twice
/// for every fold, against the whole grid, every value solved by itself from zero: the same choice
/// on generated rows of all kinds (few and many features, strong, weak and no signal, balanced
/// classes and unequal ones).
final class GridClimbTest {
  private static final int FOLDS = 4;

  /// Rows with the class's signal in a few features whose variances fall off.
  private record Case(Matrix x, Classes labels, Folds folds, Basis basis) {
    static Case of(int k, int n, int d, double signal, long seed) {
      var random = new Seed(seed).forPurpose("grid").generator();
      var labels = new int[n];
      var x = new double[n * d];
      for (int i = 0; i < n; i++) {
        labels[i] = i < 2 * FOLDS * k ? i % k : Math.min(random.nextInt(k), random.nextInt(k + 1));
        for (int j = 0; j < d; j++) {
          double mean = j % k == labels[i] && j < 3 * k ? signal : 0;
          x[i * d + j] = (mean + random.nextGaussian()) / Math.sqrt(1 + j);
        }
      }
      var names = IntStream.range(0, k).mapToObj(Integer::toString).toList();
      var classes = Classes.of(names, labels);
      var matrix = Matrix.ofDoubles(n, d, x);
      var folds = Folds.grouped(classes, Groups.single(n), FOLDS, new Seed(seed));
      return new Case(matrix, classes, folds, Basis.of(matrix, Basis.Scaling.COMMON));
    }
  }

  private static List<Case> cases(int k) {
    return IntStream.range(0, 24)
        .mapToObj(s ->
            Case.of(
                k,
                s % 8 < 4 ? 60 : 300,
                s % 3 == 0 ? 8 : 90,
                new double[] {0, 0.3, 1, 3}[s % 4],
                s))
        .toList();
  }

  private static double loss(double margin) {
    return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  }

  private static int least(double[] loss) {
    int best = 0;
    for (int g = 1; g < loss.length; g++) {
      best = loss[g] < loss[best] - 1e-9 ? g : best;
    }
    return best;
  }

  /// The loss of a fold's inner rows at every value of the grid, all solved exactly from zero.
  private static double[] everywhere(ProbeFamily family, Case c, boolean[] positive, int fold) {
    var out = new double[family.grid().size()];
    for (int g = 0; g < out.length; g++) {
      for (int inner = 0; inner < FOLDS; inner++) {
        if (inner != fold) {
          var task = Task.of(positive, c.folds.without(fold, inner), family.grid().get(g));
          var scores = family.solve(c.basis, List.of(task), true).scores(0);
          for (int i : c.folds.rows(inner)) {
            out[g] += loss(positive[i] ? scores[i] : -scores[i]);
          }
        }
      }
    }
    return out;
  }

  @Test
  void theClimbChoosesAsTheWholeGrid() {
    int early = 0;
    int whole = 0;
    var chosen = new int[6];
    for (ProbeFamily family : List.of(new Logistic(), new RidgeClassifier(), new Svm())) {
      for (var c : cases(2)) {
        var positive = ProbeFamily.positives(c.labels);
        var climb = GridClimb.of(family, c.basis, positive, c.folds);
        early += climb.tried() < family.grid().size() ? 1 : 0;
        whole += climb.tried() == family.grid().size() ? 1 : 0;
        for (int fold = 0; fold < FOLDS; fold++) {
          var loss = everywhere(family, c, positive, fold);
          int best = least(loss);
          chosen[best]++;
          int found = family.grid().indexOf(climb.chosen(fold));
          // where two values are as good as each other rounding may choose
          assertThat(found == best || loss[found] < loss[best] * (1 + 1e-4))
              .as("%s fold %d: %d of %s", family.name(), fold, found, Arrays.toString(loss))
              .isTrue();
        }
      }
    }
    // both ends of the search were met, and more than one value of the grid
    assertThat(early).as("early %d whole %d", early, whole).isGreaterThan(5);
    assertThat(whole).isGreaterThan(5);
    assertThat(Arrays.stream(chosen).filter(n -> n > 5).count())
        .as(Arrays.toString(chosen))
        .isGreaterThan(3);
  }

  private static double[] everywhere(ClassFamily family, Case c, int k, int fold) {
    var out = new double[family.grid().size()];
    for (int g = 0; g < out.length; g++) {
      for (int inner = 0; inner < FOLDS; inner++) {
        if (inner != fold) {
          var train = c.folds.without(fold, inner);
          var task = ClassTask.of(c.labels.toArray(), k, train, family.grid().get(g));
          var scores = family.solve(c.basis, List.of(task), true, List.of()).scores(0);
          for (int i : c.folds.rows(inner)) {
            out[g] -= ClassScores.logProbability(scores, i, k, c.labels.at(i));
          }
        }
      }
    }
    return out;
  }

  /// The same of three classes; what [ClassCv] chose shows in the middle one of its folds' values.
  @Test
  void ofSeveralClassesToo() {
    var family = new Multinomial();
    var seen = new java.util.HashSet<Double>();
    for (var c : cases(3)) {
      var chosen = new double[FOLDS];
      boolean tie = false;
      for (int fold = 0; fold < FOLDS; fold++) {
        var loss = everywhere(family, c, 3, fold);
        int best = least(loss);
        chosen[fold] = family.grid().get(best);
        for (int g = 0; g < loss.length; g++) {
          tie |= g != best && loss[g] < loss[best] * (1 + 1e-4);
        }
      }
      Arrays.sort(chosen);
      double typical = ClassCv.run(family, c.basis, c.labels, c.folds).typical();
      seen.add(typical);
      assertThat(tie || typical == chosen[FOLDS / 2]).isTrue();
    }
    assertThat(seen).hasSizeGreaterThan(2);
  }
}
