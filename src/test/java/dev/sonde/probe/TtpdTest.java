package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Truth and polarity directions against numpy's (AT-15) and where a plain truth probe turns over
/// (AT-16).
final class TtpdTest {
  private static final double[] GENERAL = {
    0.332044617,
    -0.177917421,
    0.178329308,
    -0.017220289,
    0.015988296,
    -0.025543609,
    -0.053366529,
    -0.078351888
  };
  private static final double[] POLAR = {
    0.036726071,
    0.047096314,
    -0.041766075,
    -0.066449618,
    -0.072434974,
    0.031044860,
    0.024990279,
    -0.038517503
  };

  /// AT-15: polarity +1 for odd i (counted from 1), each polarity centred by itself.
  @Test
  void goldenDirections() {
    var polarity = Planted.classes(Golden.N, i -> 1 - i % 2);
    var samples = Golden.classes().withSide("polarity", polarity).withSide("dataset", polarity);
    var fit = Ttpd.fit(samples, 1);
    for (int j = 0; j < Golden.D; j++) {
      assertThat(fit.general()[j]).isCloseTo(GENERAL[j], within(1e-9));
      assertThat(fit.polar()[j]).isCloseTo(POLAR[j], within(1e-9));
    }
    // the opposite: with polarities dealt otherwise t_P is another direction
    var halves = Planted.classes(Golden.N, i -> i / 30);
    var mixed = samples.withSide("polarity", halves).withSide("dataset", halves);
    assertThat(Math.abs(Ttpd.fit(mixed, 1).polar()[0] - POLAR[0])).isGreaterThan(1e-3);
  }

  /// Topics of affirmed and of negated statements; truth along `t_G`, and along `t_P` with the
  /// polarity's sign, |t_P| = 2 |t_G|; the polarity itself along a third axis.
  private static Samples planted(int topics, int rows, long seed) {
    int d = 64;
    var random = new Seed(seed).forPurpose("ttpd").generator();
    var axes =
        Subspace.spannedBy(
            java.util.List.of(
                Planted.unit(d, random), Planted.unit(d, random), Planted.unit(d, random)));
    int n = topics * 2 * rows;
    var x = new double[n][];
    var y = new int[n];
    var means = new double[topics][];
    for (int t = 0; t < topics; t++) {
      means[t] = Planted.noise(d, 1, random);
      // topics differ in everything but in how truth and polarity are written
      for (int a = 0; a < 3; a++) {
        means[t] = Small.plus(means[t], -Small.dot(means[t], axes.axis(a)), axes.axis(a));
      }
    }
    for (int i = 0; i < n; i++) {
      int p = i / rows % 2 == 0 ? 1 : -1;
      y[i] = random.nextInt(2);
      int tau = 2 * y[i] - 1;
      var row = Small.plus(Planted.noise(d, 0.5, random), 1, means[i / (2 * rows)]);
      row = Small.plus(row, 1.5 * tau, axes.axis(0));
      row = Small.plus(row, 3.0 * tau * p, axes.axis(1));
      x[i] = Small.plus(row, 2.0 * p, axes.axis(2));
    }
    return Samples.of(Planted.matrix(x), Planted.classes(n, i -> y[i]))
        .withSide("polarity", Planted.classes(n, i -> 1 - i / rows % 2))
        .withSide("dataset", Planted.ids(n, i -> i / rows));
  }

  /// AT-16: learnt from affirmed statements alone, a truth probe is upside down on the negated ones
  /// of a new topic; TTPD is not.
  @Test
  void aPlainProbeTurnsOverOnNegations() {
    int rows = 100;
    var all = planted(6, rows, 1);
    var train = IntStream.range(0, 5 * 2 * rows).toArray();
    var affirmed = IntStream.of(train).filter(i -> i / rows % 2 == 0).toArray();
    var negated = IntStream.range(11 * rows, 12 * rows).toArray();
    var affirmedTest = IntStream.range(10 * rows, 11 * rows).toArray();
    var unseen = all.select(negated);
    var plain = new Logistic().fit(all.select(affirmed), Basis.Scaling.COMMON, 1);
    assertThat(Planted.auroc(plain.scores(unseen.x()), unseen)).isLessThan(0.005); // .00
    var same = all.select(affirmedTest);
    assertThat(Planted.auroc(plain.scores(same.x()), same)).isGreaterThan(0.99);
    var fit = Ttpd.fit(all.select(train), 1);
    assertThat(Planted.auroc(fit.probe().scores(unseen.x()), unseen)).isGreaterThanOrEqualTo(0.995);
    assertThat(Planted.accuracy(fit.probe().scores(unseen.x()), unseen)).isGreaterThan(0.95);
    assertThat(Planted.accuracy(fit.probe().scores(same.x()), same)).isGreaterThan(0.95);
    assertThat(Small.length(fit.polar()) / Small.length(fit.general())).isBetween(1.9, 2.1);
    assertThat(Planted.cosine(fit.polar(), fit.general())).isLessThan(0.1);
  }

  /// The opposite: labels that are dealt at random are not found.
  @Test
  void randomLabelsAreNotFound() {
    var all = planted(6, 100, 2);
    var random = new Seed(3).forPurpose("labels").generator();
    var dealt = IntStream.range(0, all.size()).map(i -> random.nextInt(2)).toArray();
    var other =
        new Samples(all.x(), Planted.classes(all.size(), i -> dealt[i]), all.groups(), all.sides());
    var train = IntStream.range(0, 1000).toArray();
    var test = other.select(IntStream.range(1000, 1200).toArray());
    var fit = Ttpd.fit(other.select(train), 1);
    assertThat(Planted.auroc(fit.probe().scores(test.x()), test)).isBetween(0.38, 0.62);
  }

  @Test
  void onePolarityIsRefused() {
    var all = planted(2, 20, 4);
    var only = IntStream.range(0, 20).toArray();
    assertThatThrownBy(() -> Ttpd.fit(all.select(only), 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("affirmed and negated");
    assertThatThrownBy(() -> Ttpd.fit(Samples.of(all.x(), all.y()), 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("'polarity'");
  }
}
