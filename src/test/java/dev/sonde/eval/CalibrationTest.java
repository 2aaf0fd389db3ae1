package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Maps from scores to probabilities (AT-35), against scikit-learn 1.9 and scipy 1.17.
final class CalibrationTest {
  @Test // AT-35
  void temperatureStandsWhereTheLossIsFlat() {
    var s = IntervalsTest.first();
    var y = IntervalsTest.positives();
    double t = Calibration.temperature(s, y);
    double inverse = 1 / t;
    double h = 1e-6;
    double slope = (loss(s, y, inverse + h) - loss(s, y, inverse - h)) / (2 * h);
    assertThat(slope).isCloseTo(0, within(1e-7));
    // the opposite: elsewhere it is not
    assertThat(Math.abs(loss(s, y, 2 * inverse) - loss(s, y, inverse))).isGreaterThan(1e-4);
  }

  private static double loss(double[] s, boolean[] y, double inverse) {
    return Scores.logLoss(Arrays.stream(s).map(v -> v * inverse).toArray(), y);
  }

  @Test // AT-35
  void plattIsTheOptimumAndKeepsRanks() {
    var s = IntervalsTest.first();
    var y = IntervalsTest.positives();
    var platt = Platt.fit(s, y);
    assertThat(platt.a()).isCloseTo(1.27965808, within(1e-6));
    assertThat(platt.b()).isCloseTo(-1.18304044, within(1e-6));
    var p = Arrays.stream(s).map(platt::probability).toArray();
    assertThat(Scores.auroc(p, y)).isEqualTo(Scores.auroc(s, y));
  }

  /// Separable scores keep a finite slope, by the smoothed targets; scores in any unit give the
  /// same probabilities.
  @Test
  void plattDoesNotRunAway() {
    double[] s = {-2, -1, 1, 2};
    boolean[] y = {false, false, true, true};
    var platt = Platt.fit(s, y);
    assertThat(platt.probability(2)).isBetween(0.7, 0.9);
    var large = Platt.fit(Arrays.stream(s).map(v -> 1e6 * v + 3e6).toArray(), y);
    assertThat(large.probability(1e6 + 3e6)).isCloseTo(platt.probability(1), within(1e-8));
  }

  @Test
  void isotonicIsScikitLearns() {
    var iso = Isotonic.pool(IntervalsTest.first(), IntervalsTest.positives());
    double[] at = {-2, -.55, .33, .47, 1.05, 1.23, 3};
    double[] expected = {0, 0, 1 / 3.0, 1 / 3.0, .5, 1, 1};
    for (int i = 0; i < at.length; i++) {
      assertThat(iso.probability(at[i])).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void isotonicWantsManyRows() {
    assertThatThrownBy(() -> Isotonic.fit(IntervalsTest.first(), IntervalsTest.positives()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("needs 1000 rows or more, here are 60");
    var sample = sample(3000, 3);
    var iso = Isotonic.fit(sample.score, sample.positive);
    var fresh = sample(3000, 3.001);
    var p = Arrays.stream(fresh.score).map(iso::probability).toArray();
    var raw = Arrays.stream(fresh.score).map(Scores::probability).toArray();
    double after = Calibration.error(Calibration.equalMass(p, fresh.positive, 15));
    double before = Calibration.error(Calibration.equalMass(raw, fresh.positive, 15));
    assertThat(after).isLessThan(0.05);
    assertThat(before).isGreaterThan(2 * after);
  }

  /// The sweep has bins whose shares grow; of calibrated scores its error is small, of
  /// overconfident ones it is not.
  @Test
  void theSweepGrowsAndSeesOverconfidence() {
    var honest = sample(4000, 1);
    var boastful = sample(4000, 3);
    double[] errors = new double[2];
    for (var each : new Sample[] {honest, boastful}) {
      var p = Arrays.stream(each.score).map(Scores::probability).toArray();
      var bins = Calibration.sweep(p, each.positive);
      for (int b = 1; b < bins.size(); b++) {
        assertThat(bins.get(b).observed()).isGreaterThanOrEqualTo(bins.get(b - 1).observed());
      }
      assertThat(Calibration.squaredError(bins)).isGreaterThanOrEqualTo(Calibration.error(bins));
      errors[each == honest ? 0 : 1] = Calibration.error(bins);
    }
    assertThat(errors[0]).isLessThan(0.03);
    assertThat(errors[1]).isGreaterThan(0.08);
  }

  private static final class Sample {
    private final double[] score;
    private final boolean[] positive;

    Sample(double[] score, boolean[] positive) {
      this.score = score;
      this.positive = positive;
    }
  }

  /// Log-odds that are `boast` times as large as true.
  private static Sample sample(int n, double boast) {
    var random = new Seed(Math.round(1000 * boast)).forPurpose("calibration").generator();
    var score = new double[n];
    var positive = new boolean[n];
    for (int i = 0; i < n; i++) {
      double z = 1.5 * random.nextGaussian();
      positive[i] = random.nextDouble() < Scores.probability(z);
      score[i] = boast * z;
    }
    return new Sample(score, positive);
  }
}
