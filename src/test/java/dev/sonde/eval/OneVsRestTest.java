package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Four clouds in six dimensions: told apart by their own names, not by names that were dealt.
final class OneVsRestTest {
  private static final int ROWS = 240;
  private static final List<String> NAMES = List.of("a", "b", "c", "d");

  private static Classes clouds() {
    return Classes.of(NAMES, IntStream.range(0, ROWS).map(i -> i % 4).toArray());
  }

  private static Matrix rows() {
    var random = new Seed(2).generator();
    var x = new double[ROWS * 6];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian() + (i % 6 == i / 6 % 4 ? 4 : 0);
    }
    return Matrix.ofDoubles(ROWS, 6, x);
  }

  private static OneVsRest run(Classes labels, boolean[] train) {
    try (var workers = Workers.of(1)) {
      return workers.call(() ->
          OneVsRest.run(
              new Logistic(),
              Basis.of(rows(), Basis.Scaling.COMMON),
              labels,
              train,
              19,
              new Seed(6)));
    }
  }

  @Test
  void cloudsAreToldApartAndDealtNamesAreNot() {
    var labels = clouds();
    var train = OneVsRest.split(labels, 0.7, new Seed(1));
    assertThat(IntStream.range(0, ROWS).filter(i -> train[i]).count()).isEqualTo(168);
    var found = run(labels, train);
    assertThat(found.accuracy()).isGreaterThan(0.9);
    assertThat(found.pValue()).isEqualTo(0.05);
    assertThat(Arrays.stream(found.nulls()).max().orElse(1)).isLessThan(0.55);
    assertThat(OneVsRest.majority(labels, train)).isEqualTo(0.25);
    var random = new Seed(4).generator();
    var dealt = Classes.of(NAMES, IntStream.range(0, ROWS).map(i -> random.nextInt(4)).toArray());
    var nothing = run(dealt, train);
    assertThat(nothing.accuracy()).isLessThan(0.5);
    assertThat(nothing.pValue()).isGreaterThan(0.05);
  }

  @Test
  void otherLabelsAreComparedByName() {
    var labels = clouds();
    var train = OneVsRest.split(labels, 0.7, new Seed(1));
    var found = run(labels, train);
    var all = new boolean[ROWS];
    Arrays.fill(all, true);
    var turned =
        Classes.of(
            List.of("d", "c", "b", "a"),
            IntStream.range(0, ROWS).map(i -> 3 - labels.at(i)).toArray());
    assertThat(found.accuracy(turned, all)).isEqualTo(found.accuracy());
    assertThat(found.accuracy(labels, new boolean[ROWS])).isNaN();
  }

  @Test
  void tooLittleIsRefused() {
    var all = new boolean[ROWS];
    Arrays.fill(all, true);
    assertThatThrownBy(() -> run(clouds(), all))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("hold some out");
    var few = new boolean[ROWS];
    Arrays.fill(few, 0, 8, true);
    assertThatThrownBy(() -> run(clouds(), few))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("class a has 2 training rows");
  }
}
