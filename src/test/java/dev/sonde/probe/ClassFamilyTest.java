package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Families of several classes: by fits that stand elsewhere, and by what two classes must give.
final class ClassFamilyTest {
  private static final int N = 90;
  private static final int D = 6;

  private static Matrix rows(int[] labels, double signal) {
    var random = new Seed(8).generator();
    var x = new double[N * D];
    for (int i = 0; i < x.length; i++) {
      int label = labels[i / D];
      x[i] = random.nextGaussian() + (i % D == label ? signal : 0);
    }
    return Matrix.ofDoubles(N, D, x);
  }

  private static int[] labels(int classes) {
    return IntStream.range(0, N).map(i -> i % classes).toArray();
  }

  private static boolean[] all() {
    var out = new boolean[N];
    Arrays.fill(out, true);
    return out;
  }

  private static double[] scores(ClassFamily family, Matrix x, int[] labels, int k, double c) {
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var task = ClassTask.of(labels, k, all(), c);
    var solution = family.solve(basis, List.of(task), true, List.of());
    assertThat(solution.converged(0)).isTrue();
    var probe = solution.probe(0).of(x);
    var out = solution.scores(0);
    for (int i = 0; i < out.length; i++) {
      assertThat(probe[i / k][i % k]).isCloseTo(out[i], within(1e-8));
    }
    return out;
  }

  @Test
  void everyFamilyTellsApartWhatIsFarApart() {
    var labels = labels(4);
    var x = rows(labels, 8);
    for (var family : ClassFamily.all()) {
      var found = scores(family, x, labels, 4, 0.1);
      for (int i = 0; i < N; i++) {
        int row = i;
        int best =
            IntStream.range(0, 4)
                .reduce((a, b) -> found[row * 4 + b] > found[row * 4 + a] ? b : a)
                .orElseThrow();
        assertThat(best).as(family.name()).isEqualTo(labels[i]);
      }
    }
  }

  /// With two classes the difference of the scores is the score of the family of two.
  @Test
  void ofTwoClassesItIsTheBinaryProbe() {
    var labels = labels(2);
    var x = rows(labels, 1);
    var positive = new boolean[N];
    for (int i = 0; i < N; i++) {
      positive[i] = labels[i] == 1;
    }
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    for (var name : List.of("logistic", "lda", "mass-mean", "lda-ledoit-wolf")) {
      boolean softmax = name.equals("logistic"); // at C it is the sigmoid at 2 C
      var two =
          ProbeFamily.named(name)
              .solve(basis, List.of(Task.of(positive, all(), softmax ? 0.2 : 0.1)), true)
              .scores(0);
      var many = scores(ClassFamily.named(name), x, labels, 2, 0.1);
      for (int i = 0; i < N; i++) {
        assertThat(many[2 * i + 1] - many[2 * i]).as(name).isCloseTo(two[i], within(1e-6));
      }
    }
  }

  @Test
  void onAllRowsItIsTheFitThatStandsElsewhere() {
    var labels = labels(3);
    var x = rows(labels, 1);
    var samples = new Samples(x, Classes.of(List.of("a", "b", "c"), labels), Groups.single(N));
    var softmax = Softmax.fit(samples, Basis.Scaling.COMMON, 0.3).classes();
    var own = scores(new Multinomial(), x, labels, 3, 0.3);
    var lda = LdaClasses.fit(samples, Shrinkage.OAS).of(x);
    var solved = scores(new LdaFamily(Shrinkage.OAS), x, labels, 3, 1);
    for (int i = 0; i < N; i++) {
      for (int k = 0; k < 3; k++) {
        assertThat(own[3 * i + k]).isCloseTo(softmax.get(k).scores(x)[i], within(1e-8));
        assertThat(solved[3 * i + k]).isCloseTo(lda[i][k], within(1e-8));
      }
    }
  }

  /// A class without training rows is never the answer; the others are fitted as if it were not.
  @Test
  void aClassThatIsNotThereIsNeverAnswered() {
    var labels = labels(3);
    var x = rows(labels, 1);
    var train = new boolean[N];
    for (int i = 0; i < N; i++) {
      train[i] = labels[i] != 1;
    }
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    for (var family : ClassFamily.all()) {
      var task = ClassTask.of(labels, 3, train, 0.1);
      var found = family.solve(basis, List.of(task), true, List.of()).scores(0);
      for (int i = 0; i < N; i++) {
        assertThat(found[3 * i + 1]).isLessThan(Math.min(found[3 * i], found[3 * i + 2]));
      }
    }
    assertThatThrownBy(() -> ClassTask.of(new int[N], 3, all(), 1))
        .hasMessageContaining("two classes or more");
  }

