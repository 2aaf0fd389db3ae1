package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import dev.sonde.tensor.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// All evidence at a site whose rows hold the label, and at one whose rows do not.
final class GroundworkTest {
  private static final int N = 200;
  private static final int D = 12;

  private static TwoClasses task(String probe) {
    var labels = IntStream.range(0, N).map(i -> i / 2 % 2).toArray();
    var classes = Classes.of(List.of("no", "yes"), labels);
    var names = IntStream.range(0, N).mapToObj(i -> "g" + i / 4).toList();
    var random = new Seed(3).generator();
    var texts =
        IntStream.range(0, N)
            .mapToObj(i -> "%d %d %d".formatted(i, random.nextInt(900), random.nextInt(900)))
            .toList();
    var groups = Groups.of(names);
    var corpus =
        new Corpus(
            "here",
            Digest.of("x"),
            new Columns("text", "label", "g", false),
            texts,
            classes,
            groups,
            names);
    var settings = StudySettings.DEFAULT.withProbe(probe).withEffort(5, 99, 3, 400);
    return new TwoClasses(settings, corpus, classes);
  }

  private static Matrix rows(TwoClasses task, double signal, long seed) {
    return rows(task, signal, 2, seed);
  }

  private static Matrix rows(TwoClasses task, double signal, int wide, long seed) {
    var labels = task.evidence().orElseThrow().labels();
    var random = new Seed(seed).generator();
    var x = new double[N * D];
    Arrays.setAll(
        x, i -> random.nextGaussian() + (i % D < wide ? (labels.at(i / D) ? signal : -signal) : 0));
    return Matrix.ofDoubles(N, D, x);
  }

  private static BestSite.Deep look(TwoClasses task, Matrix x) {
    var evidence = task.evidence().orElseThrow();
    var places =
        List.of(
            new SiteTable.Place("resid_post.0", 0, "last"),
            new SiteTable.Place("resid_post.1", 1, "last"));
    try (var workers = Workers.of(2)) {
      var noise = rows(task, 0, 77);
      var found =
          workers.map(List.<Supplier<LabelTask.Found>>of(() -> task.at(noise), () -> task.at(x)));
      var table = new SiteTable(task, evidence.settings(), places, found);
      return new BestSite(table, evidence, 1).look(x, rivals(task, workers), List::of, workers);
    }
  }

  private static List<Rival> rivals(TwoClasses task, Workers workers) {
    var length = Surface.lengths(task.evidence().orElseThrow().corpus().texts());
    var scores = workers.call(() -> task.scores(length));
    var lengths = new Findings.Baseline("length", "", task.main(scores), task.secondValue(scores));
    return List.of(task.baseline(), new Rival(lengths, scores, Optional.of(length), true));
  }

  private static Colour colour(List<Light> lights, String check) {
    return lights.stream().filter(l -> l.check().equals(check)).findFirst().orElseThrow().colour();
  }

  @Test
  void whatIsThereStandsOnEveryKindOfEvidence() {
    var task = task("logistic");
    var g = look(task, rows(task, 1.2, 5)).grounds();
    var code = g.code().orElseThrow();
    assertThat(code.uniformBits()).isEqualTo(N);
    assertThat(code.bits()).isLessThan(0.6 * N).isLessThan(code.dealtBits());
    assertThat(code.blocks().stream().mapToDouble(b -> b).sum())
        .isCloseTo(code.bits(), within(1e-9));
    var information = g.information().orElseThrow();
    assertThat(information.bits()).isGreaterThan(0.5).isLessThan(1);
    assertThat(information.conditional()).isGreaterThan(4 * information.conditionalError());
    assertThat(information.pointwise().stream().mapToDouble(b -> b).average().orElseThrow())
        .isCloseTo(information.bits(), within(1e-12));
    var stability = g.stability().orElseThrow();
    assertThat(stability.meanHalf()).isGreaterThan(0.6);
    assertThat(Math.abs(stability.meanDealt())).isLessThan(0.5);
    assertThat(stability.meanBootstrap()).isGreaterThan(stability.meanHalf());
    assertThat(stability.sigma()).hasSize(2);
    var curve = g.curve().orElseThrow();
    assertThat(curve.points().getFirst().rows()).isEqualTo(2);
    assertThat(curve.points().getLast().mean()).isGreaterThan(0.9);
    assertThat(curve.rowsTo90()).isLessThan(curve.points().getLast().rows());
    var intervals = g.intervals().orElseThrow();
    assertThat(intervals.difference().low()).isPositive();
    assertThat(intervals.p()).isLessThan(1e-6);
    assertThat(g.sites()).extracting(Grounds.SiteGrounds::pAlone).last().isEqualTo(0.01);
    assertThat(g.leftOut()).isEmpty();
  }

  @Test
  void whatIsNotThereStandsOnNothing() {
    var task = task("logistic");
    var deep = look(task, rows(task, 0, 6));
    var g = deep.grounds();
    var lights = lights(g);
    assertThat(g.code().orElseThrow().compression()).isLessThan(1.05);
    assertThat(g.information().orElseThrow().bits()).isLessThan(0.05);
    // held-out scores of noise may fall below chance, but not rise above it
    assertThat(g.intervals().orElseThrow().difference().low()).isLessThanOrEqualTo(0);
    assertThat(colour(lights, "code length")).isEqualTo(Colour.AMBER);
    assertThat(colour(lights, "information")).isEqualTo(Colour.AMBER);
    assertThat(colour(lights, "direction")).isEqualTo(Colour.AMBER);
    assertThat(g.sites()).extracting(Grounds.SiteGrounds::pStepDown).allMatch(p -> p > 0.01);
  }

