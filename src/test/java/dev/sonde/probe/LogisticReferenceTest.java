package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.linalg.Basis;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The logistic probe on 2,000 rows of 256 numbers against scikit-learn over seven strengths
/// (AT-2), and in other units of the features (AT-40).
final class LogisticReferenceTest {
  private static final int N = 2000;
  private static final int D = 256;

  /// C, intercept, sum of the weights, size of the largest, the first four:
  /// bench/logistic_reference.py (scikit-learn 1.9.1, tol 1e-12).
  private static final double[][] REFERENCE = {
    {
      0.0001,
      0.00010637832217086078,
      0.031784816275640435,
      0.026387638959050306,
      0.026387638959050306,
      -0.020405565135149004,
      0.016350254138818902,
      -0.0006982480354353871
    },
    {
      0.001,
      -6.7156213071416e-05,
      0.24887045377003042,
      0.20705984831761426,
      0.20705984831761426,
      -0.17560044578574646,
      0.13164403999820734,
      -0.0019227715255413327
    },
    {
      0.01,
      -0.0010693206920664887,
      0.8988587839074272,
      0.80622693426674,
      0.80622693426674,
      -0.722276109238391,
      0.5315082745338071,
      -0.010981738135579618
    },
    {
      0.1,
      -0.0017265659570231359,
      1.3482499562986219,
      1.4849560196790867,
      1.479663311214931,
      -1.4849560196790867,
      1.067158732127056,
      -0.06013481705848578
    },
    {
      1,
      -0.0017344279201767208,
      1.611240554957613,
      2.4005425967796086,
      2.191459666051433,
      -2.4005425967796086,
      1.652968974605682,
      -0.09295994492539027
    },
    {
      10,
      -0.0009782120837114442,
      1.949964031887889,
      3.7330949326795095,
      3.264565399948681,
      -3.7330949326795095,
      2.356370560978976,
      0.057217550511119666
    },
    {
      100,
      -5.7455752195281374e-05,
      2.2863186132056406,
      5.010905345905602,
      4.342142650584163,
      -5.010905345905602,
      2.910981101453629,
      0.36490319014676464
    }
  };

  private static Samples rows() {
    var x = new double[N * D];
    var y = new int[N];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        x[i * D + j] = Golden.x(i + 1, j + 1);
      }
      double s = x[i * D] - 0.8 * x[i * D + 1] + 0.6 * x[i * D + 2];
      y[i] = s + 1.5 * Math.sin(2.9 * (i + 1)) > 0 ? 1 : 0;
    }
    return Samples.of(Matrix.ofDoubles(N, D, x), Classes.of(List.of("0", "1"), y));
  }

  @Test
  void sevenStrengthsAreScikitLearns() {
    var samples = rows();
    var basis = Basis.of(samples.x(), Basis.Scaling.NONE);
    var all = new boolean[N];
    Arrays.fill(all, true);
    var positive = ProbeFamily.positives((Classes) samples.y());
    var tasks = Arrays.stream(REFERENCE).map(r -> Task.of(positive, all, r[0])).toList();
    var found = new Logistic().solve(basis, tasks, true);
    for (int k = 0; k < tasks.size(); k++) {
      var expected = REFERENCE[k];
      var probe = found.probe(k);
      double near = 1e-4 * expected[3];
      assertThat(found.converged(k)).isTrue();
      assertThat(probe.bias()).isCloseTo(expected[1], within(near));
      var w = probe.direction();
      assertThat(Arrays.stream(w).sum()).isCloseTo(expected[2], within(near));
      assertThat(Arrays.stream(w).map(Math::abs).max().orElseThrow())
          .isCloseTo(expected[3], within(near));
      for (int j = 0; j < 4; j++) {
        assertThat(w[j]).isCloseTo(expected[4 + j], within(near));
      }
    }
    // the opposite: the neighbouring strength is another probe
    assertThat(Math.abs(found.probe(2).direction()[0] - REFERENCE[3][4]))
        .isGreaterThan(100 * 1e-4 * REFERENCE[3][3]);
  }

  /// AT-40: with every feature at unit variance, units do not matter: scores stay, weights change
  /// by the unit. Without, they do.
  @Test
  void unitsDoNotMatterOnceStandardised() {
    var samples = Golden.classes();
    var values = Golden.rows().toDoubles();
    var unit = new double[Golden.D];
    Arrays.setAll(unit, j -> Math.pow(10, (j - 3.5) / 3));
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] * unit[i % Golden.D] + 3 * (i % Golden.D);
    }
    var other = Samples.of(Matrix.ofDoubles(Golden.N, Golden.D, values), samples.y());
    var a = new Logistic().fit(samples, Basis.Scaling.FEATURES, 0.7);
    var b = new Logistic().fit(other, Basis.Scaling.FEATURES, 0.7);
    double raw = 0;
    var c = new Logistic().fit(samples, Basis.Scaling.NONE, 0.7);
    var d = new Logistic().fit(other, Basis.Scaling.NONE, 0.7);
    for (int j = 0; j < Golden.D; j++) {
      assertThat(b.direction()[j] * unit[j]).isCloseTo(a.direction()[j], within(1e-8));
      raw = Math.max(raw, Math.abs(d.direction()[j] * unit[j] - c.direction()[j]));
    }
    assertThat(raw).isGreaterThan(0.1);
    var sa = a.scores(samples.x());
    var sb = b.scores(other.x());
    for (int i = 0; i < sa.length; i++) {
      assertThat(sb[i]).isCloseTo(sa[i], within(1e-8));
    }
  }
}
