package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Ridge;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What comes out where there is nothing: leakage, permutations, the best of many.
final class NullTest {
  /// AT-34: near-duplicates in groups with random labels: torn apart they seem to be readable, held
  /// out whole they are not.
  @Test
  void tornGroupsLeak() {
    double torn = 0;
    double whole = 0;
    int repeats = 3;
    for (int rep = 0; rep < repeats; rep++) {
      var found = duplicates(new Seed(rep), 1000, 100, 40);
      torn += found[0] / repeats;
      whole += found[1] / repeats;
    }
    assertThat(torn).isGreaterThan(0.70);
    assertThat(whole).isBetween(0.40, 0.60);
  }

  /// Accuracies with groups torn apart and held out whole.
  private static double[] duplicates(Seed seed, int n, int count, int d) {
    var random = seed.forPurpose("leak").generator();
    var centres = gaussian(count, d, random);
    var label = new boolean[count];
    for (int g = 0; g < count; g++) {
      label[g] = random.nextBoolean();
    }
    var x = new double[n * d];
    var y = new boolean[n];
    for (int i = 0; i < n; i++) {
      y[i] = label[i % count];
      for (int j = 0; j < d; j++) {
        x[i * d + j] = centres.at(i % count, j) + 0.3 * random.nextGaussian();
      }
    }
    var names = IntStream.range(0, n).mapToObj(i -> "g" + i % count).toList();
    var classes = classes(y);
    var splits =
        List.of(Folds.random(classes, 5, seed), Folds.grouped(classes, Groups.of(names), 5, seed));
    var basis = Basis.of(Matrix.ofDoubles(n, d, x), Basis.Scaling.COMMON);
    return NestedCv.fixed(new Logistic(), basis, List.of(y, y), splits, 1);
  }

  /// Two roads to the null: one hat matrix for all labellings, and a refit for each and every fold.
  @Test
  void closedFormEqualsRefits() {
    var random = new Seed(11).generator();
    int n = 60;
    var x = gaussian(n, 12, random);
    var y = new boolean[n];
    for (int i = 0; i < n; i++) {
      y[i] = x.at(i, 0) + random.nextGaussian() > 0;
    }
    var folds = Folds.random(classes(y), 4, new Seed(2));
    var dealt = Permutations.of(y, Groups.single(n), folds, 9, new Seed(2));
    var basis = Basis.of(x, Basis.Scaling.NONE);
    var correct = Ridge.heldOutCorrect(basis, dealt.labels(), folds.parts(), 3);
    for (int b = 0; b <= 9; b++) {
      assertThat(correct[b]).isEqualTo(refitted(x, dealt.labels(b), folds));
    }
  }

  private static int refitted(Matrix x, boolean[] labels, Folds folds) {
    int right = 0;
    for (int f = 0; f < folds.count(); f++) {
      var train = folds.without(f);
      var rest = IntStream.range(0, labels.length).filter(i -> train[i]).toArray();
      var targets = Arrays.stream(rest).mapToDouble(i -> labels[i] ? 1 : -1).toArray();
      var probe = Ridge.fit(Basis.of(x.select(rest), Basis.Scaling.NONE), targets, 3);
      var rows = folds.rows(f);
      var scores = probe.scores(x.select(rows));
      for (int i = 0; i < rows.length; i++) {
        right += (scores[i] > 0) == labels[rows[i]] ? 1 : 0;
      }
    }
    return right;
  }

  /// AT-31: where there is nothing, p-values are uniform (Kolmogorov-Smirnov over 500 data sets);
  /// the opposite: where there is something, they are not.
  @Test
  void pValuesAreUniformUnderTheNull() {
    assertThat(farthestFromUniform(0)).isLessThan(1.63 / Math.sqrt(500));
    assertThat(farthestFromUniform(1)).isGreaterThan(0.5);
  }

  private static double farthestFromUniform(double effect) {
    var p = new double[500];
    for (int rep = 0; rep < p.length; rep++) {
      p[rep] = onePValue(effect, new Seed(rep));
    }
    Arrays.sort(p);
    double most = 0;
    for (int i = 0; i < p.length; i++) {
      double above = Math.abs((i + 1.0) / p.length - p[i]);
      most = Math.max(most, Math.max(above, Math.abs(p[i] - (double) i / p.length)));
    }
    return most;
  }

