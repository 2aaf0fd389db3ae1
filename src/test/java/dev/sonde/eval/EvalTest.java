package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Measures by hand and against other software, splits and nulls by law.
final class EvalTest {
  // ---- measures ----

  @Test // AT-33
  void tiesCountOneHalf() {
    double[] s = {.1, .4, .35, .8, .4};
    boolean[] y = {false, false, true, true, true};
    assertThat(Scores.auroc(s, y)).isEqualTo(0.75);
    var turned = Arrays.stream(s).map(v -> -v).toArray();
    assertThat(Scores.auroc(s, y) + Scores.auroc(turned, y)).isCloseTo(1, within(1e-15));
  }

  @Test
  void countsByHand() {
    double[] s = {2, -1, 3, -2, 1, -3};
    boolean[] y = {true, true, true, false, false, false};
    assertThat(Scores.accuracy(s, y)).isCloseTo(4 / 6.0, within(1e-15));
    assertThat(Scores.balancedAccuracy(s, y)).isCloseTo(4 / 6.0, within(1e-15));
    assertThat(Scores.mcc(s, y)).isCloseTo((2 * 2 - 1) / 9.0, within(1e-15));
    assertThat(Scores.mcc(new double[] {1, 1}, new boolean[] {true, false})).isZero();
    assertThat(Scores.brier(new double[] {.1, .3, .6, .9}, new boolean[] {false, true, true, true}))
        .isCloseTo(0.1675, within(1e-15));
    assertThat(Scores.rankCorrelation(new double[] {1, 5, 9}, new double[] {2, 3, 100}))
        .isCloseTo(1, within(1e-15));
    assertThat(Scores.r2(new double[] {2, 2, 2}, new double[] {1, 2, 3})).isZero();
  }

