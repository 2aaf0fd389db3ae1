package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two roads to one number: errors of rows left out by a matrix of rows, and in the dimensions.
final class HeldOutTest {
  private static final int N = 90;
  private static final int D = 7;
  private static final int[][] PARTS =
      IntStream.range(0, 5)
          .mapToObj(p -> IntStream.range(0, N).filter(i -> i * 7 % 5 == p).toArray())
          .toArray(int[][]::new);
  private static final int[][] TOGETHER = {{0}, {3}, {1, 4}, {0, 2, 3}};

  private static Matrix rows(long seed) {
    var random = new Seed(seed).generator();
    var x = new double[N * D];
    Arrays.setAll(x, i -> random.nextGaussian() * (1 + i % D) + 3);
    return Matrix.ofDoubles(N, D, x);
  }

  private static double[] targets(long seed) {
    var random = new Seed(seed).generator();
    return random.doubles(N, -2, 2).toArray();
  }

  private static double[] labels(int b) {
    return Arrays.stream(targets(b)).map(v -> v > 0 ? 1 : -1).toArray();
  }

  private static <T> T on(Supplier<T> work) {
    try (var worker = Workers.of(1)) {
      return worker.call(work);
    }
  }

  @Test
  void bothRoadsAndAFitWithoutTheRowsAgree() {
    var x = rows(1);
    var y = targets(2);
    for (double alpha : new double[] {1e-3, 1, 1e4}) {
      on(() -> {
        var basis = Basis.of(x, Basis.Scaling.COMMON);
        var byRows = HeldOut.byRows(basis, PARTS);
        var thin = HeldOut.byDimensions(basis, PARTS);
        assertThat(byRows.thin()).isFalse();
        assertThat(thin.thin()).isTrue();
        var a = byRows.predicted(y, alpha, TOGETHER);
        var b = thin.predicted(y, alpha, TOGETHER);
        for (int s = 0; s < a.length; s++) {
          assertThat(b[s]).containsExactly(a[s], within(1e-9));
        }
        assertThat(b[2]).containsExactly(refitted(x, basis, y, alpha, PARTS[1], PARTS[4]), within(1e-8));
        return b;
      });
    }
  }

  /// By hand: a fit to the other rows, in the units of all.
  private static double[] refitted(
      Matrix x, Basis basis, double[] y, double alpha, int[] first, int[] second) {
    var out = IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    var kept =
        IntStream.range(0, N).filter(i -> Arrays.stream(out).noneMatch(o -> o == i)).toArray();
    double total = basis.lambda().sum().item(); // of COMMON: n d, whatever the units were
    assertThat(total).isCloseTo((double) N * D, within(1e-6 * N * D));
    var mean = new double[D];
    double square = 0;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        mean[j] += x.at(i, j) / N;
      }
    }
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        square += (x.at(i, j) - mean[j]) * (x.at(i, j) - mean[j]) / N / D;
      }
    }
    var some = x.select(kept);
    var own = Basis.of(some, Basis.Scaling.NONE);
    var target = Arrays.stream(kept).mapToDouble(i -> y[i]).toArray();
    var probe = Ridge.fit(own, target, alpha * square);
    var left = x.select(out);
    var w = probe.direction();
    return IntStream.range(0, out.length)
        .mapToDouble(i ->
            probe.bias() + IntStream.range(0, D).mapToDouble(j -> w[j] * left.at(i, j)).sum())
        .toArray();
  }

  @Test
  void manyTargetsAtOnce() {
    on(() -> {
      var basis = Basis.of(rows(3), Basis.Scaling.COMMON);
      var byRows = HeldOut.byRows(basis, PARTS);
      var thin = HeldOut.byDimensions(basis, PARTS);
      assertThat(thin.correct(HeldOutTest::labels, 60, 2))
          .containsExactly(byRows.correct(HeldOutTest::labels, 60, 2));
      assertThat(thin.squares(HeldOutTest::targets, 60, 2))
          .containsExactly(byRows.squares(HeldOutTest::targets, 60, 2), within(1e-8));
      // and not of other targets
      assertThat(thin.squares(b -> targets(b + 1), 60, 2)[0])
          .isNotCloseTo(byRows.squares(HeldOutTest::targets, 1, 2)[0], within(1e-3));
      return thin;
    });
  }

  @Test
  void votesOfSeveralClasses() {
    on(() -> {
      var basis = Basis.of(rows(4), Basis.Scaling.COMMON);
      for (int classes : new int[] {3, 12}) {
        var a = RidgeVotes.of(basis, HeldOut.byRows(basis, PARTS), 5);
        var b = RidgeVotes.of(basis, HeldOut.byDimensions(basis, PARTS), 5);
        assertThat(b.correct(l -> dealt(l, classes), 40, classes))
            .containsExactly(a.correct(l -> dealt(l, classes), 40, classes));
      }
      return basis;
    });
  }

  private static int[] dealt(int b, int classes) {
    return new Seed(b).generator().ints(N, 0, classes).toArray();
  }

  /// Few rows take the matrix of rows, many the dimensions, by themselves.
  @Test
  void theShorterRoadIsTaken() {
    on(() -> {
      var basis = Basis.of(rows(5), Basis.Scaling.COMMON);
      assertThat(HeldOut.of(basis, PARTS).thin()).isTrue();
      var some = IntStream.range(0, 4 * D).toArray();
      assertThat(HeldOut.of(Basis.of(rows(5).select(some), Basis.Scaling.COMMON), PARTS).thin())
          .isFalse();
      return basis;
    });
  }
}
