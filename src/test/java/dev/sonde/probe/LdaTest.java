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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Discriminant analysis with shrinkage and for many classes, mass-mean's variants and cuts (AT-10,
/// AT-11), ridge on labels.
final class LdaTest {
  /// scikit-learn 1.9.1 on the fixture's rows less their class means: `ledoit_wolf_shrinkage`,
  /// `oas` (both `assume_centered`); RMT from its formula in numpy.
  @Test
  void shrinkageIsScikitLearns() {
    var of = spread();
    assertThat(Shrinkage.LEDOIT_WOLF.amount(of)).isCloseTo(0.8535595406333574, within(1e-12));
    assertThat(Shrinkage.OAS.amount(of)).isCloseTo(0.9941049390838864, within(1e-12));
    assertThat(Shrinkage.RMT.amount(of)).isCloseTo(0.883561500505438, within(1e-12));
    assertThat(Shrinkage.NONE.amount(of)).isZero();
  }

  private static Shrinkage.Of spread() {
    var x = Golden.rows();
    var classes = (Classes) Golden.classes().y();
    var rows = new ArrayList<double[]>();
    for (int i = 0; i < Golden.N; i++) {
      int k = classes.at(i);
      var own =
          java.util.stream.IntStream.range(0, Golden.N).filter(t -> classes.at(t) == k).toArray();
      rows.add(Small.plus(x.row(i), -1, Small.mean(x, own)));
    }
    double squares = 0;
    double trace = 0;
    for (int a = 0; a < Golden.D; a++) {
      for (int b = 0; b < Golden.D; b++) {
        double s = 0;
        for (var row : rows) {
          s += row[a] * row[b] / Golden.N;
        }
        squares += s * s;
        trace += a == b ? s : 0;
      }
    }
    double fourths = rows.stream().mapToDouble(r -> Math.pow(Small.dot(r, r), 2)).sum();
    return new Shrinkage.Of(squares, trace, fourths, Golden.N, Golden.D);
  }

  /// scikit-learn's `LinearDiscriminantAnalysis(solver="lsqr")` on the terciles, centred over
  /// classes.
  @Test
  void manyClassesAreScikitLearns() {
    double[] w0 = {
      -4.591754682801797,
      0.05112523873667113,
      0.041347449062101124,
      -1.6866978733581937,
      -0.3780166906652701,
      -0.7829117285374249,
      0.43769494731173064,
      -0.08336014708953471
    };
    double[] b = {-0.1810458459833968, 1.2849330172995501, -1.103887171316153};
    var map = LdaClasses.fit(SoftmaxTest.terciles(), Shrinkage.NONE);
    for (int j = 0; j < Golden.D; j++) {
      assertThat(map.outputs().getFirst().direction()[j]).isCloseTo(w0[j], within(1e-9));
    }
    for (int k = 0; k < b.length; k++) {
      assertThat(map.outputs().get(k).bias()).isCloseTo(b[k], within(1e-9));
    }
  }

  @Test
  void twoClassesAreTheBinaryProbe() {
    for (var shrinkage : Shrinkage.values()) {
      var two = LdaClasses.fit(Golden.classes(), shrinkage).of(Golden.rows());
      var one = new Lda(shrinkage).fit(Golden.classes(), Basis.Scaling.NONE, 1);
      var scores = one.scores(Golden.rows());
      for (int i = 0; i < Golden.N; i++) {
        assertThat(two[i][1] - two[i][0]).isCloseTo(scores[i], within(1e-9));
      }
    }
  }

