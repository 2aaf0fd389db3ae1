package dev.sonde.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// AT-17: sparse signals in bags, and sets that cover what they promise.
final class SawmilTest {
  /// The fixture of the handbook, C = 1, free intercept: scikit-learn's SVC(kernel="linear").
  @Test
  void theMachineMeetsItsReference() {
    int n = 60;
    int d = 8;
    var x = new double[n * d];
    var sign = new double[n];
    for (int i = 1; i <= n; i++) {
      for (int j = 1; j <= d; j++) {
        x[(i - 1) * d + j - 1] = Math.sin(0.37 * i * j) + 0.5 * Math.cos(1.3 * i + 0.7 * j);
      }
      int at = (i - 1) * d;
      double s = x[at] - 0.8 * x[at + 1] + 0.6 * x[at + 2] + 1.2 * Math.sin(2.9 * i);
      sign[i - 1] = s > 0 ? 1 : -1;
    }
    var ones = new double[n];
    Arrays.fill(ones, 1);
    var fit = HingeMachine.solve(Matrix.ofDoubles(n, d, x), sign, ones, ones);
    // libsvm's end, 33.830960807417014, lies 1.07e-6 above the optimum, which the dual bounds
    assertThat(fit.objective()).isBetween(33.830960807417014 - 1.1e-6, 33.830960807417014);
    assertThat(fit.objective() - fit.dual()).isBetween(-1e-9, 1e-6);
    assertThat(fit.violation()).isLessThan(1e-6);
    assertThat(fit.probe().bias()).isCloseTo(0.0950405315, within(1e-5));
    assertThat(fit.probe().direction()[0]).isCloseTo(1.284204877, within(1e-5));
  }

  @Test
  void bagsBeatMeansWhereOneTokenOfTenCarriesTheSignal() {
    var train = Planted.of(200, 10, 3.5, true, new Seed(21));
    var test = Planted.of(600, 10, 3.5, true, new Seed(22));
    var mil = Sawmil.fit(train.x(), train.y(), Sawmil.Settings.DEFAULT);
    var mean =
        TokenProbe.fit(train.x(), train.y(), TokenProbe.Train.MEAN, 1, new Aggregation.Mean());
    double bags = test.auroc(mil.scores(test.x()));
    assertThat(bags).isGreaterThan(test.auroc(mean.scores(test.x())) + 0.1);
  }

  @Test
  void findsNothingWhereThereIsNothing() {
    var train = Planted.of(120, 10, 0, true, new Seed(23));
    var test = Planted.of(1000, 10, 0, true, new Seed(24));
    var mil = Sawmil.fit(train.x(), train.y(), Sawmil.Settings.DEFAULT);
    assertThat(test.auroc(mil.scores(test.x()))).isBetween(0.42, 0.58);
  }

  /// Three classes: marked along the first axis, the second, or not at all.
  private static Planted three(int texts, Seed seed) {
    var plain = Planted.of(texts, 6, 0, true, seed);
    var values = plain.x().rows().toDoubles();
    var labels = new int[texts];
    for (int i = 0; i < texts; i++) {
      labels[i] = i % 3;
      if (labels[i] < 2) {
        values[(i * 6 + 5) * Planted.WIDTH + labels[i]] += 4;
      }
    }
    var lengths = new int[texts];
    Arrays.fill(lengths, 6);
    var rows = Matrix.ofDoubles(texts * 6, Planted.WIDTH, values);
    return new Planted(
        Sequences.of(rows, lengths), Classes.of(List.of("true", "false", "neither"), labels));
  }

  @Test
  void threeClassesWithAbstention() {
    var train = three(150, new Seed(31));
    var calibration = three(500, new Seed(32));
    var test = three(900, new Seed(33));
    var probe = SawmilClasses.fit(train.x(), train.y(), Sawmil.Settings.DEFAULT);
    var conformal = Conformal.of(probe.probabilities(calibration.x()), calibration.y(), 0.1);
    var outcome = conformal.on(probe.probabilities(test.x()), test.y());
    double error = Math.sqrt(0.1 * 0.9 / 900 + 0.1 * 0.9 / 500);
    assertThat(outcome.coverage()).isGreaterThan(0.9 - 2 * error);
    assertThat(outcome.answered()).isGreaterThan(0.5);
    assertThat(outcome.right()).isGreaterThan(0.85);
  }

  /// Probabilities that know nothing: sets still cover, and hardly ever answer rightly more often
  /// than chance.
  @Test
  void coversWhateverTheProbabilitiesAre() {
    double covered = 0;
    int rounds = 40;
    for (int r = 0; r < rounds; r++) {
      var random = new Seed(r).generator();
      var cal = noise(99, random);
      var test = noise(200, random);
      var truth = new int[299];
      Arrays.setAll(truth, i -> random.nextInt(3));
      var names = List.of("a", "b", "c");
      var conformal = Conformal.of(cal, Classes.of(names, Arrays.copyOf(truth, 99)), 0.1);
      covered +=
          conformal.on(test, Classes.of(names, Arrays.copyOfRange(truth, 99, 299))).coverage()
              / rounds;
    }
    // 40 rounds of 99 calibration rows: a standard error of 0.006
    assertThat(covered).isBetween(0.9 - 0.012, 0.93);
  }

  private static double[][] noise(int rows, java.util.SplittableRandom random) {
    var out = new double[rows][3];
    for (var row : out) {
      for (int c = 0; c < 3; c++) {
        row[c] = random.nextDouble();
      }
    }
    return out;
  }

  @Test
  void refusesTooFewCalibrationRows() {
    assertThatThrownBy(
            () -> Conformal.of(new double[5][2], Classes.of(List.of("a", "b"), new int[5]), 0.1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at least 9");
  }
}
