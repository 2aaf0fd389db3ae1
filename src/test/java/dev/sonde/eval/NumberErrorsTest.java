package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.provenance.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Errors of numbers and of places, by hand and by law.
final class NumberErrorsTest {
  @Test
  void numbersByHand() {
    double[] truth = {9, 99, 999, 0};
    double[] off = {99, 99, 99, 0};
    assertThat(NumberErrors.logRmse(truth, truth)).isZero();
    assertThat(NumberErrors.logRmse(truth, off)).isCloseTo(Math.sqrt(0.5), within(1e-12));
    assertThat(NumberErrors.medianRelative(truth, off)).isCloseTo(900.0 / 999, within(1e-12));
    assertThat(NumberErrors.medianRelative(new double[] {0}, new double[] {1})).isNaN();
    assertThat(NumberErrors.meanAbsolute(truth, off)).isCloseTo(247.5, within(1e-12));
    // scipy.stats.kendalltau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])
    double[] a = {12, 2, 1, 12, 2};
    double[] b = {1, 4, 7, 1, 0};
    assertThat(NumberErrors.kendall(a, b)).isCloseTo(-0.47140452079103173, within(1e-14));
    assertThat(NumberErrors.kendall(a, a)).isEqualTo(1);
    assertThat(NumberErrors.kendall(a, new double[5])).isNaN();
  }

  /// London and Paris lie 344 km apart; a quarter of a meridian is 10,008 km.
  @Test
  void distancesOnTheGlobe() {
    double d = PlaceErrors.haversine(51.5074, -0.1278, 48.8566, 2.3522);
    assertThat(d).isCloseTo(343.6, within(0.5));
    assertThat(PlaceErrors.haversine(0, 0, 90, 50)).isCloseTo(10007.557, within(0.01));
    assertThat(PlaceErrors.haversine(0, 179.5, 0, -179.5))
        .isCloseTo(PlaceErrors.haversine(0, 0, 0, 1), within(1e-9));
    double[][] two = {{0, 0}, {0, 2}};
    assertThat(PlaceErrors.median(two, new double[][] {{0, 0}, {0, 1}}))
        .isCloseTo(PlaceErrors.haversine(0, 0, 0, 0.5), within(0.01));
  }

  /// No place is nearer to a perfect prediction than its own; a random one is as near as the next.
  @Test
  void proximityIsChanceForGuesses() {
    var random = new Seed(1).forPurpose("places").generator();
    var truth = new double[300][];
    Arrays.setAll(
        truth, i -> new double[] {random.nextDouble(-60, 60), random.nextDouble(-170, 170)});
    assertThat(PlaceErrors.proximity(truth, truth)).isZero();
    var dealt = new double[300][];
    Arrays.setAll(dealt, i -> truth[(i + 17) % 300]);
    assertThat(PlaceErrors.proximity(dealt, truth)).isBetween(0.4, 0.6);
    var near = new double[300][];
    Arrays.setAll(near, i -> new double[] {truth[i][0] + 5, truth[i][1]});
    assertThat(PlaceErrors.proximity(near, truth)).isBetween(0.001, 0.2);
  }
}
