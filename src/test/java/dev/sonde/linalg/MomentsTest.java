package dev.sonde.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows in any chunks and any order give what all rows at once give (AT-63).
final class MomentsTest {
  private static final int N = 500;
  private static final int D = 7;

  private static double[] rows(SplittableRandom random) {
    var out = new double[N * D];
    for (int i = 0; i < out.length; i++) {
      // the first feature is a massive one: mean 3000, unit variance
      out[i] = random.nextGaussian() * (1 + i % D) + (i % D == 0 ? 3000 : i % D);
    }
    return out;
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3})
  void chunksAndOrderDoNotMatter(long seed) {
    var random = new Seed(seed).forPurpose("moments").generator();
    var rows = rows(random);
    var mean = twoPassMean(rows);
    var scatter = twoPassScatter(rows, mean);
    for (int chunking = 0; chunking < 37; chunking++) {
      var parts = parts(rows, random);
      Collections.shuffle(parts, new Random(seed * 100 + chunking));
      var all = parts.stream().reduce(Moments.none(D), Moments::merge);
      assertThat(all.count()).isEqualTo(N);
      assertThat(off(all.mean(), mean)).isLessThan(1e-12);
      assertThat(off(scatter(all), scatter)).isLessThan(1e-12);
      var rest = all.without(parts.getFirst());
      var others = parts.subList(1, parts.size()).stream().reduce(Moments.none(D), Moments::merge);
      assertThat(off(scatter(rest), scatter(others))).isLessThan(1e-9);
    }
  }

  /// The opposite: what sums of raw float32 squares would make of the massive feature.
  @Test
  void naiveSumsWouldBeSeen() {
    var rows = rows(new Seed(1).forPurpose("moments").generator());
    float sum = 0;
    float squares = 0;
    for (int i = 0; i < N; i++) {
      float x = (float) rows[i * D];
      sum += x;
      squares += x * x;
    }
    double exact = twoPassScatter(rows, twoPassMean(rows))[0] / N;
    double naive = squares / N - (double) (sum / N) * (sum / N);
    assertThat(Math.abs(naive - exact)).isGreaterThan(0.1);
    var floats = new float[N * D];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) rows[i];
    }
    var found = Moments.of(Matrix.ofFloats(N, D, floats)).variance(0);
    assertThat(found).isCloseTo(exact, within(1e-3));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var a = Moments.none(3);
    assertThatThrownBy(() -> a.merge(Moments.none(4))).hasMessageContaining("of 4 numbers");
    var one = Moments.of(Matrix.ofDoubles(1, 3, new double[] {1, 2, 3}));
    assertThatThrownBy(() -> a.without(one)).hasMessageContaining("taken out of 0");
  }

  private static List<Moments> parts(double[] rows, SplittableRandom random) {
    var out = new ArrayList<Moments>();
    for (int from = 0; from < N; ) {
      int to = Math.min(N, from + 1 + random.nextInt(80));
      var chunk = java.util.Arrays.copyOfRange(rows, from * D, to * D);
      out.add(Moments.of(Matrix.ofDoubles(to - from, D, chunk)));
      from = to;
    }
    return out;
  }

  private static double[] scatter(Moments moments) {
    try (var scope = Scope.open()) {
      return moments.scatter().toDoubles();
    }
  }

  private static double[] twoPassMean(double[] rows) {
    var out = new double[D];
    for (int i = 0; i < rows.length; i++) {
      out[i % D] += rows[i] / N;
    }
    return out;
  }

  private static double[] twoPassScatter(double[] rows, double[] mean) {
    var out = new double[D * D];
    for (int i = 0; i < N; i++) {
      for (int a = 0; a < D; a++) {
        for (int b = 0; b < D; b++) {
          out[a * D + b] += (rows[i * D + a] - mean[a]) * (rows[i * D + b] - mean[b]);
        }
      }
    }
    return out;
  }

  /// The largest difference over the largest expected value.
  private static double off(double[] found, double[] expected) {
    double worst = 0;
    double size = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected[i]));
      size = Math.max(size, Math.abs(expected[i]));
    }
    return worst / size;
  }
}
