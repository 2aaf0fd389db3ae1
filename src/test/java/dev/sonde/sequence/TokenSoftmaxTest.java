package dev.sonde.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Softmax;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Two roads to one optimum, columns in company, labels of squares.
final class TokenSoftmaxTest {
  private static final int N = 300;
  private static final int D = 6;

  private static Matrix rows(Seed seed) {
    var random = seed.generator();
    var out = new double[N * D];
    Arrays.setAll(out, i -> random.nextGaussian() * (1 + i % D) + i % D);
    return Matrix.ofDoubles(N, D, out);
  }

  private static int[] labels(Matrix x, Seed seed) {
    var random = seed.generator();
    var out = new int[N];
    for (int i = 0; i < N; i++) {
      double z = x.at(i, 0) + x.at(i, 1) / 2 + random.nextGaussian();
      out[i] = z < 0 ? 0 : z < 1 ? 1 : 2;
    }
    return out;
  }

  private static boolean[] all() {
    var out = new boolean[N];
    Arrays.fill(out, true);
    return out;
  }

  @Test
  void meetsTheNewtonSolver() {
    var x = rows(new Seed(1));
    var labels = labels(x, new Seed(2));
    var names = List.of("a", "b", "c");
    try (var workers = Workers.of(1)) {
      var newton =
          workers.call(() ->
              Softmax.fit(Samples.of(x, Classes.of(names, labels)), Basis.Scaling.COMMON, 0.5));
      var batched =
          workers.call(() ->
              TokenSoftmax.fit(
                  x,
                  all(),
                  List.of(TokenLabels.Column.classes("y", names, labels)),
                  TokenSoftmax.Settings.DEFAULT.withC(0.5).exact()));
      for (int k = 0; k < 3; k++) {
        var expected = newton.classes().get(k);
        var found = batched.probes(0).get(k);
        assertThat(found.direction()).containsExactly(expected.direction(), within(1e-7));
        assertThat(found.bias()).isCloseTo(expected.bias(), within(1e-6));
      }
    }
  }

  /// Columns with other classes and missing labels beside it, rows held out: the same optimum.
  @Test
  void companyAndChunksDoNotMatter() {
    var x = rows(new Seed(3));
    var labels = labels(x, new Seed(4));
    var two = new int[N];
    Arrays.setAll(two, i -> i % 7 == 0 ? -1 : x.at(i, 2) > 2 ? 1 : 0);
    var column = TokenLabels.Column.classes("y", List.of("a", "b", "c"), labels);
    var other = TokenLabels.Column.classes("z", List.of("no", "yes"), two);
    var settings = TokenSoftmax.Settings.DEFAULT.exact();
    try (var workers = Workers.of(1)) {
      var alone = workers.call(() -> TokenSoftmax.fit(x, all(), List.of(column), settings));
      var both = workers.call(() -> TokenSoftmax.fit(x, all(), List.of(other, column), settings));
      for (int k = 0; k < 3; k++) {
        assertThat(both.probes(1).get(k).direction())
            .containsExactly(alone.probes(0).get(k).direction(), within(1e-7));
      }
      assertThat(both.probes(0)).hasSize(2);
      var found = both.predict(x);
      double right = 0;
      for (int i = 0; i < N; i++) {
        right += found[0][i] == (x.at(i, 2) > 2 ? 1 : 0) ? 1.0 / N : 0;
      }
      assertThat(right).isGreaterThan(0.9);
    }
  }

  /// A board of 2 x 2 squares at every token: its columns are read together.
  @Test
  void squaresOfAGridAreColumns() {
    var x = rows(new Seed(5));
    var state = new int[N][4];
    for (int i = 0; i < N; i++) {
      for (int s = 0; s < 4; s++) {
        state[i][s] = x.at(i, s) > s ? 1 : 0;
      }
    }
    var lengths = new int[] {100, 200};
    var board = TokenLabels.tokens(lengths).withGrid(2, 2, List.of("empty", "full"), state);
    assertThat(board.columns().stream().map(TokenLabels.Column::name))
        .containsExactly("a1", "b1", "a2", "b2");
    assertThat(board.places().get(100)).isEqualTo(new TokenLabels.Place(1, 0, 1));
    try (var workers = Workers.of(1)) {
      var fit =
          workers.call(() ->
              TokenSoftmax.fit(x, all(), board.columns(), TokenSoftmax.Settings.DEFAULT.withC(1)));
      var found = fit.predict(x);
      for (int s = 0; s < 4; s++) {
        int right = 0;
        for (int i = 0; i < N; i++) {
          right += found[s][i] == state[i][s] ? 1 : 0;
        }
        assertThat(right).isGreaterThan(9 * N / 10);
      }
    }
  }

  @Test
  void refusesAClassWithoutTrainingRows() {
    var x = rows(new Seed(6));
    var column = TokenLabels.Column.classes("y", List.of("a", "b"), new int[N]);
    assertThatThrownBy(
            () -> TokenSoftmax.fit(x, all(), List.of(column), TokenSoftmax.Settings.DEFAULT))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("every class");
  }

  /// AT-27: the same label for a type in every split; the labels' distribution; what a table can
  /// know.
  @Test
  void theControlTaskIsDealtByType() {
    var types = new ArrayList<String>();
    var real = new ArrayList<String>();
    for (int i = 0; i < 6000; i++) {
      types.add("w" + i % 2000);
      real.add(i % 10 < 5 ? "N" : i % 10 < 8 ? "V" : "A");
    }
    var dealt = WordTypes.control(types, real, new Seed(1));
    assertThat(dealt.subList(0, 2000)).isEqualTo(dealt.subList(2000, 4000));
    double nouns = dealt.subList(0, 2000).stream().filter("N"::equals).count() / 2000.0;
    assertThat(nouns).isBetween(0.455, 0.545); // 4 sigma
    assertThat(WordTypes.control(types, real, new Seed(2))).isNotEqualTo(dealt);
    var table =
        WordTypes.lookup(types.subList(0, 1000), dealt.subList(0, 1000), types.subList(0, 2000));
    assertThat(table.subList(0, 1000)).isEqualTo(dealt.subList(0, 1000));
    assertThat(table.subList(1000, 2000)).containsOnly("N");
  }
}
