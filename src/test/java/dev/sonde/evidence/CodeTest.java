package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Code lengths in bits: the exact ones, those of nothing, those of something.
final class CodeTest {
  private static final int N = 1000;

  @Test // AT-28
  void knowingNothingCostsTheUniformCode() {
    for (int k : new int[] {2, 3, 45}) {
      var labels = IntStream.range(0, 777).map(i -> i * i % k).toArray();
      var order = OnlineCode.order(Groups.single(777), new Seed(1));
      var code = OnlineCode.of(LabelModel.uniform(k), labels, order, OnlineCode.CUTS);
      assertThat(code.bits()).isCloseTo(777 * Math.log(k) / Math.log(2), within(1e-9));
      assertThat(code.compression()).isCloseTo(1, within(1e-12));
    }
  }

  /// The reference adds nats to bits. Of one coin in bits the sum would be too short by far.
  @Test
  void bitsAreBits() {
    var labels = IntStream.range(0, 1000).map(i -> i % 2).toArray();
    var order = IntStream.range(0, 1000).toArray();
    var code = OnlineCode.of(LabelModel.uniform(2), labels, order, OnlineCode.CUTS);
    assertThat(code.bits()).isCloseTo(1000, within(1e-9));
    assertThat(code.voita2020Compat()).isCloseTo(1 + 999 * Math.log(2), within(1e-9));
    assertThat(code.ends()).containsExactly(1, 2, 4, 8, 16, 32, 62, 125, 250, 500, 1000);
    assertThat(Arrays.stream(code.blocks()).sum()).isCloseTo(code.bits(), within(1e-12));
  }

  /// AT-29: of shuffled labels the compression is 1 when C is chosen inside each prefix; at one
  /// large C the code is longer than no code at all. Of readable labels it is well above 1.
  @Test
  void shuffledLabelsDoNotCompress() {
    var random = new Seed(29).forPurpose("code").generator();
    int d = 50;
    var x = new double[N * d];
    Arrays.setAll(x, i -> random.nextGaussian());
    var readable = new int[N];
    for (int i = 0; i < N; i++) {
      double s = x[i * d] + x[i * d + 1] - x[i * d + 2];
      readable[i] = s + 0.5 * random.nextGaussian() > 0 ? 1 : 0;
    }
    var shuffled = readable.clone();
    for (int i = N - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = kept;
    }
    var basis = Basis.of(Matrix.ofDoubles(N, d, x), Basis.Scaling.COMMON);
    assertThat(chosen(basis, shuffled)).isBetween(0.95, 1.01);
    assertThat(chosen(basis, readable)).isGreaterThan(1.7);
    assertThat(fixed(basis, shuffled, 1)).isLessThan(0.9);
    assertThat(fixed(basis, shuffled, 100)).isLessThan(fixed(basis, shuffled, 1));
  }

  private static double chosen(Basis basis, int[] labels) {
    var classes = Classes.of(List.of("0", "1"), labels);
    var groups = Groups.single(labels.length);
    var model = LinearModel.choosing(basis, classes, groups, new Seed(3));
    return OnlineCode.byGroup(model, labels, groups, new Seed(4)).compression();
  }

  private static double fixed(Basis basis, int[] labels, double c) {
    var model = LinearModel.fixed(basis, Classes.of(List.of("0", "1"), labels), c);
    var order = OnlineCode.order(Groups.single(labels.length), new Seed(4));
    return OnlineCode.of(model, labels, order, OnlineCode.CUTS).compression();
  }

  /// More than two classes, some not seen in the first blocks: the code stays finite, shorter than
  /// uniform where there is something to read.
  @Test
  void classesNotYetSeenCostButDoNotBreak() {
    var random = new Seed(7).forPurpose("classes").generator();
    int n = 240;
    int d = 6;
    int k = 5;
    var x = new double[n * d];
    var labels = new int[n];
    for (int i = 0; i < n; i++) {
      labels[i] = i < 4 ? 0 : random.nextInt(k);
      for (int j = 0; j < d; j++) {
        x[i * d + j] = 0.4 * random.nextGaussian() + (j == labels[i] ? 2 : 0);
      }
    }
    var names = IntStream.range(0, k).mapToObj(Integer::toString).toList();
    var basis = Basis.of(Matrix.ofDoubles(n, d, x), Basis.Scaling.COMMON);
    var model =
        LinearModel.choosing(basis, Classes.of(names, labels), Groups.single(n), new Seed(1));
    var order = IntStream.range(0, n).toArray();
    var cuts = List.of(.05, .125, .25, .5, 1.0);
    assertThat(OnlineCode.of(model, labels, order, cuts).compression()).isGreaterThan(1.8);
    var few = new int[] {0, 1, 2, 3, 4, 5};
    for (var row : model.logProbabilities(few, IntStream.range(100, 120).toArray())) {
      assertThat(Arrays.stream(row).map(Math::exp).sum()).isCloseTo(1, within(1e-9));
      assertThat(Arrays.stream(row).min().orElseThrow()).isFinite();
    }
  }

