package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Probes against numbers that other software gave (AT-1, 8, 10, 11) and against themselves done
/// the slow way.
final class GoldenTest {
  private static final double[][] LOGISTIC = {
    {
      0.01,
      0.19368643,
      0.0917984442,
      -0.0512518608,
      0.0486104087,
      -0.0054852080,
      0.0056786932,
      -0.0053773377,
      -0.0124025309,
      -0.0181914894
    },
    {
      1,
      0.1433915776,
      1.3451367499,
      -1.0738126850,
      0.7542972155,
      -0.1052413419,
      0.0194433802,
      0.2007818721,
      -0.1616620759,
      -0.2046241946
    },
    {
      100,
      0.1076793233,
      7.8308077695,
      -9.7289595433,
      6.0150746429,
      0.5127320878,
      -4.6097620663,
      4.8396186631,
      -1.1678169888,
      -2.5139326078
    }
  };
  private static final double[] OBJECTIVE = {
    0.40529424154957655, 31.032349207785586, 2632.192731110327
  };

  @Test
  void fixtureIsTheOneMeant() {
    var x = Golden.rows();
    assertThat(x.at(0, 0)).isCloseTo(0.15354201369139078, within(1e-15));
    assertThat(x.at(59, 7)).isCloseTo(0.8245899815824665, within(1e-13));
    assertThat(Arrays.stream(x.toDoubles()).sum()).isCloseTo(8.49468929182444, within(1e-11));
  }

  @Test
  void logisticIsAtTheOptimum() {
    for (int k = 0; k < LOGISTIC.length; k++) {
      double c = LOGISTIC[k][0];
      var probe = new Logistic().fit(Golden.classes(), Basis.Scaling.NONE, c);
      assertThat(probe.bias()).isCloseTo(LOGISTIC[k][1], within(1e-6));
      for (int j = 0; j < Golden.D; j++) {
        assertThat(probe.direction()[j]).isCloseTo(LOGISTIC[k][j + 2], within(1e-6));
      }
      assertThat(objective(probe, c) / OBJECTIVE[k]).isCloseTo(1, within(1e-10));
    }
  }

  /// The opposite: what a loose tolerance gives is seen by the same bar.
  @Test
  void stoppingEarlyWouldBeSeen() {
    var basis = Basis.of(Golden.rows(), Basis.Scaling.NONE);
    var all = new boolean[Golden.N];
    Arrays.fill(all, true);
    var task = Task.of(Golden.positive(), all, 100);
    var early =
        LogisticSolver.solve(
            basis, List.of(task), new LogisticSolver.Settings(1e-9, 1e-9, DType.FLOAT64, 2));
    assertThat(early.converged(0)).isFalse();
    assertThat(Math.abs(early.probe(0).direction()[0] - LOGISTIC[2][2])).isGreaterThan(1e-3);
  }

  @Test
  void ridgeIsScikitLearns() {
    double[] expected = {
      0.9861799388,
      -0.7910420277,
      0.5718798610,
      -0.0457448869,
      0.0028582519,
      -0.0237370275,
      0.0232052529,
      -0.1444750344
    };
    var probe = Ridge.fit(Golden.numbers(), Basis.Scaling.NONE, 1);
    assertThat(probe.bias()).isCloseTo(-0.0035642892, within(1e-9));
    assertThat(probe.direction()).usingElementComparator(close(1e-9)).containsExactly(expected);
  }

  @Test
  void ridgeLeavesOneOutInClosedForm() {
    double[][] expected = {{.1, 0.8890164835}, {1, 0.8826211340}, {10, 0.8594401526}};
    var basis = Basis.of(Golden.rows(), Basis.Scaling.NONE);
    var y = new double[Golden.N];
    Arrays.setAll(y, i -> Golden.positive()[i] ? 1 : -1);
    var parts = IntStream.range(0, Golden.N).mapToObj(i -> new int[] {i}).toArray(int[][]::new);
    for (var e : expected) {
      var held = Ridge.heldOut(basis, y, parts, e[0]);
      double mse = 0;
      for (int i = 0; i < y.length; i++) {
        mse += Math.pow(y[i] - held[i][0], 2) / y.length;
      }
      assertThat(mse).isCloseTo(e[1], within(1e-9));
    }
  }

