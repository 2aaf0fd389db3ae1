package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The evidence of [GroundworkTest] where there are four classes: at a site whose rows hold the
/// class, and at one whose rows do not.
final class SeveralClassesTest {
  private static final int N = 240;
  private static final int D = 10;
  private static final int K = 4;

  private static ManyClasses task(String probe) {
    var labels = IntStream.range(0, N).map(i -> i / 2 % K).toArray();
    var classes = Classes.of(List.of("a", "b", "c", "d"), labels);
    var names = IntStream.range(0, N).mapToObj(i -> "g" + i / 8).toList();
    var texts = IntStream.range(0, N).mapToObj(i -> "text " + i * 7919 % 997).toList();
    var corpus =
        new Corpus(
            "here",
            Digest.of("x"),
            new Columns("text", "label", "g", false),
            texts,
            classes,
            Groups.of(names),
            names);
    var settings = StudySettings.DEFAULT.withProbe(probe).withEffort(5, 99, 2, 300);
    return new ManyClasses(settings, corpus, classes);
  }

  /// Each class stands out along a coordinate of its own.
  private static Matrix rows(double signal, long seed) {
    var random = new Seed(seed).generator();
    var x = new double[N * D];
    Arrays.setAll(x, i -> random.nextGaussian() + (i % D == i / D / 2 % K ? signal : 0));
    return Matrix.ofDoubles(N, D, x);
  }

  private static Grounds look(ManyClasses task, Matrix x, int threads) {
    try (var workers = Workers.of(threads)) {
      var noise = rows(0, 77);
      var found =
          workers.map(List.<Supplier<LabelTask.Found>>of(() -> task.at(noise), () -> task.at(x)));
      var places =
          List.of(
              new SiteTable.Place("resid_post.0", 0, "last"),
              new SiteTable.Place("resid_post.1", 1, "last"));
      var evidence = task.evidence().orElseThrow();
      var table = new SiteTable(task, evidence.settings(), places, found);
      var length = Surface.lengths(IntStream.range(0, N).mapToObj(i -> "x".repeat(i % 7)).toList());
      var scores = workers.call(() -> task.surface(length, Basis.Scaling.FEATURES));
      var lengths =
          new Findings.Baseline("length", "", task.main(scores), task.second(scores).value());
      var rivals = List.of(task.baseline(), new Rival(lengths, scores, Optional.of(length), true));
      return new BestSite(table, evidence, 1).look(x, rivals, List::of, workers).grounds();
    }
  }

  private static Findings.Colour colour(Grounds grounds, String check) {
    var out = new java.util.ArrayList<Findings.Light>();
    Lights.grounds(grounds, out);
    return out.stream().filter(l -> l.check().equals(check)).findFirst().orElseThrow().colour();
  }

  @Test
  void whatIsThereStandsOnEveryKindOfEvidence() {
    var g = look(task("logistic"), rows(2.5, 5), 2);
    var code = g.code().orElseThrow();
    assertThat(code.uniformBits()).isCloseTo(2 * N, within(1e-9));
    assertThat(code.compression()).isGreaterThan(1.5);
    assertThat(code.dealtBits()).isGreaterThan(1.6 * code.bits());
    var information = g.information().orElseThrow();
    assertThat(information.entropy()).isCloseTo(2, within(0.05));
    assertThat(information.bits()).isBetween(1.0, 2.0);
    assertThat(information.conditional()).isGreaterThan(4 * information.conditionalError());
    var curve = g.curve().orElseThrow();
    assertThat(curve.points().getFirst().rows()).isEqualTo(K);
    assertThat(curve.points().getLast().mean()).isGreaterThan(0.95);
    assertThat(curve.points().getLast().mean())
        .isGreaterThan(curve.points().getFirst().mean() + 0.05);
    var stability = g.stability().orElseThrow();
    assertThat(stability.meanHalf()).isGreaterThan(0.7);
    assertThat(Math.abs(stability.meanDealt())).isLessThan(0.3);
    assertThat(stability.meanBootstrap()).isGreaterThan(stability.meanHalf());
    assertThat(stability.sigma()).hasSize(2);
    assertThat(stability.sigma().get(0).get(1)).isBetween(-0.9, 0.9);
    assertThat(stability.sigma().get(0).get(1))
        .isCloseTo(stability.sigma().get(1).get(0), within(1e-12));
    var intervals = g.intervals().orElseThrow();
    assertThat(intervals.aurocBca().low()).isGreaterThan(0.9);
    assertThat(intervals.accuracyBca().low()).isLessThan(intervals.accuracyBca().value());
    assertThat(intervals.difference().low()).isPositive();
    assertThat(intervals.aurocDeLong().value()).isNaN();
    assertThat(g.calibration().orElseThrow().scales())
        .extracting(Grounds.Scale::name)
        .containsExactly("as it is", "temperature");
    assertThat(colour(g, "code length")).isEqualTo(Findings.Colour.GREEN);
    assertThat(colour(g, "direction")).isEqualTo(Findings.Colour.GREEN);
  }

