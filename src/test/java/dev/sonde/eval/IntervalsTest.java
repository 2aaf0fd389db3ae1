package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Intervals and comparisons against scipy 1.17 and against what they promise (AT-33).
final class IntervalsTest {
  @Test
  void distributionsAreScipys() {
    assertThat(Distributions.normalCdf(1.3)).isCloseTo(0.9031995154143897, within(1e-13));
    assertThat(Distributions.normalCdf(-6.5) / 4.016000583859088e-11).isCloseTo(1, within(1e-10));
    assertThat(Distributions.normalQuantile(.975)).isCloseTo(1.959963984540054, within(1e-11));
    assertThat(Distributions.normalQuantile(1e-6)).isCloseTo(-4.753424308822899, within(1e-10));
    assertThat(Distributions.studentCdf(2.1, 7)).isCloseTo(0.9630644018935387, within(1e-12));
    assertThat(Distributions.studentQuantile(.975, 9)).isCloseTo(2.262157162798205, within(1e-9));
    assertThat(Distributions.chiSquareTail(11.3, 5)).isCloseTo(0.04574583257311167, within(1e-12));
    assertThat(Distributions.betaCdf(.31, 2.5, 7.25)).isCloseTo(0.6838810344826386, within(1e-12));
    assertThat(Distributions.betaQuantile(.025, 3, 18))
        .isCloseTo(0.0320709371854637, within(1e-12));
    assertThat(Distributions.binomialCdf(7, 20, .5)).isCloseTo(0.13158798217773438, within(1e-12));
    assertThat(Distributions.binomialCdf(180, 400, .47))
        .isCloseTo(0.22637210615329764, within(1e-11));
  }

  @Test
  void sharesAreScipys() {
    check(Proportion.wilson(45, 50, .95), 0.7863976856252034, 0.9565242350681095);
    check(Proportion.wilson(0, 30, .95), 0, 0.11351339317396875);
    check(Proportion.wilson(3, 400, .95), 0.0025538891952499396, 0.021815720724032123);
    check(Proportion.clopperPearson(45, 50, .95), 0.7818646335657977, 0.9667249064109785);
    check(Proportion.clopperPearson(0, 30, .95), 0, 0.11570330822202743);
    check(Proportion.clopperPearson(3, 400, .95), 0.0015493589499055267, 0.02176066851441709);
  }

  private static void check(Interval found, double low, double high) {
    assertThat(found.low()).isCloseTo(low, within(1e-9));
    assertThat(found.high()).isCloseTo(high, within(1e-9));
  }

  /// The mean of a skewed sample: BCa reaches further up than the percentiles, as scipy's with
  /// 200,000 draws does (.971, 1.726 against .947, 1.694).
  @Test
  void bcaFollowsTheSkew() {
    var x = new double[25];
    Arrays.setAll(x, i -> Math.exp(Math.sin(3.1 * i) * 1.5));
    var draws = Bootstrap.byGroup(Groups.single(25), 40_000, new Seed(2));
    var bca = draws.bca(Bootstrap.mean(x), .95);
    var percentile = draws.interval(Bootstrap.mean(x), .95);
    assertThat(bca.low()).isCloseTo(0.9708, within(0.01));
    assertThat(bca.high()).isCloseTo(1.7261, within(0.015));
    assertThat(percentile[0]).isCloseTo(0.9465, within(0.01));
    assertThat(percentile[1]).isCloseTo(1.6937, within(0.015));
    assertThat(draws.bca(w -> Double.NaN, .95)).isEqualTo(Interval.NONE);
  }

  @Test
  void strataKeepTheBalance() {
    boolean[] positive = {true, true, false, false, false, false, true, false};
    var groups = Groups.of(Arrays.asList("a", "a", "b", "c", "d", "e", "f", "f"));
    // the sum of weights of positive rows
    java.util.function.ToDoubleFunction<double[]> positives =
        w -> IntStream.range(0, 8).mapToDouble(i -> positive[i] ? w[i] : 0).sum();
    var even = Bootstrap.stratified(groups, positive, 300, new Seed(1)).interval(positives, .95);
    var free = Bootstrap.byGroup(groups, 300, new Seed(1)).interval(positives, .95);
    assertThat(even[1] - even[0]).isZero();
    assertThat(free[1] - free[0]).isPositive();
  }

