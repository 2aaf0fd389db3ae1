package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Likeness of directions, norms of layers.
final class DirectionsTest {
  private static final int N = 400;
  private static final int D = 30;

  /// Rows with a few long axes, in a skew frame.
  private static Matrix rows(Seed seed, int n, int d) {
    var random = seed.forPurpose("anisotropic").generator();
    var x = new double[n * d];
    for (int i = 0; i < n; i++) {
      double shared = 5 * random.nextGaussian();
      for (int j = 0; j < d; j++) {
        x[i * d + j] = 3 + shared * Math.cos(j) + random.nextGaussian();
      }
    }
    return Matrix.ofDoubles(n, d, x);
  }

  @Test // AT-37
  void sigmaCosineIsTheCorrelationOfScores() {
    var x = rows(new Seed(37), N, D);
    var random = new Seed(1).generator();
    var covariance = Directions.covariance(x);
    for (int rep = 0; rep < 20; rep++) {
      var a = random.doubles(D).map(v -> v - .5).toArray();
      var b = random.doubles(D).map(v -> v - .5).toArray();
      double pearson = correlation(scores(x, a), scores(x, b));
      assertThat(Directions.sigmaCosine(a, b, covariance)).isCloseTo(pearson, within(1e-12));
      assertThat(Math.abs(Directions.cosine(a, b) - pearson)).isGreaterThan(1e-6);
    }
  }

  private static double[] scores(Matrix x, double[] w) {
    var out = new double[x.rows()];
    for (int i = 0; i < out.length; i++) {
      for (int j = 0; j < w.length; j++) {
        out[i] += w[j] * x.at(i, j);
      }
    }
    return out;
  }

  private static double correlation(double[] a, double[] b) {
    double ma = Arrays.stream(a).average().orElseThrow();
    double mb = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - ma) * (b[i] - mb);
      aa += (a[i] - ma) * (a[i] - ma);
      bb += (b[i] - mb) * (b[i] - mb);
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void randomDirectionsAreNearlyOrthogonal() {
    assertThat(Directions.randomCosine(768)).isCloseTo(.029, within(.0005));
    assertThat(Directions.randomCosine(2048)).isCloseTo(.0176, within(.0001));
    assertThat(Directions.randomCosine95(768)).isCloseTo(.071, within(.0005));
    assertThat(Directions.randomCosine95(2048)).isCloseTo(.043, within(.0005));
  }

  /// Where rows have one long axis, directions along the covariance agree far beyond the uniform
  /// null; of round rows the two nulls are one.
  @Test
  void theMatchedNullKnowsTheShape() {
    var x = rows(new Seed(3), N, D);
    var long1 = Directions.matchedCosines(x, Directions.Match.COVARIANCE, 2000, new Seed(1));
    double uniform = Directions.randomCosine(D);
    assertThat(mean(long1)).isGreaterThan(3 * uniform);
    var whitened = Directions.matchedCosines(x, Directions.Match.PRECISION, 2000, new Seed(1));
    assertThat(mean(whitened)).isLessThan(mean(long1) / 2);
    var random = new Seed(4).generator();
    var round = Matrix.ofDoubles(20_000, D, gaussian(20_000 * D, random));
    assertThat(
            mean(Directions.matchedCosines(round, Directions.Match.COVARIANCE, 4000, new Seed(1))))
        .isCloseTo(uniform, within(.08 * uniform));
  }

