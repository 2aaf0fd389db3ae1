package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.hook.Place;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Batch;
import dev.sonde.model.Model;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The golden models of every architecture that GGUF knows here, written as llama.cpp's converter
/// writes them and read again: equal to the safetensors at every point.
final class GgufFamiliesTest {
  private static final List<Integer> IDS = List.of(5, 17, 3, 44, 91, 8, 60, 33, 21, 76, 12, 50);

  @TempDir private Path folder = Path.of("");
  private int cases;

  @Test
  void everyFamilyIsTheSameThroughGguf() {
    for (var family :
        List.of(
            "llama",
            "llama3_rope",
            "qwen2",
            "qwen3",
            "gemma",
            "gemma2",
            "gemma3",
            "phi3",
            "gpt2",
            "bert")) {
      same(family, GgufFamiliesTest::asItIs);
    }
  }

  @Test
  void stretchedPositionsAndWindows() {
    var linear = "{'rope_type': 'linear', 'factor': 4.0, 'rope_theta': 10000.0}";
    same("llama", c -> c.set("rope_parameters", tree(linear)));
    var yarn =
        "{'rope_type': 'yarn', 'factor': 4.0, 'rope_theta': 10000.0, 'original_max_position_embeddings': 16}";
    same("qwen2", c -> c.set("rope_parameters", tree(yarn)));
    same(
        "gemma3", c -> ((ObjectNode) c.get("rope_parameters")).set("full_attention", tree(linear)));
    same("gemma3", c -> c.put("final_logit_softcapping", 20.0));
    for (int original : new int[] {8, 32}) {
      same("phi3", c -> longRope(c, original));
    }
    same("phi3", c -> c.put("sliding_window", 4));
  }

  private static void asItIs(ObjectNode config) {
    assertThat(config.has("model_type")).isTrue();
  }

  private static void longRope(ObjectNode config, int original) {
    var rope =
        "{'rope_type': 'longrope', 'rope_theta': 10000.0, 'partial_rotary_factor': 0.75, 'short_factor': [1.0, 1.1, 1.3], 'long_factor': [1.5, 2.0, 7.0]}";
    var keys = (ObjectNode) tree(rope);
    keys.put("original_max_position_embeddings", original);
    config.set("rope_parameters", keys);
    config.put("original_max_position_embeddings", original);
  }