  @Test
  void whatIsNotThereStandsOnNothing() {
    var g = look(task("logistic"), rows(0, 6), 2);
    assertThat(g.code().orElseThrow().compression()).isLessThan(1.05);
    assertThat(g.information().orElseThrow().bits()).isLessThan(0.05);
    assertThat(g.curve().orElseThrow().points()).allMatch(p -> p.mean() > 0.3 && p.mean() < 0.7);
    assertThat(Math.abs(g.stability().orElseThrow().meanHalf())).isLessThan(0.3);
    assertThat(g.intervals().orElseThrow().difference().low()).isLessThanOrEqualTo(0);
    assertThat(colour(g, "code length")).isEqualTo(Findings.Colour.AMBER);
    assertThat(colour(g, "information")).isEqualTo(Findings.Colour.AMBER);
    assertThat(colour(g, "direction")).isEqualTo(Findings.Colour.AMBER);
  }

  /// Labels dealt anew at a site that holds the true ones: no compression, nothing to learn.
  @Test
  void dealtLabelsAreNotReadWhereTrueOnesAre() {
    var x = rows(2.5, 5);
    var g = look(task("logistic"), x, 2);
    var code = g.code().orElseThrow();
    assertThat(code.uniformBits() / code.dealtBits()).isLessThan(1.02);
  }

  @Test
  void severalProbesAreComparedOnTheSameRows() {
    var g = look(task("logistic,lda,mass-mean,mlp"), rows(1.6, 5), 2);
    assertThat(g.probes())
        .extracting(Grounds.ProbeResult::probe)
        .containsExactly("logistic", "lda", "mass-mean");
    for (var probe : g.probes()) {
      assertThat(probe.point()).isEqualTo("resid_post.1");
      assertThat(probe.nested().value()).isGreaterThan(0.5);
      assertThat(probe.control()).isLessThan(0.45);
    }
    assertThat(g.comparisons()).hasSize(3);
    for (var c : g.comparisons()) {
      assertThat(c.adjusted()).isGreaterThanOrEqualTo(c.p()).isGreaterThan(0.05);
    }
    var gap = g.gap().orElseThrow();
    assertThat(gap.nonlinear()).isCloseTo(gap.linear(), within(0.1));
    assertThat(gap.difference().low()).isLessThanOrEqualTo(0);
  }

  /// Scores that mean no probability get there by a temperature.
  @Test
  void otherFamiliesHaveTheSameEvidence() {
    var g = look(task("ridge-classifier"), rows(2.5, 5), 2);
    assertThat(g.information().orElseThrow().bits()).isGreaterThan(0.8);
    assertThat(g.calibration().orElseThrow().scales())
        .extracting(Grounds.Scale::name)
        .containsExactly("temperature");
    assertThat(g.stability().orElseThrow().meanHalf()).isGreaterThan(0.6);
    assertThat(g.curve().orElseThrow().points().getLast().mean()).isGreaterThan(0.9);
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() {
    var x = rows(1.5, 5);
    assertThat(look(task("logistic"), x, 1)).isEqualTo(look(task("logistic"), x, 3));
  }

  /// A site whose rows are all the same has nothing to ask, and is no error.
  @Test
  void aBlankSiteIsNotAsked() {
    var g = look(task("logistic"), Matrix.ofDoubles(N, D, new double[N * D]), 2);
    assertThat(g.code()).isEmpty();
    assertThat(g.stability()).isEmpty();
    assertThat(g.curve()).isEmpty();
  }
}