  private static List<Light> lights(Grounds grounds) {
    var out = new java.util.ArrayList<Light>();
    Lights.grounds(grounds, out);
    return out;
  }

  /// A site whose rows are all the same has nothing to ask, and is no error.
  @Test
  void aBlankSiteIsNotAsked() {
    var task = task("logistic");
    var g = look(task, Matrix.ofDoubles(N, D, new double[N * D])).grounds();
    assertThat(g.code()).isEmpty();
    assertThat(g.information()).isEmpty();
    assertThat(g.stability()).isEmpty();
  }

  /// Probes on the same rows: as good ones are not told apart, one that reads a single neuron is,
  /// and a network finds nothing beyond what is linear.
  @Test
  void severalProbesAreComparedOnTheSameRows() {
    var task = task("logistic,mass-mean,sparse-1,mlp");
    var g = look(task, rows(task, 0.6, D, 5)).grounds();
    assertThat(g.probes())
        .extracting(Grounds.ProbeResult::probe)
        .containsExactly("logistic", "mass-mean", "sparse-1");
    assertThat(g.comparisons()).hasSize(3);
    for (var c : g.comparisons()) {
      assertThat(c.adjusted()).isGreaterThanOrEqualTo(c.p());
    }
    assertThat(g.comparisons().get(0).adjusted()).isGreaterThan(0.05);
    assertThat(g.comparisons().get(1).difference().low()).isPositive();
    assertThat(g.comparisons().get(1).adjusted()).isLessThan(0.05);
    var gap = g.gap().orElseThrow();
    assertThat(gap.nonlinear()).isCloseTo(gap.linear(), within(0.06));
    assertThat(gap.difference().low()).isLessThanOrEqualTo(0);
  }

  /// An XOR, one side in the even coordinates and one in the odd: the network reads it, the linear
  /// probe does not, and the light says so.
  @Test
  void whatOnlyANetworkReadsIsSaid() {
    var task = task("logistic,mlp");
    var random = new Seed(8).generator();
    var x = new double[N * D];
    for (int i = 0; i < N; i++) {
      int a = random.nextInt(2) * 2 - 1;
      int b = task.evidence().orElseThrow().labels().at(i) ? a : -a;
      for (int j = 0; j < D; j++) {
        x[i * D + j] = 0.2 * random.nextGaussian() + (j % 2 == 0 ? a : b);
      }
    }
    var g = look(task, Matrix.ofDoubles(N, D, x)).grounds();
    assertThat(g.gap().orElseThrow().nonlinear()).isGreaterThan(0.95);
    assertThat(g.gap().orElseThrow().linear()).isLessThan(0.65);
    assertThat(colour(lights(g), "linearity")).isEqualTo(Colour.AMBER);
  }

  @Test
  void overconfidentScoresAreBroughtBack() {
    var random = new Seed(9).generator();
    var positive = new boolean[2000];
    var scores = new double[2000];
    var plain = new double[2000];
    for (int i = 0; i < scores.length; i++) {
      plain[i] = 2 * random.nextGaussian();
      positive[i] = random.nextDouble() < 1 / (1 + Math.exp(-plain[i]));
      scores[i] = 5 * plain[i] + 3;
    }
    var classes =
        Classes.of(
            List.of("a", "b"), IntStream.range(0, 2000).map(i -> positive[i] ? 1 : 0).toArray());
    var folds = Folds.grouped(classes, Groups.single(2000), 5, new Seed(1));
    var scales = Rescaling.of(scores, positive, folds, true).scales();
    assertThat(scales.get(0).ece()).isGreaterThan(0.1);
    assertThat(scales.get(1).ece()).isLessThan(0.04);
    assertThat(scales.get(1).a()).isCloseTo(0.2, within(0.03));
    assertThat(scales.get(2).ece()).isLessThan(scales.get(0).ece());
    var kept = Rescaling.of(plain, positive, folds, true).scales();
    assertThat(kept.get(0).ece()).isLessThan(0.04);
    assertThat(kept.get(1).a()).isCloseTo(1, within(0.15));
  }

  /// Scores that mean no probability get there by Platt's map, and are none before.
  @Test
  void scoresThatAreNoProbabilitiesAreNotShownAsSuch() {
    var task = task("mass-mean");
    var x = rows(task, 1.2, 5);
    var scores = task.at(x).held();
    assertThat(task.calibration(scores)).isEmpty();
    assertThat(task.further(scores).brier()).isNaN();
    assertThat(task.held(scores, scores)).allMatch(h -> Double.isNaN(h.probability()));
    assertThat(look(task, x).grounds().calibration().orElseThrow().scales())
        .extracting(Grounds.Scale::name)
        .containsExactly("Platt");
    var logistic = task("logistic");
    assertThat(logistic.calibration(logistic.at(x).held())).isNotEmpty();
  }
}