  /// Two probes on the same rows; reference by all pairs in numpy.
  @Test
  void deLongPairedIsTheDefinition() {
    var y = positives();
    var paired = DeLong.paired(first(), second(), y, .95);
    assertThat(paired.first()).isCloseTo(0.745625, within(1e-12));
    assertThat(paired.second()).isCloseTo(0.715, within(1e-12));
    assertThat(paired.error()).isCloseTo(0.09632042461865474, within(1e-12));
    assertThat(paired.p()).isCloseTo(0.7505234866650007, within(1e-10));
    assertThat(paired.interval().contains(0)).isTrue();
    var same = DeLong.paired(first(), first(), y, .95);
    assertThat(same.error()).isZero();
    assertThat(same.p()).isEqualTo(1);
    // the opposite: against noise a sharp score is told apart
    var sharp = new double[60];
    Arrays.setAll(sharp, i -> (y[i] ? 1 : 0) + 0.3 * Math.sin(1.7 * i));
    assertThat(DeLong.paired(sharp, second(), y, .95).p()).isLessThan(0.001);
  }

  @Test
  void pairedDrawsAgreeWithDeLong() {
    var y = positives();
    var draws = Bootstrap.stratified(Groups.single(60), y, 4000, new Seed(3));
    var gap = draws.difference(Bootstrap.auroc(first(), y), Bootstrap.auroc(second(), y), .95);
    var paired = DeLong.paired(first(), second(), y, .95);
    assertThat(gap.observed()).isCloseTo(paired.difference(), within(1e-12));
    assertThat(gap.interval().low()).isCloseTo(paired.interval().low(), within(0.03));
    assertThat(gap.interval().high()).isCloseTo(paired.interval().high(), within(0.03));
    assertThat(gap.p()).isCloseTo(paired.p(), within(0.08));
  }

  static double[] first() {
    var s = new double[60];
    Arrays.setAll(s, i -> Math.rint(10 * (Math.sin(1.7 * i) + (i % 3 == 0 ? .8 : 0))) / 10);
    return s;
  }

  private static double[] second() {
    var s = new double[60];
    Arrays.setAll(s, i -> Math.rint(10 * (Math.cos(1.1 * i) + (i % 3 == 0 ? .5 : 0))) / 10);
    return s;
  }

  static boolean[] positives() {
    var y = new boolean[60];
    for (int i = 0; i < 60; i++) {
      y[i] = i % 3 == 0;
    }
    return y;
  }

  @Test
  void mcNemarIsTheExactBinomial() {
    var a = new boolean[40];
    var b = new boolean[40];
    for (int i = 0; i < 40; i++) {
      a[i] = i < 23;
      b[i] = i < 20 || i >= 28;
    }
    var found = Comparisons.mcNemar(a, b);
    assertThat(found.first()).isEqualTo(3);
    assertThat(found.second()).isEqualTo(12);
    assertThat(found.p()).isCloseTo(0.03515625, within(1e-12));
    assertThat(Comparisons.mcNemar(a, a).p()).isEqualTo(1);
  }

  @Test
  void foldsThatShareRowsAreNotIndependent() {
    double[] d = {.02, .05, -.01, .03, .04};
    var found = Comparisons.corrected(d, 20, 80);
    assertThat(found.mean()).isCloseTo(0.026, within(1e-12));
    assertThat(found.error()).isCloseTo(0.015443445211480502, within(1e-12));
    assertThat(found.p()).isCloseTo(0.16755322147892307, within(1e-10));
    assertThat(Comparisons.corrected(d, 0, 80).p()).isLessThan(found.p());
  }

  @Test
  void adjustedValuesAreScipys() {
    double[] p = {.01, .04, .03, .005, .2};
    close(MultipleTests.holm(p), .04, .09, .09, .025, .2);
    close(MultipleTests.benjaminiHochberg(p), .025, .05, .05, .025, .2);
    close(
        MultipleTests.benjaminiYekutieli(p),
        0.05708333333,
        0.11416666667,
        0.11416666667,
        0.05708333333,
        0.45666666667);
  }

  private static void close(double[] found, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-10));
    }
  }

  /// Of 2,000 families of 20 true nulls Holm makes a false claim in at most 5 of 100 (4 sigma: 7 of
  /// 100); unadjusted values do in 64 of 100.
  @Test
  void familiesOfNothingStayQuiet() {
    var random = new Seed(9).forPurpose("families").generator();
    int holm = 0;
    int naive = 0;
    for (int rep = 0; rep < 2000; rep++) {
      var p = random.doubles(20).toArray();
      holm += Arrays.stream(MultipleTests.holm(p)).min().orElseThrow() <= .05 ? 1 : 0;
      naive += Arrays.stream(p).min().orElseThrow() <= .05 ? 1 : 0;
    }
    assertThat(holm / 2000.0).isLessThan(0.07);
    assertThat(naive / 2000.0).isGreaterThan(0.55);
  }
}
