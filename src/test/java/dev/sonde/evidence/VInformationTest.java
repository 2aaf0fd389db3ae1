package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// AT-30: usable information is at most the entropy, nothing where the rows are shuffled, and the
/// mean of its pointwise form.
final class VInformationTest {
  private static final int N = 600;
  private static final int D = 20;
  private final SplittableRandom random = new Seed(30).forPurpose("rows").generator();
  private final double[] x = random.doubles((long) N * D).map(v -> 2 * v - 1).toArray();
  private final int[] labels = labels();
  private final Classes classes = Classes.of(List.of("0", "1"), labels);
  private final Folds folds = Folds.random(classes, 5, new Seed(1));
  private final Groups groups = Groups.single(N);
  private final double[] blank = VInformation.heldOut(LabelModel.prior(labels, 2), labels, folds);

  private int[] labels() {
    var out = new int[N];
    for (int i = 0; i < N; i++) {
      out[i] = x[i * D] + x[i * D + 1] + 0.4 * random.nextGaussian() > 0 ? 1 : 0;
    }
    return out;
  }

  private double[] held(double[] rows, int d) {
    var basis = Basis.of(Matrix.ofDoubles(N, d, rows), Basis.Scaling.COMMON);
    return VInformation.heldOut(
        LinearModel.choosing(basis, classes, groups, new Seed(2)), labels, folds);
  }

  @Test // AT-30
  void whatCanBeReadIsBelowTheEntropy() {
    var found = VInformation.of(held(x, D), blank, groups);
    assertThat(found.bits()).isBetween(0.2, found.entropy());
    assertThat(found.entropy()).isCloseTo(1, within(0.05));
    assertThat(found.conditionalEntropy()).isCloseTo(found.entropy() - found.bits(), within(1e-12));
    assertThat(found.bits())
        .isCloseTo(Arrays.stream(found.pointwise()).average().orElseThrow(), within(1e-15));
  }

  @Test // AT-30
  void shuffledRowsHoldNothing() {
    var shuffled = new double[N * D];
    for (int i = 0; i < N; i++) {
      System.arraycopy(x, (i * 7 + 311) % N * D, shuffled, i * D, D);
    }
    var found = VInformation.of(held(shuffled, D), blank, groups);
    assertThat(found.bits()).isLessThanOrEqualTo(2 * found.error());
  }

  /// Beside a baseline that holds half of it, activations add the other half; beside themselves
  /// they add nothing.
  @Test
  void aBaselineTakesWhatItKnows() {
    var half = new double[N];
    Arrays.setAll(half, i -> x[i * D]);
    var baseline = held(half, 1);
    var all = held(x, D);
    var added = VInformation.of(all, baseline, groups);
    var whole = VInformation.of(all, blank, groups);
    assertThat(added.bits()).isGreaterThan(3 * added.error());
    assertThat(added.bits()).isLessThan(whole.bits());
    assertThat(VInformation.of(all, all, groups).bits()).isZero();
  }

  /// Rows that repeat tell no more: drawn out tenfold in groups the error stays.
  @Test
  void theErrorCountsGroups() {
    var ten = new double[10 * N];
    var none = new double[10 * N];
    var one = held(x, D);
    Arrays.setAll(ten, i -> one[i / 10]);
    Arrays.setAll(none, i -> blank[i / 10]);
    var names = java.util.stream.IntStream.range(0, 10 * N).mapToObj(i -> "g" + i / 10).toList();
    var grouped = VInformation.of(ten, none, Groups.of(names));
    assertThat(grouped.error())
        .isCloseTo(VInformation.of(one, blank, groups).error(), within(1e-9));
    assertThat(VInformation.of(ten, none, Groups.single(10 * N)).error())
        .isLessThan(grouped.error() / 3);
  }
}
