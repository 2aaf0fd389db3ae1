package dev.sonde.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.probe.Linear;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Workers;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// AT-19 and what attention is for: the one token that matters.
final class AttentionProbeTest {
  private static final int D = Planted.WIDTH;

  private static double[][] random(int rows, Seed seed) {
    var random = seed.generator();
    var out = new double[rows][D];
    for (var row : out) {
      for (int j = 0; j < D; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return out;
  }

  private static AttentionProbe some(Attention kind) {
    return AttentionProbe.of(
        kind, 4, random(3, new Seed(1)), random(3, new Seed(2)), new double[] {0.1, 0, -0.1}, 0.5);
  }

  @Test
  void aQueryOfZeroIsTheMean() {
    var data = Planted.of(20, 13, 2, false, new Seed(3));
    var v = random(1, new Seed(4));
    var probe = AttentionProbe.of(Attention.SOFTMAX, 1, new double[1][D], v, new double[1], 0.25);
    var mean = TokenProbe.of(Linear.of(v[0], 0), new Aggregation.Mean());
    var expected = mean.scores(data.x());
    var found = probe.scores(data.x());
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(expected[i] + 0.25);
    }
    var turned =
        AttentionProbe.of(Attention.SOFTMAX, 1, random(1, new Seed(5)), v, new double[1], 0.25);
    assertThat(turned.scores(data.x())[0]).isNotCloseTo(expected[0] + 0.25, within(1e-3));
  }

  @ParameterizedTest
  @EnumSource
  void tokensThatDoNotCountAreNeverRead(Attention kind) {
    var rows = random(12, new Seed(6));
    var flat = java.util.Arrays.stream(rows).flatMapToDouble(java.util.Arrays::stream).toArray();
    var padded = java.util.Arrays.copyOf(flat, flat.length + 5 * D);
    java.util.Arrays.fill(padded, flat.length, padded.length, Double.NaN);
    var probe = some(kind);
    var bare = probe.scores(Sequences.of(Matrix.ofDoubles(12, D, flat), 12));
    var full = Sequences.of(Matrix.ofDoubles(17, D, padded), 17);
    assertThat(probe.scores(full.keeping((i, t) -> t < 12))).isEqualTo(bare);
    assertThat(probe.scores(full.keeping((i, t) -> t < 2))).isNotEqualTo(bare);
  }

  @ParameterizedTest
  @EnumSource
  void tokenByTokenIsTheWhole(Attention kind) {
    var rows = random(60, new Seed(8));
    var probe = some(kind);
    var stream = probe.stream();
    for (int t = 0; t < rows.length; t++) {
      double now = stream.push(rows[t]);
      var flat =
          java.util.Arrays.stream(rows, 0, t + 1)
              .flatMapToDouble(java.util.Arrays::stream)
              .toArray();
      var whole = probe.scores(Sequences.of(Matrix.ofDoubles(t + 1, D, flat), t + 1));
      assertThat(now).isCloseTo(whole[0], within(1e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theGradientIsThatOfTheLoss(Attention kind) {
    var data = Planted.of(12, 7, 2, false, new Seed(9));
    var settings = new AttentionProbe.Settings(kind, 2, 3, true, 0.01, 1, true, 1e-6);
    try (var scope = Scope.open();
        var arena = Arena.ofShared()) {
      var loss = AttentionLoss.of(data.x(), data.y(), settings, arena, Workers.calling());
      var random = new Seed(10).generator();
      var at = random.doubles(loss.size()).map(u -> u - 0.5).toArray();
      var slope = new double[1][at.length];
      loss.at(new int[1], new double[][] {at}, new double[1], slope);
      for (int j = 0; j < at.length; j += 3) {
        double numeric = (value(loss, at, j, 1e-6) - value(loss, at, j, -1e-6)) / 2e-6;
        assertThat(slope[0][j]).as("entry %d", j).isCloseTo(numeric, within(1e-6));
      }
    }
  }

  private static double value(Lbfgs.Objective loss, double[] at, int entry, double by) {
    var there = at.clone();
    there[entry] += by;
    var value = new double[1];
    loss.at(new int[1], new double[][] {there}, value, new double[1][at.length]);
    return value[0];
  }

  /// One marked token of twenty: attention finds it, the mean loses most of it.
  @Test
  void attendsToTheTokenThatMatters() {
    var train = Planted.of(600, 20, 6, false, new Seed(11));
    var test = Planted.of(600, 20, 6, false, new Seed(12));
    var settings = AttentionProbe.Settings.DEFAULT;
    var probe = AttentionProbe.fit(train.x(), train.y(), settings, new Seed(1));
    var mean =
        TokenProbe.fit(train.x(), train.y(), TokenProbe.Train.MEAN, 1, new Aggregation.Mean());
    double attended = test.auroc(probe.scores(test.x()));
    assertThat(attended).isGreaterThan(0.97);
    assertThat(attended).isGreaterThan(test.auroc(mean.scores(test.x())) + 0.1);
    var again = AttentionProbe.fit(train.x(), train.y(), settings, new Seed(1));
    assertThat(again.scores(test.x())).isEqualTo(probe.scores(test.x()));
  }

  /// Texts of all lengths in many blocks: the same bits on the calling thread, one worker and
  /// three; other labels give others.
  @Test
  void theSameBitsOnAnyNumberOfWorkers() {
    var random = new Seed(18).generator();
    var lengths = random.ints(200, 1, 40).toArray();
    var flat = new double[java.util.Arrays.stream(lengths).sum() * D];
    java.util.Arrays.setAll(flat, i -> random.nextGaussian() + i % D);
    var x = Sequences.of(Matrix.ofDoubles(flat.length / D, D, flat), lengths);
    var labels = random.ints(200, 0, 2).toArray();
    var y = Classes.of(List.of("no", "yes"), labels);
    labels[7] = 1 - labels[7];
    var other = Classes.of(List.of("no", "yes"), labels);
    for (var settings :
        List.of(
            AttentionProbe.Settings.DEFAULT.withHeads(2),
            AttentionProbe.Settings.DEFAULT.inFloat32())) {
      var alone = AttentionProbe.fit(x, y, settings, new Seed(1));
      try (var one = Workers.of(1);
          var three = Workers.of(3)) {
        for (var workers : List.of(one, three)) {
          var found = AttentionProbe.fit(x, y, settings, new Seed(1), workers);
          assertThat(found.query(0)).isEqualTo(alone.query(0));
          assertThat(found.value(0)).isEqualTo(alone.value(0));
          assertThat(found.loss()).isEqualTo(alone.loss());
        }
        assertThat(AttentionProbe.fit(x, other, settings, new Seed(1), three).query(0))
            .isNotEqualTo(alone.query(0));
      }
    }
  }

  @Test
  void theOtherKindsFindItToo() {
    var train = Planted.of(600, 20, 6, false, new Seed(13));
    var test = Planted.of(600, 20, 6, false, new Seed(14));
    for (var settings :
        List.of(
            AttentionProbe.Settings.multiMax().withHeads(2),
            AttentionProbe.Settings.rolling().withHeads(2))) {
      var probe = AttentionProbe.fit(train.x(), train.y(), settings, new Seed(1));
      assertThat(test.auroc(probe.scores(test.x())))
          .as("%s", settings.attention())
          .isGreaterThan(0.9);
    }
  }

  @Test
  void findsNothingWhereThereIsNothing() {
    var train = Planted.of(400, 20, 0, false, new Seed(15));
    var test = Planted.of(1000, 20, 0, false, new Seed(16));
    var probe =
        AttentionProbe.fit(train.x(), train.y(), AttentionProbe.Settings.DEFAULT, new Seed(1));
    // the standard error is 0.018
    assertThat(test.auroc(probe.scores(test.x()))).isBetween(0.42, 0.58);
  }

  @Test
  void refusesAnEmptyText() {
    var data = Planted.of(10, 3, 1, false, new Seed(17));
    var masked = data.x().keeping((i, t) -> i != 4);
    assertThatThrownBy(() ->
            AttentionProbe.fit(masked, data.y(), AttentionProbe.Settings.DEFAULT, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("text 4");
  }
}
