package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Transfers between data sets whose directions are known; learning curves; what a probe costs.
final class TransferMatrixTest {
  private static final int N = 240;
  private static final int D = 12;

  /// Truth along dimension 0; what is likely along dimension 1, which is truth's in plain sets and
  /// its opposite in negated ones; `offset` moves the whole set along the latter.
  private static TransferMatrix.DataSet set(String name, boolean negated, double offset) {
    var random = new Seed(7).forPurpose(name).generator();
    var x = new double[N * D];
    var positive = new ArrayList<Boolean>();
    for (int i = 0; i < N; i++) {
      boolean truth = i % 2 == 0;
      positive.add(truth);
      for (int j = 0; j < D; j++) {
        x[i * D + j] = .5 * random.nextGaussian();
      }
      x[i * D] += truth ? .5 : -.5;
      x[i * D + 1] += offset + (truth != negated ? 2 : -2);
    }
    return new TransferMatrix.DataSet(name, Matrix.ofDoubles(N, D, x), positive, names(N));
  }

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "entity " + i).toList();
  }

  /// Two sets about the same entities, each with a label of its own that nothing but the entity
  /// tells: knowing the entity from the other set must not help.
  @Test
  void whatSetsShareIsNeverOnBothSides() {
    var random = new Seed(11).generator();
    var positive = new ArrayList<Boolean>();
    var x = new double[2 * 80 * 100];
    var names = new ArrayList<String>();
    for (int e = 0; e < 80; e++) {
      boolean label = random.nextBoolean();
      var own = random.doubles(100).map(v -> v - .5).toArray();
      for (int copy = 0; copy < 2; copy++) {
        System.arraycopy(own, 0, x, (2 * e + copy) * 100, 100);
        positive.add(label);
        names.add("entity " + e);
      }
    }
    var matrix = Matrix.ofDoubles(160, 100, x);
    var a = new TransferMatrix.DataSet("a", matrix, positive, names);
    var b = new TransferMatrix.DataSet("b", matrix, positive, names);
    var others = names.stream().map(n -> "other " + n).toList();
    var c = new TransferMatrix.DataSet("c", matrix, positive, others);
    var found = TransferMatrix.run(new Logistic(), List.of(a, b, c), 5, new Seed(1));
    assertThat(found.shared(0, 1)).isEqualTo(1);
    assertThat(found.shared(0, 2)).isZero();
    assertThat(found.at(0, 1).auroc()).isBetween(.3, .7);
    // the opposite: under other names the same entities give themselves away
    assertThat(found.at(0, 2).auroc()).isGreaterThan(.85);
  }

  @Test
  void setsTrainedTogetherReadBoth() {
    var sets = List.of(set("plain", false, 0), set("more", false, 0), set("negated", true, 0));
    var matrix = TransferMatrix.run(new Logistic(), sets, 4, new Seed(1));
    var both = matrix.together(List.of(0, 2));
    assertThat(matrix.at(0, 2).auroc()).isLessThan(.2);
    assertThat(both.get(0).auroc()).isGreaterThan(.8);
    assertThat(both.get(2).auroc()).isGreaterThan(.8);
  }

  @Test
  void aProbeOfWhatIsLikelyFailsOnNegations() {
    var sets = List.of(set("plain", false, 0), set("more", false, 0), set("negated", true, 0));
    var matrix = TransferMatrix.run(new Logistic(), sets, 4, new Seed(1));
    assertThat(matrix.at(0, 0).auroc()).isGreaterThan(.95);
    assertThat(matrix.at(0, 1).accuracy()).isGreaterThan(.9);
    assertThat(matrix.at(0, 2).auroc()).isLessThan(.2);
    assertThat(matrix.cosines()[0][1]).isGreaterThan(.8);
    assertThat(matrix.cosines()[0][2]).isLessThan(0);
    var summary = matrix.summary(TransferMatrix.Cell::auroc);
    assertThat(summary.diagonal()).isGreaterThan(.95);
    assertThat(summary.worst()).isLessThan(.2);
    assertThat(summary.worstPair()).contains("negated");
    double byHand = 0;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        byHand += i == j ? 0 : matrix.at(i, j).auroc() / 6;
      }
    }
    assertThat(summary.mean()).isCloseTo(byHand, within(1e-12));
    // with negations among the sets trained on, what is left is truth
    assertThat(matrix.leftOut(1).auroc()).isGreaterThan(.8);
    assertThat(matrix.leftOut(2).auroc()).isLessThan(.2);
    assertThat(matrix.bestOther(1, TransferMatrix.Cell::auroc))
        .isEqualTo(Math.max(matrix.at(0, 1).auroc(), matrix.at(2, 1).auroc()));
  }

  /// A set that is moved along the direction keeps its ranks; only the threshold has to move.
  @Test
  void recalibrationTellsOffsetFromDirection() {
    var sets = List.of(set("here", false, 0), set("moved", false, 4));
    var cell = TransferMatrix.run(new Logistic(), sets, 4, new Seed(1)).at(0, 1);
    assertThat(cell.auroc()).isGreaterThan(.95);
    assertThat(cell.accuracy()).isLessThan(.85);
    assertThat(cell.recalibrated()).isGreaterThan(.93);
  }

  @Test
  void setsOfOtherWidthsAreRefused() {
    var narrow =
        new TransferMatrix.DataSet(
            "narrow",
            Matrix.ofDoubles(4, 2, new double[8]),
            List.of(true, false, true, false),
            names(4));
    assertThatThrownBy(() ->
            TransferMatrix.run(new Logistic(), List.of(set("a", false, 0), narrow), 2, new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("rows of 12 and 2 numbers");
  }

  @Test
  void theBestThresholdIsFound() {
    double[] s = {1, 2, 3, 4, 5};
    boolean[] y = {false, false, true, true, true};
    var all = IntStream.range(0, 5).toArray();
    assertThat(Thresholds.best(s, y, all)).isEqualTo(2.5);
    assertThat(Thresholds.best(s, new boolean[] {true, true, true, true, true}, all)).isLessThan(1);
    assertThat(Thresholds.best(s, new boolean[5], all)).isGreaterThanOrEqualTo(5);
  }

  @Test
  void curvesGrowAndNoiseDoesNot() {
    var set = set("curve", false, 0);
    var index = set.positive().stream().mapToInt(p -> p ? 1 : 0).toArray();
    var classes = Classes.of(List.of("0", "1"), index);
    var train = IntStream.range(0, 160).toArray();
    var test = IntStream.range(160, N).toArray();
    var x = set.x().toDoubles();
    for (int i = 0; i < N; i++) {
      x[i * D + 1] = 0;
    }
    var basis = Basis.of(Matrix.ofDoubles(N, D, x), Basis.Scaling.COMMON);
    var positive = new boolean[N];
    var noise = new boolean[N];
    var random = new Seed(2).generator();
    for (int i = 0; i < N; i++) {
      positive[i] = index[i] == 1;
      noise[i] = random.nextBoolean();
    }
    var learner = LearningCurve.auroc(new Logistic(), basis, positive, test, .1);
    var curve = LearningCurve.run(learner, classes, train, 10, new Seed(3));
    var points = curve.points();
    assertThat(points.getFirst().rows()).isEqualTo(2);
    assertThat(points.getLast().rows()).isEqualTo(160);
    assertThat(points.getLast().mean()).isGreaterThan(points.getFirst().mean());
    assertThat(points.getLast().range().width()).isLessThan(1e-12);
    assertThat(curve.rowsToReach(.95, 0)).isBetween(3.0, 159.0);
    assertThat(curve.rowsToReach(.99, .5)).isGreaterThan(curve.rowsToReach(.9, .5));
    var noiseClasses =
        Classes.of(List.of("0", "1"), IntStream.range(0, N).map(i -> noise[i] ? 1 : 0).toArray());
    var flat =
        LearningCurve.run(
            LearningCurve.auroc(new Logistic(), basis, noise, test, .1),
            noiseClasses,
            train,
            10,
            new Seed(3));
    assertThat(flat.area()).isBetween(.4, .6);
    assertThat(curve.area()).isGreaterThan(flat.area() + .15);
  }

  @Test
  void sizesAreEvenOnTheLogScale() {
    var sizes = LearningCurve.sizes(2, 1024, 20);
    assertThat(sizes[0]).isEqualTo(2);
    assertThat(sizes[sizes.length - 1]).isEqualTo(1024);
    assertThat(Arrays.stream(sizes).distinct().count()).isEqualTo(sizes.length);
    assertThat((double) sizes[19] / sizes[18]).isCloseTo(Math.pow(512, 1 / 19.0), within(.01));
  }

  /// A curve by hand: 0, .5, 1 at 1, 10, 100 rows.
  @Test
  void areaAndReachByHand() {
    var labels = Classes.of(List.of("0"), new int[100]);
    var train = IntStream.range(0, 100).toArray();
    var curve =
        LearningCurve.run(
            t -> t.stream().mapToDouble(rows -> Math.log10(rows.length) / 2).toArray(),
            labels,
            train,
            2,
            new Seed(1));
    assertThat(curve.area()).isCloseTo(.5, within(1e-12));
    assertThat(curve.rowsToReach(.5, 0)).isCloseTo(10, within(1e-9));
  }

  @Test
  void aProbeIsCheapBesideItsModel() {
    assertThat(ProbeCost.linear(768, 1)).isEqualTo(1536);
    assertThat(ProbeCost.mlp(768, 64, 2)).isEqualTo(2 * 768 * 64 + 2 * 64 * 2);
    var cost = ProbeCost.of(ProbeCost.linear(768, 17), 110_000_000, 768, 13, 4);
    assertThat(cost.bytes()).isEqualTo(768 * 13 * 4);
    assertThat(cost.share()).isCloseTo(26112 / 2.2e8, within(1e-12));
    assertThat(ProbeCost.attention(768, 8)).isGreaterThan(ProbeCost.linear(768, 8));
    assertThat(ProbeCost.bilinear(768, 4)).isGreaterThan(ProbeCost.linear(768, 4));
  }
}