  @Test
  void ridgeLeavesGroupsOutAsARefitWould() {
    var x = Golden.rows();
    var basis = Basis.of(x, Basis.Scaling.NONE);
    var y = new double[Golden.N];
    Arrays.setAll(y, i -> Golden.s(i + 1));
    int[] part = {3, 4, 17, 40, 41, 59};
    var held = Ridge.heldOut(basis, y, new int[][] {part}, 2.5)[0];
    var rest =
        IntStream.range(0, Golden.N)
            .filter(i -> Arrays.stream(part).noneMatch(p -> p == i))
            .toArray();
    var refit =
        Ridge.fit(
            Basis.of(x.select(rest), Basis.Scaling.NONE),
            Arrays.stream(rest).mapToDouble(i -> y[i]).toArray(),
            2.5);
    assertThat(refit.scores(x.select(part)))
        .usingElementComparator(close(1e-9))
        .containsExactly(held);
  }

  @Test
  void ldaIsScikitLearns() {
    double[] expected = {
      1.8513729011,
      -1.3222672271,
      0.8912307466,
      -0.1165447011,
      0.2312458978,
      0.1535432521,
      -0.1363725948,
      -0.2793379700
    };
    var probe = new Lda(Shrinkage.NONE).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(probe.direction()).usingElementComparator(close(1e-8)).containsExactly(expected);
  }

  @Test
  void meanDifferenceIsByHand() {
    double[] expected = {
      0.672729991,
      -0.360479398,
      0.361529402,
      -0.037567627,
      0.035604516,
      -0.05113952,
      -0.098446978,
      -0.13767968
    };
    var probe = new MassMean().fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(probe.direction()).usingElementComparator(close(1e-8)).containsExactly(expected);
  }

  /// AT-11: least squares on the labels, LDA and the whitened difference of means are one
  /// direction; the plain difference of means is not.
  @Test
  void ldaIsParallelToLeastSquares() {
    var lda = new Lda(Shrinkage.NONE).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    var y = new double[Golden.N];
    Arrays.setAll(y, i -> Golden.positive()[i] ? 1 : -1);
    var ols = Ridge.fit(Basis.of(Golden.rows(), Basis.Scaling.NONE), y, 1e-11);
    assertThat(cosine(lda, ols)).isCloseTo(1, within(1e-10));
    var mean = new MassMean().fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(cosine(mean, ols)).isLessThan(0.999);
  }

  /// AT-4: a constant added to a feature changes the bias alone. AT-5: every row twice at half the
  /// C changes nothing.
  @Test
  void logisticKeepsItsLaws() {
    var x = Golden.rows();
    var values = x.toDoubles();
    for (int i = 0; i < Golden.N; i++) {
      values[i * Golden.D + 2] += 30;
    }
    var moved =
        new Logistic()
            .fit(
                new dev.sonde.data.Samples(
                    Matrix.ofDoubles(Golden.N, Golden.D, values),
                    Golden.classes().y(),
                    Golden.classes().groups()),
                Basis.Scaling.NONE,
                1);
    var plain = new Logistic().fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(moved.direction())
        .usingElementComparator(close(1e-7))
        .containsExactly(plain.direction());
    assertThat(moved.bias()).isCloseTo(plain.bias() - 30 * plain.direction()[2], within(1e-5));
    var twice = IntStream.range(0, 2 * Golden.N).map(i -> i / 2).toArray();
    var doubled = new Logistic().fit(Golden.classes().select(twice), Basis.Scaling.NONE, 0.5);
    assertThat(doubled.direction())
        .usingElementComparator(close(1e-7))
        .containsExactly(plain.direction());
  }

  private static double objective(Linear probe, double c) {
    var scores = probe.scores(Golden.rows());
    double loss = 0;
    for (int i = 0; i < scores.length; i++) {
      loss += Math.log1p(Math.exp(Golden.positive()[i] ? -scores[i] : scores[i]));
    }
    return c * loss + Arrays.stream(probe.direction()).map(w -> w * w).sum() / 2;
  }

  private static double cosine(Linear a, Linear b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.direction().length; i++) {
      ab += a.direction()[i] * b.direction()[i];
      aa += a.direction()[i] * a.direction()[i];
      bb += b.direction()[i] * b.direction()[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static java.util.Comparator<Double> close(double by) {
    return (a, b) -> Math.abs(a - b) <= by ? 0 : Double.compare(a, b);
  }
}