  /// AT-35: the golden split, trained on rows 1 to 40, measured on 41 to 60.
  @Test
  void goldenSplitIsMeasuredAsElsewhere() {
    int n = 60;
    var x = new double[n * 8];
    var positive = new boolean[n];
    var train = new boolean[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < 8; j++) {
        x[i * 8 + j] = golden(i + 1, j + 1);
      }
      positive[i] =
          golden(i + 1, 1)
                  - 0.8 * golden(i + 1, 2)
                  + 0.6 * golden(i + 1, 3)
                  + 1.2 * Math.sin(2.9 * (i + 1))
              > 0;
      train[i] = i < 40;
    }
    var basis = Basis.of(Matrix.ofDoubles(n, 8, x), Basis.Scaling.NONE);
    var all = new Logistic().solve(basis, List.of(Task.of(positive, train, 1)), true).scores(0);
    var s = Arrays.copyOfRange(all, 40, 60);
    var y = Arrays.copyOfRange(positive, 40, 60);
    var p = Arrays.stream(s).map(Scores::probability).toArray();
    assertThat(Scores.auroc(s, y)).isCloseTo(0.7373737373737373, within(1e-12));
    assertThat(Scores.accuracy(s, y)).isCloseTo(0.70, within(1e-12));
    assertThat(Scores.brier(p, y)).isCloseTo(0.20670533286792078, within(1e-8));
    assertThat(Scores.logLoss(s, y)).isCloseTo(0.5892269155, within(1e-8));
    assertThat(Calibration.error(Calibration.equalWidth(p, y, 10)))
        .isCloseTo(0.1754826693, within(1e-8));
    assertThat(Calibration.error(Calibration.equalMass(p, y, 5)))
        .isCloseTo(0.1880685769, within(1e-8));
    double t = Calibration.temperature(s, y);
    assertThat(t).isCloseTo(1.0585071422, within(1e-7));
    var cooled = Arrays.stream(s).map(v -> v / t).toArray();
    assertThat(Scores.logLoss(cooled, y)).isCloseTo(0.5889882139, within(1e-8));
    assertThat(Scores.auroc(cooled, y)).isEqualTo(Scores.auroc(s, y));
    assertThat(DeLong.variance(s, y)).isCloseTo(0.014284256708499133, within(1e-9));
  }

  private static double golden(int i, int j) {
    return Math.sin(0.37 * i * j) + 0.5 * Math.cos(1.3 * i + 0.7 * j);
  }

  // ---- splits ----

  @Test
  void groupsStayWholeAndClassesEven() {
    var random = new Seed(5).generator();
    int n = 400;
    var names = new String[n];
    var labels = new int[n];
    for (int i = 0; i < n; i++) {
      names[i] = "g" + random.nextInt(60);
      labels[i] = random.nextInt(4) == 0 ? 1 : 0;
    }
    var groups = Groups.of(List.of(names));
    var classes = Classes.of(List.of("no", "yes"), labels);
    var folds = Folds.grouped(classes, groups, 5, new Seed(3));
    for (int f = 0; f < 5; f++) {
      var inside = new HashSet<Integer>();
      for (int i : folds.rows(f)) {
        inside.add(groups.at(i));
      }
      var train = folds.without(f);
      for (int i = 0; i < n; i++) {
        assertThat(train[i] && inside.contains(groups.at(i))).isFalse();
      }
      double share = Arrays.stream(folds.rows(f)).filter(i -> labels[i] == 1).count();
      assertThat(share / folds.rows(f).length)
          .isCloseTo((double) classes.count(1) / n, within(0.08));
      assertThat(folds.rows(f).length).isBetween(60, 100);
    }
    // the opposite: a split by rows does tear groups
    var torn = Folds.random(classes, 5, new Seed(3));
    long both =
        IntStream.range(0, n)
            .filter(i -> torn.at(i) != torn.at(first(groups, groups.at(i))))
            .count();
    assertThat(both).isGreaterThan(100);
  }

  private static int first(Groups groups, int group) {
    return IntStream.range(0, groups.size())
        .filter(i -> groups.at(i) == group)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void refusesFoldsThatCannotBe() {
    var classes = Classes.of(List.of("0", "1"), new int[] {0, 1, 0, 1, 0, 1});
    assertThatThrownBy(() ->
            Folds.grouped(
                classes, Groups.of(List.of("a", "a", "b", "b", "c", "c")), 5, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("3 groups cannot fill 5 folds");
    var lonely = Classes.of(List.of("0", "1"), new int[] {0, 0, 0, 0, 0, 1});
    assertThatThrownBy(() -> Folds.grouped(lonely, Groups.single(6), 3, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("of the other");
  }

  @Test
  void intervalsCoverWhatTheyShould() {
    int covered = 0;
    for (int rep = 0; rep < 100; rep++) {
      var random = new Seed(rep).forPurpose("cover").generator();
      var right = new double[150];
      Arrays.setAll(right, i -> random.nextDouble() < 0.7 ? 1 : 0);
      var interval = Bootstrap.byGroup(Groups.single(150), 400, new Seed(rep)).ofMean(right);
      covered += interval[0] <= 0.7 && 0.7 <= interval[1] ? 1 : 0;
    }
    assertThat(covered).isBetween(88, 100);
  }

  /// Rows of one group say the same: drawn by group the interval is wider than drawn by row.
  @Test
  void groupsWidenTheInterval() {
    var right = new double[200];
    Arrays.setAll(right, i -> i / 20 % 2);
    var groups = Groups.of(IntStream.range(0, 200).mapToObj(i -> "g" + i / 20).toList());
    var byGroup = Bootstrap.byGroup(groups, 500, new Seed(1)).ofMean(right);
    var byRow = Bootstrap.byGroup(Groups.single(200), 500, new Seed(1)).ofMean(right);
    assertThat(byGroup[1] - byGroup[0]).isGreaterThan(2 * (byRow[1] - byRow[0]));
  }

  @Test // AT-27
  void controlLabelsHangOnTheTypeAlone() {
    var names = IntStream.range(0, 3000).mapToObj(i -> "t" + i % 600).toList();
    var types = Groups.of(names);
    var labels = ControlTask.labels(types, 0.3, new Seed(4));
    for (int i = 0; i < 3000; i++) {
      assertThat(labels[i]).isEqualTo(labels[i % 600]);
    }
    double share = IntStream.range(0, 600).filter(i -> labels[i]).count() / 600.0;
    assertThat(share).isBetween(0.25, 0.35);
    assertThat(ControlTask.labels(types, 0.3, new Seed(4))).containsExactly(labels);
    assertThat(ControlTask.labels(types, 0.3, new Seed(5))).isNotEqualTo(labels);
  }

  // ---- the choice inside ----

  @Test
  void noiseIsReadAtChanceAndSignalIsNot() {
    var random = new Seed(21).generator();
    int n = 300;
    var x = gaussian(n, 50, random);
    var noise = new boolean[n];
    var signal = new boolean[n];
    for (int i = 0; i < n; i++) {
      noise[i] = random.nextBoolean();
      signal[i] = x.at(i, 3) + x.at(i, 7) + 0.3 * random.nextGaussian() > 0;
    }
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    for (var y : List.of(noise, signal)) {
      var classes =
          Classes.of(List.of("0", "1"), IntStream.range(0, n).map(i -> y[i] ? 1 : 0).toArray());
      var folds = Folds.grouped(classes, Groups.single(n), 5, new Seed(1));
      var cv = NestedCv.run(new Logistic(), basis, y, folds);
      double accuracy = Scores.accuracy(cv.scores(), y);
      if (Arrays.equals(y, noise)) {
        assertThat(accuracy).isBetween(0.40, 0.60);
      } else {
        assertThat(accuracy).isGreaterThan(0.85);
      }
    }
  }

  private static Matrix gaussian(int n, int d, SplittableRandom random) {
    var out = new double[n * d];
    Arrays.setAll(out, i -> random.nextGaussian());
    return Matrix.ofDoubles(n, d, out);
  }
}
