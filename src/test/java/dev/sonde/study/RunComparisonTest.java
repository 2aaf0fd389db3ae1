package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

/// Runs on the same rows and on others, with what differs known.
final class RunComparisonTest {
  private static final int ROWS = 400;

  private static FinishedRun run(String name, String digest, int perGroup, DoubleSupplier right) {
    var rows = new ArrayList<FinishedRun.Row>();
    boolean now = false;
    for (int i = 0; i < ROWS; i++) {
      now = i % perGroup == 0 ? right.getAsDouble() > 0 : now;
      rows.add(new FinishedRun.Row(i, "1", "g" + i / perGroup, now));
    }
    var none = new Findings.Estimate(.5, .4, .6);
    return new FinishedRun(
        name, "m", "d.csv", digest, "label", "g", "logistic", "embed@last", none, .5, none, rows);
  }

  private static DoubleSupplier share(double p, SplittableRandom random) {
    return () -> random.nextDouble() < p ? 1 : -1;
  }

  private static double correct(FinishedRun run) {
    return run.rows().stream().mapToDouble(r -> r.correct() ? 1 : 0).average().orElseThrow();
  }

  @Test
  void aRunAgainstItselfDiffersInNothing() {
    var run = run("a", "x", 1, share(.8, new Seed(1).generator()));
    var pair = RunComparison.of(List.of(run, run), 2000, 1).pairs().getFirst();
    assertThat(pair.paired()).isTrue();
    assertThat(pair.difference().value()).isZero();
    assertThat(pair.p()).isEqualTo(1);
    assertThat(pair.onlyFirst() + pair.onlySecond()).isZero();
  }

  @Test
  void aBetterRunIsFoundAndTheVerdictNamesIt() {
    var random = new Seed(2).generator();
    var good = run("good", "x", 1, share(.9, random));
    var poor = run("poor", "x", 1, share(.6, random));
    var found = RunComparison.of(List.of(poor, good), 2000, 1);
    var pair = found.pairs().getFirst();
    assertThat(pair.difference().value())
        .isCloseTo(correct(poor) - correct(good), within(1e-12))
        .isLessThan(-.2);
    assertThat(pair.difference().high()).isNegative();
    assertThat(pair.adjusted()).isLessThan(.01);
    assertThat(found.verdict()).contains("good is").contains("than poor");
  }

  /// The same rows gain from being paired: an interval narrower than that of other rows, where what
  /// is hard is hard for both.
  @Test
  void pairedRowsSeeWhatOtherRowsCannot() {
    var hard = new Seed(3).generator();
    var rows = new boolean[ROWS];
    for (int i = 0; i < ROWS; i++) {
      rows[i] = hard.nextDouble() < .7;
    }
    var a = fixed("a", "x", rows, 0);
    var b = fixed("b", "x", rows, 16);
    var elsewhere = fixed("b", "y", rows, 16);
    var paired = RunComparison.of(List.of(a, b), 2000, 1).pairs().getFirst();
    var apart = RunComparison.of(List.of(a, elsewhere), 2000, 1).pairs().getFirst();
    assertThat(paired.difference().value()).isCloseTo(apart.difference().value(), within(1e-12));
    assertThat(paired.adjusted()).isLessThan(.01);
    assertThat(apart.paired()).isFalse();
    assertThat(apart.adjusted()).isGreaterThan(.05);
  }

  /// The first `spoiled` right answers turned wrong.
  private static FinishedRun fixed(String name, String digest, boolean[] right, int spoiled) {
    var at = new int[] {0, spoiled};
    return run(
        name,
        digest,
        1,
        () -> {
          boolean now = right[at[0]++];
          return now && at[1]-- <= 0 ? 1 : -1;
        });
  }

  /// Whole groups are drawn: a hundred copies of four groups are four rows' worth of evidence.
  @Test
  void copiesOfAGroupAreNoEvidence() {
    var first = new int[] {0};
    var a = run("a", "x", 100, () -> first[0]++ == 0 ? -1 : 1);
    var b = run("b", "x", 100, () -> 1);
    var grouped = RunComparison.of(List.of(a, b), 2000, 1).pairs().getFirst();
    assertThat(grouped.difference().value()).isCloseTo(-.25, within(1e-12));
    assertThat(grouped.p()).isGreaterThan(.05);
  }

  @Test
  void pValuesGrowWithTheNumberOfPairsAndOneRunIsRefused() {
    var random = new Seed(5).generator();
    var runs = new ArrayList<FinishedRun>();
    for (int i = 0; i < 4; i++) {
      runs.add(run("r" + i, "x", 1, share(.8, random)));
    }
    var found = RunComparison.of(runs, 1000, 1);
    assertThat(found.pairs())
        .hasSize(6)
        .allSatisfy(p -> assertThat(p.adjusted()).isGreaterThanOrEqualTo(p.p()));
    assertThat(found.pairs()).noneMatch(p -> p.adjusted() < .05);
    assertThatThrownBy(() -> RunComparison.of(List.of(runs.getFirst()), 1000, 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("two runs");
  }
}
