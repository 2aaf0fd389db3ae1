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
import dev.sonde.probe.Linear;
import dev.sonde.probe.Softmax;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /// Rows in a mapped file, many blocks of them, on one worker and on three: the same bits as on
  /// the heap and on the calling thread; other labels give others.
  @Test
  void readsAMappedFileToTheSameBits(@TempDir Path folder) throws IOException {
    int n = 3000;
    var random = new Seed(7).generator();
    var values = new float[n * D];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() + 1000 * (i % D));
    }
    var heap = Matrix.ofFloats(n, D, values);
    var labels = new int[n];
    Arrays.setAll(labels, i -> (int) Math.floor(random.nextGaussian() + heap.at(i, 0)) > 0 ? 1 : 0);
    var column = TokenLabels.Column.classes("y", List.of("a", "b"), labels);
    labels[17] = 1 - labels[17];
    var other = TokenLabels.Column.classes("y", List.of("a", "b"), labels);
    var train = new boolean[n];
    for (int i = 0; i < n; i++) {
      train[i] = i % 10 != 3;
    }
    var settings = TokenSoftmax.Settings.DEFAULT.exact();
    var file = folder.resolve("rows");
    Files.write(file, MemorySegment.ofArray(values).toArray(ValueLayout.JAVA_BYTE));
    try (var arena = Arena.ofShared();
        var channel = FileChannel.open(file);
        var one = Workers.of(1);
        var three = Workers.of(3)) {
      var mapped =
          Matrix.mapped(n, D, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
      var bits = one.call(() -> TokenSoftmax.fit(heap, train, List.of(column), settings)).probes(0);
      assertThat(bits.getFirst().direction()[0]).isNotZero();
      for (var workers : List.of(one, three)) {
        var found = TokenSoftmax.fit(mapped, train, List.of(column), settings, workers);
        assertThat(found.end(0).gradient()).isLessThan(1e-9);
        same(found.probes(0), bits, true);
      }
      same(TokenSoftmax.fit(mapped, train, List.of(other), settings, three).probes(0), bits, false);
    }
  }

  private static void same(List<Linear> found, List<Linear> expected, boolean yes) {
    for (int k = 0; k < found.size(); k++) {
      boolean equal =
          Arrays.equals(found.get(k).direction(), expected.get(k).direction())
              && found.get(k).bias() == expected.get(k).bias();
      assertThat(equal).isEqualTo(yes);
    }
  }

  /// The gradient that ends the search is that of the loss as it is written, in common units, whose
  /// optimum has none; with a penalty a tenth heavier the optimum is elsewhere.
  @Test
  void endsWhereTheLossHasNoSlope() {
    var x = rows(new Seed(8));
    var labels = labels(x, new Seed(9));
    var column = TokenLabels.Column.classes("y", List.of("a", "b", "c"), labels);
    try (var workers = Workers.of(2)) {
      var fit =
          TokenSoftmax.fit(
              x, all(), List.of(column), TokenSoftmax.Settings.DEFAULT.exact().withC(3), workers);
      assertThat(slope(x, labels, fit.probes(0), 3, 1)).isLessThan(1e-8);
      assertThat(slope(x, labels, fit.probes(0), 3, 1.1)).isGreaterThan(1e-5);
    }
  }

  /// The largest entry of the gradient over C n by the directions in common units and the
  /// intercepts, everything written out.
  private static double slope(Matrix x, int[] y, List<Linear> probes, double c, double by) {
    var mean = new double[D];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        mean[j] += x.at(i, j) / N;
      }
    }
    double square = 0;
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        square += (x.at(i, j) - mean[j]) * (x.at(i, j) - mean[j]) / N / D;
      }
    }
    double unit = Math.sqrt(square);
    var g = new double[probes.size()][D + 1];
    for (int k = 0; k < g.length; k++) {
      for (int j = 0; j < D; j++) {
        g[k][j] = by * probes.get(k).direction()[j] * unit / (c * N);
      }
    }
    for (int i = 0; i < N; i++) {
      var p = answers(probes, x, i);
      for (int k = 0; k < p.length; k++) {
        double e = (p[k] - (y[i] == k ? 1 : 0)) / N;
        g[k][D] += e;
        for (int j = 0; j < D; j++) {
          g[k][j] += e * (x.at(i, j) - mean[j]) / unit;
        }
      }
    }
    return Arrays.stream(g).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
  }

  /// The probabilities of the classes at a row.
  private static double[] answers(List<Linear> probes, Matrix x, int row) {
    var p =
        probes.stream()
            .mapToDouble(probe -> {
              double z = probe.bias();
              for (int j = 0; j < x.cols(); j++) {
                z += probe.direction()[j] * x.at(row, j);
              }
              return Math.exp(z);
            })
            .toArray();
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(v -> v / sum).toArray();
  }

  /// A class of three rows among thousands, which the pilot does not see: still the optimum. Of
  /// thirty rows it is another.
  @Test
  void aClassThatThePilotMisses() {
    assertThat(expectedOfTheLast(3)).isCloseTo(3, within(1e-3));
    assertThat(expectedOfTheLast(30)).isCloseTo(30, within(1e-3));
  }

  /// How many rows of the third class the optimum expects where there are so many.
  private static double expectedOfTheLast(int many) {
    int n = 70000;
    var random = new Seed(10).generator();
    var x = new float[n * 2];
    var labels = new int[n];
    for (int i = 0; i < n; i++) {
      x[2 * i] = (float) random.nextGaussian();
      x[2 * i + 1] = (float) random.nextGaussian();
      labels[i] = x[2 * i] + random.nextGaussian() > 0 ? 1 : 0;
    }
    for (int i = 1; i < 2 * many; i += 2) {
      labels[i] = 2; // the pilot has every second row, the even ones
    }
    var column = TokenLabels.Column.classes("y", List.of("a", "b", "c"), labels);
    var rows = Matrix.ofFloats(n, 2, x);
    var train = new boolean[n];
    Arrays.fill(train, true);
    try (var workers = Workers.of(2)) {
      var fit =
          TokenSoftmax.fit(
              rows, train, List.of(column), TokenSoftmax.Settings.DEFAULT.exact(), workers);
      assertThat(fit.end(0).gradient()).isLessThan(1e-9);
      // where the intercept has no slope, a class is given as often as it is there
      double expected = 0;
      for (int i = 0; i < n; i++) {
        expected += answers(fit.probes(0), rows, i)[2];
      }
      return expected;
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