  @Test
  void groupsAreCodedWhole() {
    var groups = Groups.of(IntStream.range(0, 400).mapToObj(i -> "g" + i % 40).toList());
    var labels = IntStream.range(0, 400).map(i -> i % 40 % 2).toArray();
    var code = OnlineCode.byGroup(LabelModel.uniform(2), labels, groups, new Seed(2));
    for (int end : code.ends()) {
      assertThat(end % 10).isZero();
    }
    assertThat(code.bits()).isCloseTo(400, within(1e-9));
  }

  /// The closed form is the sum of what each number costs foretold from those before it.
  @Test
  void theGaussianCodeIsPrequential() {
    var random = new Seed(5).forPurpose("gaussian").generator();
    int n = 12;
    var x = Matrix.ofDoubles(n, 3, random.doubles(3L * n).map(v -> 2 * v - 1).toArray());
    var basis = Basis.of(x, Basis.Scaling.NONE);
    var y = random.doubles(n).map(v -> v * 3 - 1).toArray();
    double alpha = 0.7;
    double noise = 0.4;
    var kernel = kernel(x, alpha);
    double nats = 0;
    for (int t = 0; t < n; t++) {
      var foretold = foretell(kernel, y, t);
      double variance = noise * foretold[1];
      double e = y[t] - foretold[0];
      nats += (Math.log(2 * Math.PI * variance) + e * e / variance) / 2;
    }
    assertThat(GaussianCode.bits(basis, y, alpha, noise))
        .isCloseTo(nats / Math.log(2), within(1e-8));
  }

  private static double[][] kernel(Matrix x, double alpha) {
    int n = x.rows();
    var mean = new double[x.cols()];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += x.at(i, j) / n;
      }
    }
    var out = new double[n][n];
    for (int a = 0; a < n; a++) {
      for (int b = 0; b < n; b++) {
        out[a][b] = 100 + (a == b ? 1 : 0);
        for (int j = 0; j < mean.length; j++) {
          out[a][b] += (x.at(a, j) - mean[j]) * (x.at(b, j) - mean[j]) / alpha;
        }
      }
    }
    return out;
  }

  /// Mean and variance (over the noise) of number t given those before it, by elimination.
  private static double[] foretell(double[][] kernel, double[] y, int t) {
    var a = new double[t][t + 2];
    for (int i = 0; i < t; i++) {
      System.arraycopy(kernel[i], 0, a[i], 0, t);
      a[i][t] = y[i];
      a[i][t + 1] = kernel[i][t];
    }
    for (int p = 0; p < t; p++) {
      for (int i = 0; i < t; i++) {
        double by = i == p ? 0 : a[i][p] / a[p][p];
        for (int j = p; j < t + 2 && by != 0; j++) {
          a[i][j] -= by * a[p][j];
        }
      }
    }
    double mean = 0;
    double variance = kernel[t][t];
    for (int i = 0; i < t; i++) {
      mean += kernel[i][t] * a[i][t] / a[i][i];
      variance -= kernel[i][t] * a[i][t + 1] / a[i][i];
    }
    return new double[] {mean, variance};
  }

  @Test
  void numbersThatCanBeReadAreCheaper() {
    var random = new Seed(6).forPurpose("numbers").generator();
    int n = 300;
    var x = Matrix.ofDoubles(n, 10, random.doubles(10L * n).toArray());
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var signal = new double[n];
    Arrays.setAll(signal, i -> x.at(i, 2) + 0.1 * random.nextGaussian());
    var noise = random.doubles(n).toArray();
    assertThat(GaussianCode.of(basis, signal, 10).saved()).isGreaterThan(100);
    assertThat(GaussianCode.of(basis, noise, 10).saved()).isLessThan(0);
  }
}