  /// Many tasks in one go (other rows, other C, other labels, one without a class) end where each
  /// ends alone, and from a start of a neighbour's.
  @Test
  void solvedTogetherTheyAreThoseSolvedAlone() {
    var labels = labels(3);
    var basis = Basis.of(rows(labels, 0.7), Basis.Scaling.COMMON);
    var random = new Seed(4).generator();
    var dealt = IntStream.range(0, N).map(i -> random.nextInt(3)).toArray();
    var tasks = new ArrayList<ClassTask>();
    for (var y : List.of(labels, dealt)) {
      for (double c : new double[] {1e-3, 1}) {
        for (int f = 0; f < 3; f++) {
          int fold = f;
          var train = new boolean[N];
          IntStream.range(0, N).filter(i -> i / 3 % 3 != fold).forEach(i -> train[i] = true);
          IntStream.range(0, N).filter(i -> fold == 2 && y[i] == 1).forEach(i -> train[i] = false);
          tasks.add(ClassTask.of(y, 3, train, c));
        }
      }
    }
    var family = new Multinomial();
    var together = family.solve(basis, tasks, true, List.of());
    for (int t = 0; t < tasks.size(); t++) {
      assertThat(together.converged(t)).isTrue();
      var near = List.of(together.coordinates((t + 1) % tasks.size()));
      var alone = family.solve(basis, List.of(tasks.get(t)), true, near).scores(0);
      var found = together.scores(t);
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).as("task " + t).isCloseTo(alone[i], within(1e-6));
      }
    }
  }

  /// Rows counted as often as they were drawn weigh as so many rows.
  @Test
  void drawnRowsAreRowsRepeated() {
    var labels = labels(3);
    var x = rows(labels, 0.7);
    var times = IntStream.range(0, N).map(i -> i * 7 % 4).toArray();
    var repeated =
        IntStream.range(0, N).flatMap(i -> IntStream.range(0, times[i]).map(t -> i)).toArray();
    var y = Arrays.stream(repeated).map(i -> labels[i]).toArray();
    var every = new boolean[repeated.length];
    Arrays.fill(every, true);
    var own = Basis.of(x.select(repeated), Basis.Scaling.NONE);
    var basis = Basis.of(x, Basis.Scaling.NONE);
    for (var family : ClassFamily.all()) {
      var drawn =
          family
              .solve(basis, List.of(ClassTask.drawn(labels, 3, times, 0.1)), true, List.of())
              .probe(0)
              .of(x);
      var rows =
          family
              .solve(own, List.of(ClassTask.of(y, 3, every, 0.1)), true, List.of())
              .probe(0)
              .of(x);
      for (int i = 0; i < N; i++) {
        for (int k = 0; k < 3; k++) {
          assertThat(drawn[i][k]).as(family.name()).isCloseTo(rows[i][k], within(1e-5));
        }
      }
    }
  }

  /// The closed form under many labellings against ridge refitted without each part.
  @Test
  void votesAreThoseOfRefits() {
    var labels = labels(3);
    var x = rows(labels, 1.2);
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var parts =
        IntStream.range(0, 5)
            .mapToObj(f -> IntStream.range(0, N).filter(i -> i / 3 % 5 == f).toArray())
            .toArray(int[][]::new);
    var random = new Seed(2).generator();
    var dealt = IntStream.range(0, N).map(i -> random.nextInt(3)).toArray();
    double c = 0.05;
    var votes = RidgeVotes.of(basis, parts, RidgeClassifier.alpha(c));
    var found = votes.correct(b -> b == 0 ? labels : dealt, 2, 3);
    assertThat(found[0]).isEqualTo(refitted(basis, parts, labels, c)).isGreaterThan(50);
    assertThat(found[1]).isEqualTo(refitted(basis, parts, dealt, c)).isBetween(15, 45);
    var byRows = RidgeVotes.of(basis, HeldOut.byRows(basis, parts), RidgeClassifier.alpha(c));
    assertThat(byRows.correct(b -> b == 0 ? labels : dealt, 2, 3)).isEqualTo(found);
    assertThat(byRows.byAdding(b -> b == 0 ? labels : dealt, 2, 3)).isEqualTo(found);
  }

  private static int refitted(Basis basis, int[][] parts, int[] labels, double c) {
    int right = 0;
    for (var part : parts) {
      var train = all();
      Arrays.stream(part).forEach(i -> train[i] = false);
      var task = ClassTask.of(labels, 3, train, c);
      var found =
          new OneAgainstRest(new RidgeClassifier())
              .solve(basis, List.of(task), true, List.of())
              .scores(0);
      for (int i : part) {
        int row = i;
        int best =
            IntStream.range(0, 3)
                .reduce((a, b) -> found[row * 3 + b] > found[row * 3 + a] ? b : a)
                .orElseThrow();
        right += best == labels[i] ? 1 : 0;
      }
    }
    return right;
  }

  @Test
  void aProbeOfTwoClassesIsRefusedForMore() {
    assertThatThrownBy(() -> ClassFamily.named("pc1"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no probe for more than two classes; those are logistic");
  }
}