  /// Fewer rows than features: unshrunk is near chance on new rows, shrunk reads them.
  @Test
  void shrinkageIsWhatWideRowsNeed() {
    var random = new Seed(5).forPurpose("wide").generator();
    int d = 200;
    var rows = new double[1200 * d];
    var y = new int[1200];
    for (int i = 0; i < y.length; i++) {
      y[i] = i % 2;
      for (int j = 0; j < d; j++) {
        rows[i * d + j] = random.nextGaussian() + (y[i] == 1 ? 0.2 : 0);
      }
    }
    var samples = Samples.of(Matrix.ofDoubles(1200, d, rows), Classes.of(List.of("a", "b"), y));
    var train = java.util.stream.IntStream.range(0, 190).toArray();
    var test = java.util.stream.IntStream.range(200, 1200).toArray();
    double plain = accuracy(new Lda(Shrinkage.NONE), samples.select(train), samples.select(test));
    for (var s : List.of(Shrinkage.OAS, Shrinkage.LEDOIT_WOLF, Shrinkage.RMT)) {
      assertThat(accuracy(new Lda(s), samples.select(train), samples.select(test)))
          .isGreaterThan(plain + 0.15);
    }
    assertThat(plain).isLessThan(0.65);
  }

  private static double accuracy(ProbeFamily family, Samples train, Samples test) {
    var scores = family.fit(train, Basis.Scaling.NONE, 1).scores(test.x());
    double right = 0;
    for (int i = 0; i < scores.length; i++) {
      right += (scores[i] > 0) == (((Classes) test.y()).at(i) == 1) ? 1 : 0;
    }
    return right / scores.length;
  }

  /// AT-11: whitened mass-mean is LDA's direction, the plain one is not; so is ridge on the labels
  /// as alpha goes to 0, and at a large alpha it is the plain one.
  @Test
  void whitenedMassMeanIsLda() {
    var lda = new Lda(Shrinkage.NONE).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    var white = new MassMean(true, Threshold.MIDPOINT).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    var plain = new MassMean().fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(cosine(lda, white)).isCloseTo(1, within(1e-10));
    assertThat(cosine(lda, plain)).isLessThan(0.999);
    var ridge = new RidgeClassifier();
    var least = ridge.fit(Golden.classes(), Basis.Scaling.NONE, 4 / 1e-11);
    assertThat(cosine(lda, least)).isCloseTo(1, within(1e-10));
    var strong = ridge.fit(Golden.classes(), Basis.Scaling.NONE, 4 / 1e9);
    assertThat(cosine(plain, strong)).isCloseTo(1, within(1e-6));
  }

  /// Ridge on labels is ridge on -1 and 1, of the training rows alone.
  @Test
  void ridgeOnLabelsIsRidge() {
    var basis = Basis.of(Golden.rows(), Basis.Scaling.NONE);
    var train = new boolean[Golden.N];
    Arrays.fill(train, 0, 40, true);
    var all = new boolean[Golden.N];
    Arrays.fill(all, true);
    var tasks =
        List.of(
            Task.of(Golden.positive(), train, 2),
            Task.of(Golden.positive(), all, 0.4),
            Task.of(Golden.positive(), train, 0.4));
    var found = new RidgeClassifier().solve(basis, tasks, true);
    double[] alpha = {2, 10, 10};
    for (int t = 0; t < alpha.length; t++) {
      int rows = t == 1 ? Golden.N : 40;
      var which = java.util.stream.IntStream.range(0, rows).toArray();
      var y = new double[rows];
      Arrays.setAll(y, i -> Golden.positive()[i] ? 1 : -1);
      var own = Basis.of(Golden.rows().select(which), Basis.Scaling.NONE);
      var slow = Ridge.fit(own, y, alpha[t]);
      assertThat(found.probe(t).bias()).isCloseTo(slow.bias(), within(1e-10));
      for (int j = 0; j < Golden.D; j++) {
        assertThat(found.probe(t).direction()[j]).isCloseTo(slow.direction()[j], within(1e-10));
      }
    }
    assertThat(cosine(found.probe(0), found.probe(2))).isLessThan(1 - 1e-6);
  }