  /// With ties and the grid of p-values broken by chance, so that it can be uniform at all.
  private static double onePValue(double effect, Seed seed) {
    var random = seed.forPurpose("uniform").generator();
    var y = alternating(40);
    var x = new double[40 * 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian() + (y[i / 5] && i % 5 == 0 ? effect * 2 : 0);
    }
    var folds = Folds.random(classes(y), 4, seed);
    var dealt = Permutations.of(y, Groups.single(40), folds, 99, seed);
    var basis = Basis.of(Matrix.ofDoubles(40, 5, x), Basis.Scaling.NONE);
    var correct = Ridge.heldOutCorrect(basis, dealt.labels(), folds.parts(), 10);
    var untied = Arrays.stream(correct).mapToDouble(c -> c + 0.5 * random.nextDouble()).toArray();
    return Permutations.pValue(untied[0], Arrays.copyOfRange(untied, 1, untied.length))
        - random.nextDouble() / untied.length;
  }

  /// AT-32: the best of 24 layers of noise looks like .57; max-T does not fall for it.
  @Test
  void bestOfManyLayersIsNoDiscovery() {
    double best = 0;
    int significant = 0;
    int repeats = 8;
    for (int rep = 0; rep < repeats; rep++) {
      var random = new Seed(rep).forPurpose("layers").generator();
      var y = alternating(200);
      var folds = Folds.random(classes(y), 5, new Seed(rep));
      var dealt = Permutations.of(y, Groups.single(200), folds, 99, new Seed(rep));
      var max = new double[100];
      for (int layer = 0; layer < 24; layer++) {
        var basis = Basis.of(gaussian(200, 10, random), Basis.Scaling.NONE);
        var correct = Ridge.heldOutCorrect(basis, dealt.labels(), folds.parts(), 10);
        for (int b = 0; b < 100; b++) {
          max[b] = Math.max(max[b], correct[b] / 200.0);
        }
      }
      best += max[0] / repeats;
      double p = Permutations.pValue(max[0], Arrays.copyOfRange(max, 1, 100));
      significant += p <= 0.05 ? 1 : 0;
    }
    assertThat(best).isBetween(0.54, 0.61);
    assertThat(significant).isLessThanOrEqualTo(2);
  }

  @Test
  void permutationsWithinGroupsKeepWhatGroupsHold() {
    boolean[] y = {true, false, true, false, true, true, false, false};
    var groups = Groups.of(List.of("a", "a", "b", "b", "c", "c", "c", "c"));
    var dealt = Permutations.of(y, groups, halves(8), 50, new Seed(1));
    assertThat(dealt.scheme()).isEqualTo("within groups");
    var seen = new HashSet<String>();
    for (int b = 1; b <= 50; b++) {
      var labels = dealt.labels(b);
      assertThat(labels[0]).isNotEqualTo(labels[1]);
      assertThat(labels[2]).isNotEqualTo(labels[3]);
      seen.add(Arrays.toString(labels));
    }
    assertThat(seen).hasSizeGreaterThan(10);
    assertThat(dealt.labels(0)).containsExactly(y);
  }

  @Test
  void permutationsOfGroupsKeepGroupsAndFolds() {
    boolean[] y = {true, true, false, false, true, true, false, false};
    var pairs = Groups.of(List.of("a", "a", "b", "b", "c", "c", "d", "d"));
    var dealt = Permutations.of(y, pairs, halves(8), 40, new Seed(1));
    assertThat(dealt.scheme()).isEqualTo("whole groups among those of a fold");
    var seen = new HashSet<String>();
    for (int b = 1; b <= 40; b++) {
      var labels = dealt.labels(b);
      for (int i = 0; i < 8; i += 2) {
        assertThat(labels[i]).isEqualTo(labels[i + 1]);
      }
      assertThat(labels[0]).isNotEqualTo(labels[2]);
      assertThat(labels[4]).isNotEqualTo(labels[6]);
      seen.add(Arrays.toString(labels));
    }
    assertThat(seen).hasSize(4);
  }

  /// The first half of the rows to one fold, the second to another.
  private static Folds halves(int n) {
    var groups = Groups.of(IntStream.range(0, n).mapToObj(i -> "h" + i / (n / 2)).toList());
    return Folds.grouped(classes(alternating(n)), groups, 2, new Seed(1));
  }

  private static boolean[] alternating(int n) {
    var out = new boolean[n];
    for (int i = 0; i < n; i++) {
      out[i] = i % 2 == 0;
    }
    return out;
  }

  private static Classes classes(boolean[] y) {
    return Classes.of(
        List.of("0", "1"), IntStream.range(0, y.length).map(i -> y[i] ? 1 : 0).toArray());
  }

  private static Matrix gaussian(int n, int d, SplittableRandom random) {
    var out = new double[n * d];
    Arrays.setAll(out, i -> random.nextGaussian());
    return Matrix.ofDoubles(n, d, out);
  }
}
