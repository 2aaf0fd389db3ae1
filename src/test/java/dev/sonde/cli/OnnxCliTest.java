package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `sonde onnx` on two real classifiers of digits.
final class OnnxCliTest {
  @TempDir private Path out = Path.of("");

  private static CliTest.Result sonde(String line) {
    return CliTest.sonde(line.split(" "));
  }

  private static void digits(Consumer<Path> test) {
    Shared.folder("models/digits-cnn").ifPresent(test);
  }

  @Test
  void tensorsAreListed() {
    digits(folder -> {
      var list = sonde("onnx %s/digits-clean.onnx".formatted(folder));
      assertThat(list.err()).isEmpty();
      assertThat(list.out()).contains("12 tensors computed, 10 stored", "batch x 16 x 8 x 8");
      var tree =
          JsonMapper.shared()
              .readTree(sonde("onnx %s/digits-clean.onnx --json".formatted(folder)).out());
      assertThat(tree.path("tensors").size()).isEqualTo(23);
      assertThat(tree.path("tensors").path(0).path("role").asString()).isEqualTo("input");
    });
  }

  @Test
  void tensorsAreWritten() {
    digits(folder -> {
      var run =
          sonde(
              "onnx %s/digits-clean.onnx --input %s/images.npy --capture /Relu_output_0,logits --out %s"
                  .formatted(folder, folder, out));
      assertThat(run.err()).isEmpty();
      assertThat(run.code()).isZero();
      try (var file = SafeTensors.open(out.resolve("tensors.safetensors"))) {
        assertThat(file.names()).containsExactlyInAnyOrder("/Relu_output_0", "logits");
        assertThat(file.shape("logits")).containsExactly(1797, 10);
        assertThat(file.metadata()).containsKey("network_sha256");
      }
    });
  }

  @Test
  void labelsGivenAreComparedWithTrueOnes() {
    digits(folder -> {
      var table = folder.resolve("flawed-training-labels.csv");
      var run =
          sonde(
              "onnx %s/digits-flawed.onnx --input %s/images.npy --rows %s:index --labels %s:label --against %s:given --capture image,logits --permutations 3 --probe --json"
                  .formatted(folder, folder, table, table, table));
      assertThat(run.code()).isZero();
      var layers = JsonMapper.shared().readTree(run.out()).path("layers");
      assertThat(layers.size()).isEqualTo(2);
      for (var layer : layers) {
        double truth = layer.path("accuracy").asDouble();
        double given = layer.path("against").path("accuracy").asDouble();
        assertThat(truth).isGreaterThan(0.8);
        assertThat(given).isBetween(0.6, truth - 0.02); // half of 3 and 8 cannot be known
        assertThat(layer.path("nulls").size()).isEqualTo(3);
        assertThat(layer.path("nulls").path(0).asDouble()).isLessThan(0.25);
      }
    });
  }

  @Test
  void mistakesAreOneLine() throws IOException {
    var none = Files.write(out.resolve("none.onnx"), new byte[] {8, 8});
    refused("onnx " + none, "no graph");
    refused("onnx " + out.resolve("absent.onnx"), "there is no file");
    digits(folder -> {
      var start = "onnx %s/digits-clean.onnx ".formatted(folder);
      var fed = start + "--input %s/images.npy ".formatted(folder);
      refused(start + "--probe", "--input");
      refused(fed + "--probe", "--labels");
      refused(fed + "--capture logits", "--out");
      refused(fed + "--capture nothing --out x", "no tensor 'nothing'");
      refused(fed + "--probe --labels %s/split.npy:x".formatted(folder), "split.npy");
      refused(fed + "--probe --labels some", "FILE.csv:COLUMN");
      refused(
          fed + "--probe --labels %s/flawed-training-labels.csv:given".formatted(folder),
          "1300 rows, but 1797");
      refused(start + "--input %s/labels.npy --capture logits --out x".formatted(folder), "[1797]");
    });
  }

  private static void refused(String line, String words) {
    var result = sonde(line);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().strip()).startsWith("sonde: ").contains(words).doesNotContain("\n");
  }
}