  /// AT-10: every cut leaves the direction as it is; where it lies is what its name says.
  @Test
  void cutsAreWhereTheySay() {
    var direction = new MassMean().fit(Golden.classes(), Basis.Scaling.NONE, 1).direction();
    var x = Golden.rows();
    var positive = Golden.positive();
    for (var threshold : Threshold.values()) {
      var probe = new MassMean(false, threshold).fit(Golden.classes(), Basis.Scaling.NONE, 1);
      double size = Small.length(probe.direction()) / Small.length(direction);
      assertThat(threshold == Threshold.PLATT || Math.abs(size - 1) < 1e-9).isTrue();
      assertThat(cosine(probe, Linear.of(direction, 0))).isCloseTo(1, within(1e-12));
    }
    double[] sum = new double[2];
    double[] count = new double[2];
    var scores = new MassMean().fit(Golden.classes(), Basis.Scaling.NONE, 1).scores(x);
    for (int i = 0; i < scores.length; i++) {
      sum[positive[i] ? 1 : 0] += scores[i];
      count[positive[i] ? 1 : 0]++;
    }
    assertThat(sum[0] / count[0] + sum[1] / count[1]).isCloseTo(0, within(1e-12));
    var none = new MassMean(false, Threshold.NONE).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    assertThat(Arrays.stream(none.scores(x)).sum()).isCloseTo(0, within(1e-10));
    double best = f1(new MassMean(false, Threshold.F1), x, positive);
    for (var other : List.of(Threshold.MIDPOINT, Threshold.NONE, Threshold.PLATT)) {
      assertThat(f1(new MassMean(false, other), x, positive)).isLessThanOrEqualTo(best);
    }
  }

  private static double f1(ProbeFamily family, Matrix x, boolean[] positive) {
    var scores = family.fit(Golden.classes(), Basis.Scaling.NONE, 1).scores(x);
    double hits = 0;
    double taken = 0;
    double all = 0;
    for (int i = 0; i < scores.length; i++) {
      hits += scores[i] > 0 && positive[i] ? 1 : 0;
      taken += scores[i] > 0 ? 1 : 0;
      all += positive[i] ? 1 : 0;
    }
    return 2 * hits / (taken + all);
  }

  /// The transductive cut moves with whatever it is asked about: a test set of one class alone is
  /// cut in half. No other cut does that.
  @Test
  void theTransductiveCutSaysSo() {
    var probe =
        new MassMean(false, Threshold.TEST_CENTRE).fit(Golden.classes(), Basis.Scaling.NONE, 1);
    var ones =
        java.util.stream.IntStream.range(0, Golden.N).filter(i -> Golden.positive()[i]).toArray();
    var asked = Golden.rows().select(ones);
    var cut = Threshold.centred(probe, asked).scores(asked);
    assertThat(Arrays.stream(cut).sum()).isCloseTo(0, within(1e-10));
    assertThat(Arrays.stream(probe.scores(asked)).sum()).isGreaterThan(1);
    assertThat(Threshold.TEST_CENTRE.transductive()).isTrue();
    assertThat(Threshold.TEST_CENTRE.meaning()).contains("transductive");
    assertThat(Threshold.MIDPOINT.transductive()).isFalse();
  }

  @Test
  void everyFamilyHasItsOwnName() {
    var names = ProbeFamily.all().stream().map(ProbeFamily::name).toList();
    assertThat(names).doesNotHaveDuplicates().contains("svm", "lda", "mass-mean");
    for (var name : names) {
      assertThat(ProbeFamily.named(name).name()).isEqualTo(name);
    }
    assertThatThrownBy(() -> ProbeFamily.named("svn"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("svm-squared");
  }

  static double cosine(Linear a, Linear b) {
    return Small.dot(Small.unit(a.direction()), Small.unit(b.direction()));
  }

  /// One row a class spreads in no direction: what is left is the difference of the means.
  @Test
  void aRowAClassIsTheDifferenceOfTheMeans() {
    double[] x = {0, 1, 2, 3, 5, 1};
    var two =
        Samples.of(Matrix.ofDoubles(2, 3, x), Classes.of(List.of("a", "b"), new int[] {0, 1}));
    for (var shrinkage : Shrinkage.values()) {
      var w = new Lda(shrinkage).fit(two, Basis.Scaling.NONE, 1).direction();
      assertThat(w[1] / w[0]).isCloseTo(4.0 / 3, within(1e-9));
      assertThat(w[2] / w[0]).isCloseTo(-1.0 / 3, within(1e-9));
    }
  }
}
