package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.activation.arrays.ArrayFormat;
import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.data.Samples;
import dev.sonde.linalg.Basis;
import dev.sonde.onnx.Network;
import dev.sonde.probe.Answers;
import dev.sonde.probe.Bilinear;
import dev.sonde.probe.Fitted;
import dev.sonde.probe.Linear;
import dev.sonde.probe.LinearMap;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Mlp;
import dev.sonde.probe.Quadratic;
import dev.sonde.probe.SavedProbe;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.weights.Gguf;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Saved probes for llama.cpp, NumPy and ONNX Runtime.
final class ExportCliTest {
  private static final int N = 60;
  private static final int D = 5;

  @TempDir private Path folder = Path.of("");

  private static float[] rows(Seed seed) {
    var random = seed.generator();
    var out = new float[N * D];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (2 * random.nextGaussian());
    }
    return out;
  }

  private static Matrix matrix(float[] rows) {
    return Matrix.ofFloats(N, D, rows);
  }

  private static Classes labels(float[] x) {
    var out = new int[N];
    for (int i = 0; i < N; i++) {
      out[i] = x[i * D] + x[i * D + 1] * x[i * D + 2] > 0 ? 1 : 0;
    }
    return Classes.of(List.of("no", "yes"), out);
  }

  private Path saved(Map<String, Fitted> sites, String best) {
    var file = folder.resolve("probe.safetensors");
    new SavedProbe(Digest.of("model"), "t", "logistic", best, List.of("no", "yes"), "s", sites)
        .write(file);
    return file;
  }

  private static CliTest.Result export(Path probe, Path to, String... more) {
    var args = new java.util.ArrayList<>(List.of("export", "--probe", probe.toString()));
    args.addAll(List.of("--to", to.toString()));
    args.addAll(List.of(more));
    return CliTest.sonde(args.toArray(String[]::new));
  }

  private double largestDifference(Fitted probe, Optional<float[]> second, float[] x) {
    var file = folder.resolve(probe.kind() + ".onnx");
    var result = export(saved(Map.of("layer.1", probe), "layer.1"), file);
    assertThat(result.err()).isEmpty();
    var expected = Answers.of(probe, matrix(x), second.map(ExportCliTest::matrix));
    var inputs = new LinkedHashMap<String, NdArray>();
    inputs.put("x", NdArray.of(x, N, D));
    second.ifPresent(y -> inputs.put("second", NdArray.of(y, N, D)));
    double largest = 0;
    try (var run = Network.open(file).capturing(List.of("score"))) {
      var out = run.once(inputs, Map.of()).getOrDefault("score", NdArray.of(new float[0], 0));
      assertThat(out.rows()).isEqualTo(N);
      int k = expected.columns().size();
      for (int i = 0; i < N; i++) {
        for (int c = 0; c < k; c++) {
          double gap = out.at((long) i * k + c) - expected.columns().get(c).get(i);
          largest = Math.max(largest, Math.abs(gap));
        }
      }
    }
    return largest;
  }

  @Test
  void onnxRuntimeScoresAsSondeDoes() {
    var x = rows(new Seed(1));
    var y = rows(new Seed(2));
    var classes = labels(x);
    var samples = Samples.of(matrix(x), classes);
    var linear = new Logistic().fit(samples, Basis.Scaling.COMMON, 1);
    var map = new LinearMap(List.of(linear, Linear.of(new double[] {1, 2, 3, 4, 5}, -1)));
    var mlp = Mlp.fit(samples, Mlp.Settings.DEFAULT.withHidden(7).withSecond(4), new Seed(3));
    var none = Optional.<float[]>empty();
    assertThat(largestDifference(linear, none, x)).isLessThan(1e-6);
    assertThat(largestDifference(map, none, x)).isLessThan(1e-6);
    assertThat(largestDifference(Quadratic.fit(samples, 4, 1), none, x)).isLessThan(1e-6);
    assertThat(largestDifference(mlp, none, x)).isLessThan(1e-6);
    var pairs = Bilinear.fit(matrix(x), matrix(y), classes, 4, 2, 1);
    assertThat(largestDifference(pairs, Optional.of(y), x)).isLessThan(1e-6);
    // on other rows the same graph says something else
    var other = Linear.of(new double[] {0, 0, 0, 0, 1}, 0);
    assertThat(other.scores(matrix(x))[0]).isNotCloseTo(linear.scores(matrix(x))[0], within(1e-6));
  }

  @Test
  void aControlVectorHasADirectionABlock() {
    Map<String, Fitted> sites = new LinkedHashMap<>();
    for (int l = 0; l < 3; l++) {
      sites.put("resid_post." + l + "@last", Linear.of(new double[] {0, 3, l, 4, 0}, 1));
      sites.put("resid_post." + l + "@mean", Linear.of(new double[] {9, 9, 9, 9, 9}, 1));
    }
    var probe = saved(sites, "resid_post.2@last");
    var file = folder.resolve("v.gguf");
    var result = export(probe, file);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("after blocks 1, 2", "left out", "resid_post.0@last");
    try (var gguf = Gguf.open(file)) {
      assertThat(gguf.text("general.architecture")).isEqualTo("controlvector");
      assertThat(gguf.integer("controlvector.layer_count")).isEqualTo(2);
      assertThat(gguf.names()).containsExactlyInAnyOrder("direction.1", "direction.2");
      double length = Math.sqrt(26);
      assertThat(gguf.floats("direction.1")[1]).isEqualTo((float) (3 / length));
      assertThat(gguf.floats("direction.1")[3]).isEqualTo((float) (4 / length));
    }
    export(probe, file, "--raw");
    try (var gguf = Gguf.open(file)) {
      assertThat(gguf.floats("direction.2")).containsExactly(0, 3, 2, 4, 0);
    }
  }

  @Test
  void arraysForNumPyAreTheProbesOwn() {
    var probe =
        saved(Map.of("layer.1", Linear.of(new double[] {1, Math.PI, 0, 0, 0}, 7)), "layer.1");
    var file = folder.resolve("d.npz");
    assertThat(export(probe, file).code()).isZero();
    assertThat(ArrayFormat.read(file + "#direction/layer.1").at(1)).isEqualTo(Math.PI);
    assertThat(ArrayFormat.read(file + "#bias/layer.1").at(0)).isEqualTo(7);
  }

  @Test
  void whatCannotBeIsOneLineAndLeavesNothing() {
    var map = new LinearMap(List.of(Linear.of(new double[D], 0), Linear.of(new double[D], 0)));
    var several = saved(Map.of("layer.1", map), "layer.1");
    var file = folder.resolve("none.gguf");
    var refused = export(several, file);
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("has no one direction");
    assertThat(file).doesNotExist();
    var first = saved(Map.of("layer.0", Linear.of(new double[] {1, 0, 0, 0, 0}, 0)), "layer.0");
    assertThat(export(first, file).err()).contains("llama.cpp takes none after block 0");
    assertThat(export(first, folder.resolve("x.pt")).err()).contains("NAME.gguf, NAME.npz or");
    assertThat(export(first, file, "--site", "layer.9").err()).contains("no probe for layer.9");
  }
}
