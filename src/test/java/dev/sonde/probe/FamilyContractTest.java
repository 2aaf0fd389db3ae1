package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every family promises, whatever its mathematics: a new one is tested by being listed.
final class FamilyContractTest {
  private static final int N = 160;

  static List<ProbeFamily> families() {
    return ProbeFamily.all();
  }

  /// Rows whose first feature tells the class and spreads most, or rows that tell nothing.
  private static Samples blobs(int d, double gap, long seed) {
    var random = new Seed(seed).forPurpose("blobs").generator();
    var x = new double[N][];
    var y = new int[N];
    for (int i = 0; i < N; i++) {
      y[i] = random.nextInt(2);
      x[i] = Planted.noise(d, 1, random);
      x[i][0] += gap * (y[i] - 0.5);
    }
    return Samples.of(Planted.matrix(x), Planted.classes(N, i -> y[i]));
  }

  private static List<Task> tasks(Samples samples, ProbeFamily family) {
    var positive = ProbeFamily.positives((dev.sonde.data.Classes) samples.y());
    var out = new ArrayList<Task>();
    for (int fold = 0; fold < 4; fold++) {
      var train = new boolean[N];
      for (int i = 0; i < N; i++) {
        train[i] = i % 4 != fold;
      }
      for (double c : List.of(family.grid().getFirst(), family.grid().getLast())) {
        out.add(Task.of(positive, train, c));
      }
    }
    return out;
  }

  private static double heldOut(ProbeFamily family, Samples samples, int width) {
    var basis = Basis.of(samples.x(), Basis.Scaling.COMMON);
    var solution = family.solve(basis, tasks(samples, family), true);
    var scores = new double[N];
    for (int i = 0; i < N; i++) {
      scores[i] = solution.scores(2 * (i % 4) + 1)[i];
    }
    assertThat(samples.x().cols()).isEqualTo(width);
    return Planted.accuracy(scores, samples);
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatIsThereIsFoundAndNothingElse(ProbeFamily family) {
    boolean guess = family instanceof RandomDirection;
    assertThat(heldOut(family, blobs(6, 12, 1), 6)).isGreaterThan(guess ? 0.5 : 0.95);
    assertThat(heldOut(family, blobs(6, 0, 2), 6)).isBetween(0.33, 0.67);
    assertThat(heldOut(family, blobs(300, 0, 3), 300)).isBetween(0.33, 0.67);
  }

  /// A task does not depend on the tasks beside it, its scores are those of its probe, and it is at
  /// its optimum.
  @ParameterizedTest
  @MethodSource("families")
  void aTaskIsItsOwn(ProbeFamily family) {
    for (int d : new int[] {5, 200}) {
      var samples = blobs(d, 2, 4);
      var basis = Basis.of(samples.x(), Basis.Scaling.COMMON);
      var tasks = tasks(samples, family);
      var all = family.solve(basis, tasks, true);
      assertThat(all.size()).isEqualTo(tasks.size());
      for (int j = 0; j < tasks.size(); j += 3) {
        assertThat(all.converged(j)).isTrue();
        var alone = family.solve(basis, List.of(tasks.get(j)), true);
        var one = alone.probe(0);
        var scores = all.probe(j).scores(samples.x());
        double size = Math.max(1, Small.length(one.direction()));
        for (int i = 0; i < N; i++) {
          assertThat(scores[i]).isCloseTo(all.scores(j)[i], within(1e-7 * size));
          assertThat(alone.scores(0)[i]).isCloseTo(all.scores(j)[i], within(1e-6 * size));
        }
      }
    }
  }

  /// Rows that are left out change nothing.
  @ParameterizedTest
  @MethodSource("families")
  void labelsLeftOutAreNotLookedAt(ProbeFamily family) {
    var samples = blobs(20, 1, 5);
    var positive = ProbeFamily.positives((dev.sonde.data.Classes) samples.y());
    var train = new boolean[N];
    Arrays.fill(train, 0, 100, true);
    var turned = positive.clone();
    for (int i = 100; i < N; i++) {
      turned[i] = !turned[i];
    }
    var basis = Basis.of(samples.x(), Basis.Scaling.COMMON);
    double c = family.grid().getFirst();
    var found =
        family.solve(basis, List.of(Task.of(positive, train, c), Task.of(turned, train, c)), true);
    var a = found.probe(0).direction();
    var b = found.probe(1).direction();
    for (int j = 0; j < a.length; j++) {
      assertThat(a[j]).isCloseTo(b[j], within(1e-9 * Math.max(1, Small.length(a))));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void theSameBitsOnAnyNumberOfWorkers(ProbeFamily family) {
    var samples = blobs(30, 1, 6);
    Supplier<Linear> fit =
        () -> family.fit(samples, Basis.Scaling.COMMON, family.grid().getFirst());
    try (var one = Workers.of(1);
        var two = Workers.of(2)) {
      var a = one.map(List.of(fit, fit));
      var b = two.map(List.of(fit, fit));
      assertThat(a.get(0)).isEqualTo(b.get(0)).isEqualTo(a.get(1)).isEqualTo(b.get(1));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatIsNoNumberIsRefused(ProbeFamily family) {
    var samples = blobs(3, 1, 7);
    var values = samples.x().toDoubles();
    values[4] = Double.NaN;
    var broken = Samples.of(Matrix.ofDoubles(N, 3, values), samples.y());
    assertThatThrownBy(() -> family.fit(broken, Basis.Scaling.COMMON, 1))
        .isInstanceOf(BadInput.class);
    var one = Samples.of(samples.x(), Planted.classes(N, i -> 0));
    assertThatThrownBy(() -> family.fit(one, Basis.Scaling.COMMON, 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("both classes");
    assertThatThrownBy(() -> family.fit(Golden.numbers(), Basis.Scaling.COMMON, 1))
        .isInstanceOf(BadInput.class);
  }
}
