package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Kernels;
import dev.sonde.weights.ModelConfig;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The keys of a configuration that change numbers: each either gives the reference's numbers or is
/// refused by its name.
///
/// The cases of src/test/resources/configurations are written by bench/reference_cases.py `--kept`
/// (transformers 5.23, eager, float16 weights); it writes ten times as many without that option.
final class ConfigurationsTest {
  private static final Path CASES = Path.of("src/test/resources/configurations");
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static final List<List<String>> REFUSED =
      List.of(
          List.of(
              "gptj",
              "\"activation_function\": \"gelu_new\"",
              "\"activation_function\": \"xielu\"",
              "xielu"),
          List.of("gptj", "\"model_type\": \"gptj\"", "\"model_type\": \"gptk\"", "gptk"),
          List.of("gptj", "\"n_head\": 4", "\"n_head\": 5", "heads"),
          List.of("gptj", "\"n_head\": 4", "\"n_head\": \"4\"", "n_head"),
          List.of(
              "gptj",
              "\"rotary_dim\": 4",
              "\"rotary_dim\": 4, \"quantization_config\": {}",
              "quantization_config"),
          List.of("gptj", "\"rotary_dim\": 4", "\"rotary_dim\": 1073741824", "1,073,741,824"),
          List.of("gptj", "\"rotary_dim\": 4", "\"rotary_dim\": -4", "-4 numbers"),
          List.of("gptj", "\"rotary_dim\": 4", "\"rotary_dim\": 64", "one short text"),
          List.of(
              "granite_bias", "\"rope_type\": \"default\"", "\"rope_type\": \"spiral\"", "spiral"),
          List.of(
              "granite_bias", "\"rope_type\": \"default\"", "\"rope_type\": \"linear\"", "factor"),
          List.of(
              "granite_bias",
              "\"rope_type\": \"default\"",
              "\"rope_type\": \"linear\", \"factor\": 2.0, \"partial_rotary_factor\": 0.5",
              "partial_rotary_factor"),
          List.of("granite_bias", "\"hidden_act\": \"silu\"", "\"hidden_act\": 3", "hidden_act"),
          List.of(
              "opt_post",
              "\"activation_function\": \"relu\"",
              "\"activation_function\": \"prelu\"",
              "prelu"),
          List.of(
              "qwen3moe_sparse",
              "\"num_experts_per_tok\": 1",
              "\"num_experts_per_tok\": 9",
              "num_experts_per_tok"),
          List.of(
              "stablelm_par",
              "\"use_parallel_residual\": true",
              "\"use_parallel_residual\": \"yes\"",
              "use_parallel_residual"));

  @TempDir private Path folder = Path.of("");

  private static List<Path> cases() throws IOException {
    try (var list = Files.list(CASES)) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReference() throws IOException {
    return cases().stream()
        .map(f -> DynamicTest.dynamicTest(f.getFileName().toString(), () -> check(f)));
  }

  private static void check(Path folder) {
    var result = Verification.of(folder, Kernels.PLAIN);
    assertThat(result.notCompared()).isEmpty();
    assertThat(result.largest()).as("%s", result.worst()).isLessThan(1e-5);
  }

  /// None is lost on the way, and what is compared is what the files hold.
  @Test
  void casesFamiliesAndTensorsAreCounted() throws IOException {
    var families = new TreeSet<String>();
    int tensors = 0;
    for (var folder : cases()) {
      families.add(ModelConfig.read(folder.resolve("config.json")).modelType());
      try (var reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
        tensors += reference.names().size();
      }
    }
    System.out.printf(
        "%d cases, %d families, %d tensors%n", cases().size(), families.size(), tensors);
    assertThat(cases()).hasSizeGreaterThanOrEqualTo(27);
    assertThat(families).hasSizeGreaterThanOrEqualTo(20);
    assertThat(tensors).isGreaterThan(360);
  }

  /// A changed key changes the numbers: the same weights under another configuration are not the
  /// reference.
  @TestFactory
  Stream<DynamicTest> anotherConfigurationIsNotTheReference() {
    return Stream.of(
            List.of(
                "neox_serial",
                "\"use_parallel_residual\": false",
                "\"use_parallel_residual\": true"),
            List.of(
                "granite_multipliers",
                "\"residual_multiplier\": 0.3",
                "\"residual_multiplier\": 0.4"),
            List.of("mistral_window", "\"sliding_window\": 3", "\"sliding_window\": 4"),
            List.of(
                "stablelm_qk_parallel",
                "\"partial_rotary_factor\": 0.25",
                "\"partial_rotary_factor\": 0.5"),
            List.of("mixtral_top1", "\"num_experts_per_tok\": 1", "\"num_experts_per_tok\": 2"))
        .map(c -> DynamicTest.dynamicTest(c.getFirst(), () -> differs(c)));
  }

  private void differs(List<String> change) throws IOException {
    var changed = changed(CASES.resolve(change.get(0)), change.get(1), change.get(2));
    assertThat(Verification.of(changed, Kernels.PLAIN).largest()).isGreaterThan(1e-3);
  }

  /// What is not built is refused by the name of its key or its value.
  @TestFactory
  Stream<DynamicTest> whatIsNotBuiltIsRefusedByName() {
    return REFUSED.stream().map(c -> DynamicTest.dynamicTest(c.get(2), () -> refused(GOLDEN, c)));
  }

  @TestFactory
  Stream<DynamicTest> keysOfOtherFamiliesAreRefusedByName() {
    return Stream.of(
            List.of(
                "bloom_heads6",
                "\"apply_residual_connection_post_layernorm\": false",
                "\"apply_residual_connection_post_layernorm\": true",
                "apply_residual_connection_post_layernorm"),
            List.of(
                "bloom_heads6",
                "\"pretraining_tp\": 1,\n \"slow_but_exact\": false",
                "\"pretraining_tp\": 2,\n \"slow_but_exact\": true",
                "slow_but_exact"),
            List.of(
                "gemma3_old",
                "\"use_bidirectional_attention\": false",
                "\"use_bidirectional_attention\": true",
                "use_bidirectional_attention"),
            List.of(
                "gpt2_upcast",
                "\"add_cross_attention\": false",
                "\"add_cross_attention\": true",
                "add_cross_attention"),
            List.of(
                "bert_untied",
                "\"type_vocab_size\": 2",
                "\"position_embedding_type\": \"relative_key\", \"type_vocab_size\": 2",
                "position_embedding_type"),
            List.of("neo_types_only", "\"global\"", "\"nearby\"", "attention_types"),
            List.of("phi3_old_su", "\"su\"", "\"yarn\"", "yarn"),
            List.of("vit_oblong", "\"patch_size\": 4", "\"patch_size\": 0", "patch_size"))
        .map(c -> DynamicTest.dynamicTest(c.get(2), () -> refused(CASES, c)));
  }

  private void refused(Path root, List<String> change) throws IOException {
    var changed = changed(root.resolve(change.get(0)), change.get(1), change.get(2));
    assertThatThrownBy(() -> Model.open(changed, Kernels.PLAIN).close())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(change.get(3));
  }

  private Path changed(Path from, String old, String now) throws IOException {
    var to = Files.createTempDirectory(folder, "case");
    try (var files = Files.list(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    var config = to.resolve("config.json");
    var text = Files.readString(config);
    assertThat(text).contains(old);
    Files.writeString(config, text.replace(old, now));
    return to;
  }
}
