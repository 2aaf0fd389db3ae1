package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.tensor.Kernels;
import dev.sonde.weights.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every tensor of the reference library, on every kernel.
final class VerificationTest {
  private static final List<String> BUILT =
      List.of(
          "bert",
          "bloom",
          "distilbert",
          "falcon",
          "gemma",
          "gemma2",
          "gemma3",
          "gpt2",
          "gpt_neo",
          "gpt_neox",
          "llama",
          "llama3_rope",
          "mistral_window",
          "mixtral",
          "modernbert",
          "olmo2",
          "opt",
          "phi",
          "phi3",
          "qwen2",
          "qwen3",
          "roberta");
  private static final List<Kernels> KERNELS =
      List.of(Kernels.PLAIN, new Kernels(true, true, true, true));

  @TestFactory
  Stream<DynamicTest> equalsTheReferenceAtEveryTensor() {
    var cases = new ArrayList<DynamicTest>();
    for (var family : BUILT) {
      for (var kernels : KERNELS) {
        Shared.folder("golden/" + family)
            .ifPresent(folder ->
                cases.add(
                    DynamicTest.dynamicTest(
                        family + " on " + kernels, () -> check(folder, kernels))));
      }
    }
    return cases.stream();
  }

  private static void check(Path folder, Kernels kernels) {
    var result = Verification.of(folder, kernels);
    System.out.printf(
        "%s: %d tensors compared, largest difference %.1e of scale at %s%n",
        folder.getFileName(), result.compared().size(), result.largest(), result.worst());
    assertThat(result.notCompared()).isEmpty();
    try (var reference = SafeTensors.open(folder.resolve("reference.safetensors"))) {
      int inputs = 2; // input_ids, attention_mask
      assertThat(result.compared()).hasSize(reference.names().size() - inputs);
    }
    assertThat(result.largest()).isLessThan(1e-5);
  }
}
