package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// AT-27: control labels hang on the type alone and follow the true distribution; memory gets them
/// right where it has seen the type and nowhere else.
final class ControlTaskTest {
  private static final int N = 6000;
  private static final int TYPES = 1500;
  private final List<String> types = types();
  private final Classes real =
      Classes.of(List.of("a", "b", "c"), IntStream.range(0, N).map(i -> i % 10 / 4).toArray());

  private static List<String> types() {
    var random = new Seed(27).forPurpose("types").generator();
    var out = new ArrayList<String>();
    for (int i = 0; i < N; i++) {
      // a few types are common, most are rare
      out.add("w" + (int) (TYPES * Math.pow(random.nextDouble(), 2)));
    }
    return List.copyOf(out);
  }

  @Test
  void theSameInEverySplitAndFile() {
    var whole = ControlTask.classes(types, real, new Seed(1));
    var rows = IntStream.range(0, N).filter(i -> i % 3 == 1).toArray();
    var part =
        ControlTask.classes(
            Arrays.stream(rows).mapToObj(types::get).toList(), real.select(rows), new Seed(1));
    long differ =
        IntStream.range(0, rows.length).filter(i -> part.at(i) != whole.at(rows[i])).count();
    // the distribution of the part may differ by a row or two, so a type on the border may move
    assertThat(differ).isLessThan(rows.length / 100);
    for (int i = 1; i < N; i++) {
      if (types.get(i).equals(types.getFirst())) {
        assertThat(whole.at(i)).isEqualTo(whole.at(0));
      }
    }
    assertThat(ControlTask.classes(types, real, new Seed(2)).toArray())
        .isNotEqualTo(whole.toArray());
  }

  /// Chi-squared of what the types were dealt against the true distribution .4 .4 .2: p > .01;
  /// against a uniform one it is not.
  @Test
  void theDistributionIsThatOfTheTrueLabels() {
    var dealt = ControlTask.classes(types, real, new Seed(1));
    var distinct = types.stream().distinct().toList();
    var counts = new double[3];
    for (var type : distinct) {
      counts[dealt.at(types.indexOf(type))]++;
    }
    assertThat(chiSquare(counts, .4, .4, .2)).isGreaterThan(.01);
    assertThat(chiSquare(counts, 1 / 3.0, 1 / 3.0, 1 / 3.0)).isLessThan(1e-6);
  }

  private static double chiSquare(double[] counts, double... shares) {
    double total = Arrays.stream(counts).sum();
    double sum = 0;
    for (int k = 0; k < counts.length; k++) {
      sum += Math.pow(counts[k] - total * shares[k], 2) / (total * shares[k]);
    }
    return Distributions.chiSquareTail(sum, counts.length - 1);
  }

  @Test
  void memoryGetsWhatItHasSeenAndNoMore() {
    var control = ControlTask.classes(types, real, new Seed(1));
    var train = new boolean[N];
    for (int i = 0; i < N; i++) {
      train[i] = i < N / 4;
    }
    var table = LookupTable.fit(types, control, train);
    double known = 0;
    double knownRight = 0;
    double unknown = 0;
    double unknownRight = 0;
    for (int i = N / 4; i < N; i++) {
      boolean right = table.predict(types.get(i)) == control.at(i);
      known += table.knows(types.get(i)) ? 1 : 0;
      unknown += table.knows(types.get(i)) ? 0 : 1;
      knownRight += table.knows(types.get(i)) && right ? 1 : 0;
      unknownRight += !table.knows(types.get(i)) && right ? 1 : 0;
    }
    assertThat(knownRight).isEqualTo(known);
    assertThat(unknown).isGreaterThan(300);
    assertThat(unknownRight / unknown).isCloseTo(.4, within(.06));
    double reached = (knownRight + unknownRight) / (known + unknown);
    assertThat(reached).isCloseTo(ControlTask.ceiling(types, control, train), within(.02));
  }

  /// A probe with room for every type memorises the control (selectivity near 0), a narrow one does
  /// not and keeps the true labels.
  @Test
  void roomToMemoriseShowsInSelectivity() {
    var random = new Seed(3).forPurpose("rows").generator();
    int n = 2000;
    int count = 300;
    var types = IntStream.range(0, n).mapToObj(i -> "w" + random.nextInt(count)).toList();
    var truth =
        Classes.of(
            List.of("0", "1"),
            types.stream().mapToInt(t -> Integer.parseInt(t.substring(1)) % 2).toArray());
    var control = ControlTask.classes(types, truth, new Seed(5));
    double[] selectivity = new double[2];
    for (boolean wide : new boolean[] {true, false}) {
      int d = wide ? count + 1 : 1;
      var x = new double[n * d];
      for (int i = 0; i < n; i++) {
        int type = Integer.parseInt(types.get(i).substring(1));
        x[i * d] = truth.at(i) + 0.3 * random.nextGaussian();
        if (wide) {
          x[i * d + 1 + type] = 3;
        }
      }
      var basis = Basis.of(Matrix.ofDoubles(n, d, x), Basis.Scaling.NONE);
      double real = accuracy(basis, truth);
      selectivity[wide ? 0 : 1] = ControlTask.selectivity(real, accuracy(basis, control));
      assertThat(real).isGreaterThan(.9);
    }
    assertThat(selectivity[0]).isLessThan(.1);
    assertThat(selectivity[1]).isGreaterThan(selectivity[0] + .25);
  }

  private static double accuracy(Basis basis, Classes labels) {
    int n = labels.size();
    var positive = new boolean[n];
    var train = new boolean[n];
    for (int i = 0; i < n; i++) {
      positive[i] = labels.at(i) == 1;
      train[i] = i % 2 == 0;
    }
    var scores = new Logistic().solve(basis, List.of(Task.of(positive, train, 1)), true).scores(0);
    double right = 0;
    for (int i = 1; i < n; i += 2) {
      right += scores[i] > 0 == positive[i] ? 1 : 0;
    }
    return right / (n / 2.0);
  }

  @Test
  void theTokenBeforeIsTheSecondControl() {
    assertThat(ControlTask.previous(List.of(List.of("a", "b", "c"), List.of("d", "e"))))
        .containsExactly("<start>", "a", "b", "<start>", "d");
  }
}