  private static tools.jackson.databind.JsonNode tree(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private void same(String family, Consumer<ObjectNode> change) {
    Shared.folder("golden/" + family)
        .ifPresent(golden -> {
          try {
            var model = changed(golden, change);
            double off = difference(model, GgufCase.of(model).bytes());
            System.out.printf("GGUF %s: %.1e of scale at most%n", family, off);
            assertThat(off).as(family).isLessThan(5e-6);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private Path changed(Path golden, Consumer<ObjectNode> change) throws IOException {
    var own = Files.createDirectory(folder.resolve("hub" + cases));
    var config =
        (ObjectNode) JsonMapper.shared().readTree(Files.readString(golden.resolve("config.json")));
    change.accept(config);
    Files.writeString(own.resolve("config.json"), config.toString());
    Files.copy(golden.resolve("model.safetensors"), own.resolve("model.safetensors"));
    return own;
  }

  /// The largest difference at any point over the largest number there.
  private double difference(Path hub, byte[] gguf) throws IOException {
    var source = Files.write(folder.resolve("case" + cases + ".gguf"), gguf);
    var converted = Files.createDirectory(folder.resolve("gguf" + cases++));
    GgufModel.convert(source, converted, Progress.NONE);
    var ids = IDS.stream().mapToInt(i -> i).toArray();
    double worst = 0;
    try (var a = Model.open(hub, new Kernels(true, true, true, true));
        var b = Model.open(converted, new Kernels(true, true, true, true));
        var mode = Mode.inference();
        var scope = Scope.open()) {
      // files of an encoder have no head
      boolean headless = a.architecture().family().equals("bert");
      var points = a.points().stream().filter(p -> !headless || p.place() != Place.LOGITS).toList();
      assertThat(b.points()).isEqualTo(points);
      var expected = a.read(Batch.of(List.of(ids)), points);
      var found = b.read(Batch.of(List.of(ids)), points);
      for (var point : points) {
        var off = off(found.of(point, 0).toFloats(), expected.of(point, 0).toFloats());
        worst = Math.max(worst, off);
      }
    }
    return worst;
  }

  /// Masked scores are infinite in both.
  private static double off(float[] found, float[] expected) {
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.isFinite(found[i])).isEqualTo(Float.isFinite(expected[i]));
      if (Float.isFinite(expected[i])) {
        scale = Math.max(scale, Math.abs(expected[i]));
        worst = Math.max(worst, Math.abs(found[i] - expected[i]));
      }
    }
    return worst / scale;
  }

  /// Without the converter's conventions the same numbers make another network.
  @Test
  void theConventionsMatter() throws IOException {
    for (var family : List.of("llama", "gemma", "gpt2")) {
      var golden = Shared.folder("golden/" + family);
      if (golden.isPresent()) {
        var model = changed(golden.get(), GgufFamiliesTest::asItIs);
        var plain = GgufCase.withoutConventions(model);
        assertThat(difference(model, plain.bytes())).as(family).isGreaterThan(1e-3);
      }
    }
  }

  /// Half the bytes, each number rounded by at most 1 in 256.
  @Test
  void bfloat16IsHalfAsLargeAndNear() throws IOException {
    var golden = Shared.folder("golden/llama");
    if (golden.isEmpty()) {
      return;
    }
    var source = Files.write(folder.resolve("a.gguf"), GgufCase.of(golden.get()).bytes());
    var exact = Files.createDirectory(folder.resolve("exact"));
    var half = Files.createDirectory(folder.resolve("half"));
    GgufModel.convert(source, exact, Progress.NONE);
    GgufModel.convert(source, half, DType.BFLOAT16, Progress.NONE);
    assertThat(Files.size(half.resolve("model.safetensors")))
        .isLessThan(Files.size(exact.resolve("model.safetensors")) * 6 / 10);
    int rounded = 0;
    try (var a = SafeTensors.open(exact);
        var b = SafeTensors.open(half);
        var scope = Scope.open()) {
      assertThat(b.names()).isEqualTo(a.names());
      for (var name : a.names()) {
        var want = a.get(name).toFloats();
        var found = b.get(name).to(DType.FLOAT32).toFloats();
        for (int i = 0; i < want.length; i++) {
          assertThat(Math.abs(found[i] - want[i])).isLessThanOrEqualTo(Math.abs(want[i]) / 256);
          rounded += found[i] == want[i] ? 0 : 1;
        }
      }
    }
    assertThat(rounded).isPositive();
    assertThat(GgufModel.decodedAs(null)).isEqualTo(DType.FLOAT32);
    assertThat(GgufModel.decodedAs("bfloat16")).isEqualTo(DType.BFLOAT16);
    assertThatThrownBy(() -> GgufModel.decodedAs("int8")).isInstanceOf(BadInput.class);
  }

  @Test
  void whatIsNotBuiltIsNamed() throws IOException {
    var golden = Shared.folder("golden/gemma2");
    if (golden.isEmpty()) {
      return;
    }
    refused(GgufCase.of(golden.get()).with("general.architecture", "mamba"), "gemma3");
    refused(GgufCase.of(golden.get()).with("gemma2.logit_scale", 0.5), "gemma2.logit_scale");
    refused(GgufCase.of(golden.get()).with("tokenizer.ggml.model", "rwkv"), "gpt2, llama, t5");
    var pre = GgufCase.of(golden.get()).with("tokenizer.ggml.model", "gpt2");
    refused(pre.with("tokenizer.ggml.pre", "nobody"), "smollm");
    refused(
        GgufCase.of(golden.get()).with("blk.0.attn_sinks.weight", List.of(1L), new float[1]),
        "attn_sinks");
  }

  private void refused(TinyGguf gguf, String named) throws IOException {
    var source = Files.write(folder.resolve("refused.gguf"), gguf.bytes());
    assertThatThrownBy(() -> GgufModel.convert(source, folder, Progress.NONE))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(named);
  }
}
