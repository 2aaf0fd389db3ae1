package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Softmax probes against numbers that other software gave (AT-6) and against the binary probe
/// (AT-7).
final class SoftmaxTest {
  private static final double[] INTERCEPTS = {0.06031626, 0.55245235, -0.61276860};
  private static final double[][] W = {
    {
      -2.09299429,
      0.08448547,
      0.11104515,
      -0.79402666,
      -0.14463293,
      -0.20939737,
      0.34450387,
      0.13778373
    },
    {
      -0.20333515,
      -0.26959823,
      -0.09444192,
      -0.04592801,
      -0.03234196,
      -0.20699319,
      -0.47891365,
      -0.33168492
    },
    {
      2.29632944,
      0.18511276,
      -0.01660323,
      0.83995466,
      0.17697489,
      0.41639056,
      0.13440978,
      0.19390119
    }
  };

  /// Terciles of a number that the rows tell.
  static Samples terciles() {
    var t = new double[Golden.N];
    Arrays.setAll(
        t, i -> Golden.x(i + 1, 1) + 0.5 * Golden.x(i + 1, 4) + 0.7 * Math.sin(2.9 * (i + 1)));
    var sorted = t.clone();
    Arrays.sort(sorted);
    var index =
        Arrays.stream(t)
            .mapToInt(v -> v >= cut(sorted, 2.0 / 3) ? 2 : v >= cut(sorted, 1.0 / 3) ? 1 : 0)
            .toArray();
    return Samples.of(Golden.rows(), Classes.of(List.of("0", "1", "2"), index));
  }

  private static double cut(double[] sorted, double share) {
    double at = share * (sorted.length - 1);
    int i = (int) at;
    return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
  }

  @Test
  void goldenNumbers() {
    var fit = Softmax.fit(terciles(), Basis.Scaling.NONE, 1);
    // scikit-learn 1.9.1, tol 1e-14; its coefficients agree with ours to 1e-7
    assertThat(fit.objective() / 36.06575593734501).isCloseTo(1, within(1e-10));
    assertThat(fit.gradient()).isLessThan(1e-9);
    for (int k = 0; k < W.length; k++) {
      assertThat(fit.classes().get(k).bias()).isCloseTo(INTERCEPTS[k], within(1e-6));
      for (int j = 0; j < Golden.D; j++) {
        assertThat(fit.classes().get(k).direction()[j]).isCloseTo(W[k][j], within(1e-6));
      }
    }
    for (int j = 0; j < Golden.D; j++) {
      int feature = j;
      double sum = fit.classes().stream().mapToDouble(p -> p.direction()[feature]).sum();
      assertThat(sum).isCloseTo(0, within(1e-8));
    }
  }

  @ParameterizedTest(name = "C={0}")
  @ValueSource(doubles = {0.01, 1, 100})
  void twoClassesAreTheBinaryProbeAtTwiceC(double c) {
    var two = Softmax.fit(Golden.classes(), Basis.Scaling.NONE, c);
    var one = new Logistic().fit(Golden.classes(), Basis.Scaling.NONE, 2 * c);
    var same = new Logistic().fit(Golden.classes(), Basis.Scaling.NONE, c);
    double atSame = 0;
    for (int j = 0; j < Golden.D; j++) {
      double w = two.classes().get(1).direction()[j] - two.classes().get(0).direction()[j];
      assertThat(w).isCloseTo(one.direction()[j], within(1e-8));
      atSame = Math.max(atSame, Math.abs(w - same.direction()[j]));
    }
    double b = two.classes().get(1).bias() - two.classes().get(0).bias();
    assertThat(b).isCloseTo(one.bias(), within(1e-8));
    assertThat(atSame).as("at the same C they differ").isGreaterThan(1e-2);
  }

  /// More features than rows, classes of unequal size, a strong evidence: still the optimum.
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3})
  void optimumWithMoreFeaturesThanRows(long seed) {
    var random = new Seed(seed).forPurpose("softmax").generator();
    int n = 80;
    int d = 120;
    var x = random.doubles((long) n * d, -3, 3).toArray();
    var y = new int[n];
    Arrays.setAll(y, i -> i < 4 ? i : random.nextInt(2) * random.nextInt(4));
    var samples = Samples.of(Matrix.ofDoubles(n, d, x), Classes.of(List.of("a", "b", "c", "d"), y));
    var fit = Softmax.fit(samples, Basis.Scaling.COMMON, 10);
    assertThat(fit.gradient()).isLessThan(1e-9);
    assertThat(fit.classes()).hasSize(4);
  }

  @Test
  void whatHasNoClassesIsRefused() {
    assertThatThrownBy(() -> Softmax.fit(Golden.numbers(), Basis.Scaling.NONE, 1))
        .isInstanceOf(BadInput.class);
    var empty = Samples.of(Golden.rows(), Classes.of(List.of("a", "b", "c"), new int[Golden.N]));
    assertThatThrownBy(() -> Softmax.fit(empty, Basis.Scaling.NONE, 1))
        .hasMessageContaining("no row is of class b");
  }
}