  private static double[] gaussian(int n, java.util.SplittableRandom random) {
    var out = new double[n];
    Arrays.setAll(out, i -> random.nextGaussian());
    return out;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /// Halves of rows with a signal give one direction, halves of noise do not; so do draws.
  @Test
  void halvesAndDrawsAgreeWhereThereIsSomething() {
    var random = new Seed(5).forPurpose("halves").generator();
    var x = gaussian(N * D, random);
    for (int i = 0; i < N; i++) {
      x[i * D] += i % 2 == 0 ? 2 : -2;
    }
    var rows = Matrix.ofDoubles(N, D, x);
    var groups = Groups.of(IntStream.range(0, N).mapToObj(i -> "g" + i / 4).toList());
    var signal = Directions.splitHalves(groups, 10, difference(rows, 1), new Seed(1));
    var noise = Directions.splitHalves(groups, 10, difference(rows, 7), new Seed(1));
    assertThat(mean(signal)).isGreaterThan(.9);
    assertThat(Math.abs(mean(noise))).isLessThan(.35);
    var draws = Directions.bootstraps(groups, 6, difference(rows, 1), new Seed(2));
    var stable = Directions.stability(Directions.cosines(draws));
    assertThat(stable.mean()).isGreaterThan(.9);
    assertThat(stable.least()).isLessThanOrEqualTo(stable.mean());
    assertThat(draws.getFirst())
        .isEqualTo(Directions.bootstraps(groups, 1, difference(rows, 1), new Seed(2)).getFirst());
  }

  /// A direction that the labels made is like none of those that dealt labels make; one of noise is
  /// like them.
  @Test
  void dealtLabelsMakeOtherDirections() {
    var random = new Seed(9).forPurpose("dealt").generator();
    var x = gaussian(N * D, random);
    var positive = new boolean[N];
    for (int i = 0; i < N; i++) {
      positive[i] = i % 2 == 0;
      x[i * D] += positive[i] ? 2 : -2;
    }
    var groups = Groups.single(N);
    var index = IntStream.range(0, N).map(i -> positive[i] ? 1 : 0).toArray();
    var folds = Folds.random(Classes.of(List.of("0", "1"), index), 2, new Seed(1));
    var dealt = Permutations.of(positive, groups, folds, 60, new Seed(2));
    Function<boolean[], double[]> fit =
        labels -> {
          var w = new double[D];
          for (int i = 0; i < N * D; i++) {
            w[i % D] += labels[i / D] ? x[i] : -x[i];
          }
          return w;
        };
    var true1 = fit.apply(positive);
    var null1 = Directions.dealtCosines(true1, dealt, fit);
    assertThat(null1).hasSize(60);
    var half = fit.apply(dealt.labels(1));
    assertThat(Directions.dealtCosines(half, dealt, fit)[59]).isCloseTo(1, within(1e-12));
    // along the long axis dealt labels have a share too: the uniform null would be too small
    assertThat(mean(null1)).isGreaterThan(Directions.randomCosine(D));
    assertThat(null1[59]).isLessThan(.9);
  }

  /// The difference of means of rows with odd and even `row / run`.
  private static Function<int[], double[]> difference(Matrix x, int run) {
    return rows -> {
      var w = new double[D];
      for (int i : rows) {
        for (int j = 0; j < D; j++) {
          w[j] += x.at(i, j) * (i / run % 2 == 0 ? 1 : -1);
        }
      }
      return w;
    };
  }

  @Test
  void stabilityByHand() {
    var s = Directions.stability(new double[][] {{1, .5, -.2}, {.5, 1, .9}, {-.2, .9, 1}});
    assertThat(s.mean()).isCloseTo(.4, within(1e-12));
    assertThat(s.least()).isEqualTo(-.2);
    assertThat(s.meanAbsolute()).isCloseTo(1.6 / 3, within(1e-12));
    var table =
        Directions.sigmaCosines(
            List.of(new double[] {1, 0}, new double[] {0, 1}), new double[] {1, .5, .5, 1});
    assertThat(table[0][1]).isCloseTo(.5, within(1e-12));
  }

  @Test
  void normsSeeTheMassiveDimension() {
    var random = new Seed(6).generator();
    int n = 5000;
    int d = 40;
    var x = gaussian(n * d, random);
    var round = Norms.of(Matrix.ofDoubles(n, d, x.clone()));
    assertThat(round.participation()).isCloseTo(d, within(1.0));
    assertThat(round.logMean()).isCloseTo(Math.log(Math.sqrt(d)), within(.02));
    for (int i = 0; i < n; i++) {
      x[i * d + 17] += 3000;
      x[i * d + 3] *= 100;
    }
    var massive = Norms.of(Matrix.ofDoubles(n, d, x));
    assertThat(massive.largest().getFirst().index()).isEqualTo(17);
    assertThat(massive.largest()).hasSize(10);
    assertThat(massive.participation()).isCloseTo(1, within(.02));
    assertThat(massive.logMedian()).isCloseTo(Math.log(3000), within(.01));
    assertThat(massive.log95()).isGreaterThan(massive.logMedian());
    // fewer rows than dimensions: the other matrix, the same number
    var few = rows(new Seed(8), 20, 60);
    var turned = new double[60 * 20];
    for (int i = 0; i < 20; i++) {
      System.arraycopy(few.row(i), 0, turned, i * 60, 60);
    }
    assertThat(Norms.of(Matrix.ofDoubles(20, 60, turned)).participation())
        .isCloseTo(byEigenvalues(few), within(1e-9));
  }

  private static double byEigenvalues(Matrix x) {
    var covariance = Directions.covariance(x);
    int d = x.cols();
    double trace = 0;
    for (int j = 0; j < d; j++) {
      trace += covariance[j * d + j];
    }
    return trace * trace / Arrays.stream(covariance).map(v -> v * v).sum();
  }

  /// Scores of rows tell the same as their covariance, and a basis the same as its rows.
  @Test
  void cheaperWaysGiveTheSame() {
    var random = new Seed(5).generator();
    var x = new double[60 * 7];
    java.util.Arrays.setAll(x, i -> random.nextGaussian() * (1 + i % 7) + 3);
    var rows = Matrix.ofDoubles(60, 7, x);
    var directions = new java.util.ArrayList<double[]>();
    for (int k = 0; k < 3; k++) {
      directions.add(random.doubles(7).toArray());
    }
    var slow = Directions.sigmaCosines(directions, Directions.covariance(rows));
    var fast = Directions.sigmaCosines(directions, rows);
    for (int i = 0; i < 3; i++) {
      assertThat(fast[i]).containsExactly(slow[i], within(1e-9));
    }
    var basis = dev.sonde.linalg.Basis.of(rows, dev.sonde.linalg.Basis.Scaling.COMMON);
    assertThat(Directions.matchedCosines(basis, Directions.Match.COVARIANCE, 50, new Seed(1)))
        .containsExactly(
            Directions.matchedCosines(rows, Directions.Match.COVARIANCE, 50, new Seed(1)),
            within(1e-6));
  }

  /// A row drawn twice counts as two rows.
  @Test
  void drawnRowsCountAsOftenAsTheyWereDrawn() {
    var random = new Seed(6).generator();
    var x = new double[40 * 3];
    java.util.Arrays.setAll(x, i -> random.nextGaussian());
    var rows = Matrix.ofDoubles(40, 3, x);
    var positive = new boolean[40];
    var times = new int[40];
    var repeated = new java.util.ArrayList<Integer>();
    for (int i = 0; i < 40; i++) {
      positive[i] = x[3 * i] + 0.5 * random.nextGaussian() > 0;
      times[i] = random.nextInt(4);
      repeated.addAll(java.util.Collections.nCopies(times[i], i));
    }
    int[] which = repeated.stream().mapToInt(i -> i).toArray();
    var labels = new boolean[which.length];
    var all = new boolean[which.length];
    for (int i = 0; i < which.length; i++) {
      labels[i] = positive[which[i]];
      all[i] = true;
    }
    var scaling = dev.sonde.linalg.Basis.Scaling.NONE;
    var drawn =
        new dev.sonde.probe.Logistic()
            .solve(
                dev.sonde.linalg.Basis.of(rows, scaling),
                java.util.List.of(dev.sonde.probe.Task.drawn(positive, times, 1)),
                true)
            .probe(0);
    var copied =
        new dev.sonde.probe.Logistic()
            .solve(
                dev.sonde.linalg.Basis.of(rows.select(which), scaling),
                java.util.List.of(dev.sonde.probe.Task.of(labels, all, 1)),
                true)
            .probe(0);
    assertThat(drawn.direction()).containsExactly(copied.direction(), within(1e-6));
    assertThat(drawn.bias()).isCloseTo(copied.bias(), within(1e-6));
  }
}
