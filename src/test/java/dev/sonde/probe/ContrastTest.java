package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Directions from pairs (AT-12): what turning pairs round, or leaving the mean in, finds, and what
/// centring differences of one sign throws away.
final class ContrastTest {
  private static final int D = 512;
  private static final int PAIRS = 256;

  private static final class Case {
    private final Samples samples;
    private final double[] theta;

    Case(Samples samples, double[] theta) {
      this.samples = samples;
      this.theta = theta;
    }
  }

  /// Pairs of rows of unit noise, `gap` apart along theta; the row of the positive class comes
  /// first in all pairs, or in a random half.
  private static Case planted(double gap, boolean ordered, long seed) {
    var random = new Seed(seed).forPurpose("pairs").generator();
    var theta = Planted.unit(D, random);
    var rows = new double[2 * PAIRS][];
    var y = new int[2 * PAIRS];
    for (int i = 0; i < 2 * PAIRS; i += 2) {
      boolean first = ordered || random.nextBoolean();
      y[i] = first ? 1 : 0;
      y[i + 1] = 1 - y[i];
      for (int k = i; k < i + 2; k++) {
        rows[k] = Small.plus(Planted.noise(D, 1, random), gap * (y[k] - 0.5), theta);
      }
    }
    var samples =
        Samples.of(Planted.matrix(rows), Planted.classes(rows.length, i -> y[i]))
            .withSide("pair", Planted.ids(rows.length, i -> i / 2))
            .withSide("element", Planted.classes(rows.length, i -> 1 - i % 2));
    return new Case(samples, theta);
  }

  private static double cosine(Contrast.Kind kind, Case c, long seed) {
    var fit = Contrast.fit(c.samples, kind, new Seed(seed));
    return Planted.cosine(fit.probe().direction(), c.theta);
  }

  @ParameterizedTest(name = "gap {0}")
  @CsvSource({"4, .879, .031, .879, .892", "8, .969, .040, .970, .970"})
  void turnedRoundOrUncentredFindsIt(
      double gap, double lat, double centred, double uncentred, double means) {
    double[] sum = new double[4];
    int seeds = 4;
    for (int seed = 0; seed < seeds; seed++) {
      var c = planted(gap, true, seed);
      sum[0] += cosine(Contrast.Kind.LAT, c, seed) / seeds;
      sum[1] += cosine(Contrast.Kind.CENTRED, c, seed) / seeds;
      sum[2] += cosine(Contrast.Kind.UNCENTRED, c, seed) / seeds;
      sum[3] += Planted.cosine(Contrast.means(c.samples).direction(), c.theta) / seeds;
    }
    assertThat(sum[0]).isCloseTo(lat, within(.03));
    assertThat(sum[1]).isCloseTo(centred, within(.03));
    assertThat(sum[2]).isCloseTo(uncentred, within(.03));
    assertThat(sum[3]).isCloseTo(means, within(.03));
  }

  /// At a gap of two the labels are worth most, and still nothing comes of centring.
  @Test
  void atLowSignalTheMeansAreBetter() {
    double means = 0;
    double uncentred = 0;
    double lat = 0;
    double centred = 0;
    int seeds = 24;
    for (int seed = 0; seed < seeds; seed++) {
      var c = planted(2, true, seed);
      means += Planted.cosine(Contrast.means(c.samples).direction(), c.theta) / seeds;
      uncentred += cosine(Contrast.Kind.UNCENTRED, c, seed) / seeds;
      lat += cosine(Contrast.Kind.LAT, c, seed) / seeds;
      centred += cosine(Contrast.Kind.CENTRED, c, seed) / seeds;
    }
    assertThat(means).isCloseTo(.69, within(.03));
    assertThat(lat).isCloseTo(.47, within(.03));
    assertThat(uncentred).isCloseTo(.46, within(.03));
    assertThat(centred).isCloseTo(.04, within(.03));
  }

  /// With an order that says nothing of the label centring is right, and no warning is given.
  @Test
  void centringWarnsWhereTheOrderIsTheLabel() {
    var ordered = Contrast.fit(planted(8, true, 3).samples, Contrast.Kind.CENTRED, new Seed(1));
    assertThat(ordered.warning()).contains("turn pairs round");
    assertThat(ordered.agreement()).isLessThan(0.65);
    var mixed = planted(8, false, 3);
    var fit = Contrast.fit(mixed.samples, Contrast.Kind.CENTRED, new Seed(1));
    assertThat(fit.warning()).isEmpty();
    assertThat(fit.agreement()).isGreaterThan(0.99);
    assertThat(Planted.cosine(fit.probe().direction(), mixed.theta)).isGreaterThan(0.94);
    var scores = fit.probe().scores(mixed.samples.x());
    assertThat(Planted.auroc(scores, mixed.samples)).isGreaterThan(0.99);
  }

  /// The baselines know nothing: a random direction and the first component of plain rows.
  @Test
  void baselinesFindNothing() {
    var c = planted(4, true, 5);
    var random = Contrast.random(D, new Seed(3));
    assertThat(Planted.cosine(random.direction(), c.theta)).isLessThan(0.15);
    assertThat(Small.length(random.direction())).isCloseTo(1, within(1e-12));
    assertThat(Planted.auroc(random.scores(c.samples.x()), c.samples)).isBetween(0.35, 0.65);
    // variance along theta is 1 + 4: it does stand out of the rows; without a gap nothing does
    var none = planted(0, true, 5);
    var first = Contrast.firstComponent(none.samples);
    assertThat(Planted.auroc(first.scores(none.samples.x()), none.samples)).isBetween(0.4, 0.6);
    for (ProbeFamily family :
        java.util.List.of(new FirstComponent(), new RandomDirection(new Seed(4)))) {
      var probe = family.fit(none.samples, Basis.Scaling.NONE, 1);
      assertThat(Planted.accuracy(probe.scores(none.samples.x()), none.samples))
          .isBetween(0.42, 0.62);
    }
    var spread = planted(12, true, 6);
    var found = new FirstComponent().fit(spread.samples, Basis.Scaling.NONE, 1);
    assertThat(Planted.accuracy(found.scores(spread.samples.x()), spread.samples))
        .isGreaterThan(0.99);
  }

  @Test
  void whatAreNoPairsIsRefused() {
    var c = planted(4, true, 5).samples;
    var kind = Contrast.Kind.LAT;
    assertThatThrownBy(() -> Contrast.fit(Samples.of(c.x(), c.y()), kind, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("'pair'");
    var three = c.withSide("pair", Planted.ids(c.size(), i -> i / 4));
    assertThatThrownBy(() -> Contrast.fit(three, kind, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("4 rows");
    var same = c.withSide("element", Planted.classes(c.size(), i -> 1 - i % 4 / 2));
    assertThatThrownBy(() -> Contrast.fit(same, kind, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("same element");
  }
}
