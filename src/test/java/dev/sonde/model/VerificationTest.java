package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.tensor.Kernels;
import dev.sonde.weights.ModelConfig;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every tensor of the reference library, for every family, on every kernel.
///
/// Seven cases stand in the repository (docs/verify.md says how such a folder is made); where the
/// shared references are, each of their folders is a case too.
final class VerificationTest {
  private static final List<Kernels> KERNELS =
      List.of(Kernels.PLAIN, new Kernels(true, true, true, true));

  static List<Path> cases() throws IOException {
    var out = new ArrayList<Path>(folders(Path.of("src/test/resources/golden")));
    var shared = Shared.folder("golden");
    if (shared.isPresent()) {
      out.addAll(folders(shared.get()));
    }
    return out;
  }

  private static List<Path> folders(Path root) throws IOException {
    try (var list = Files.list(root)) {
      return list.filter(f -> Files.isRegularFile(f.resolve("config.json"))).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> equalsTheReferenceAtEveryTensor() throws IOException {
    var cases = new ArrayList<DynamicTest>();
    for (var folder : cases()) {
      for (var kernels : KERNELS) {
        var name = folder.getFileName() + " on " + kernels;
        cases.add(DynamicTest.dynamicTest(name, () -> check(folder, kernels)));
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
      boolean image = reference.has("pixel_values");
      int inputs = image ? 1 : 2; // or input_ids, attention_mask
      assertThat(result.compared()).hasSize(reference.names().size() - inputs);
    }
    assertThat(result.largest()).isLessThan(1e-5);
  }

  /// Where the comparison follows the eager reference and other commands do not, it says so.
  @Test
  void whereOtherCommandsComputeOtherwiseIsSaid() {
    var twice = notes("configurations/falcon_rw");
    assertThat(twice).hasSize(1);
    assertThat(twice.getFirst()).contains("ALiBi is added twice");
    var longest = notes("configurations/llama_dynamic_batch");
    assertThat(longest).hasSize(1);
    assertThat(longest.getFirst()).contains("turned as the longest of the batch");
    for (var same : List.of("golden/falcon_new", "configurations/llama_base", "golden/gptj")) {
      assertThat(notes(same)).isEmpty();
    }
  }

  private static List<String> notes(String name) {
    return Verification.of(Path.of("src/test/resources", name), Kernels.PLAIN).notes();
  }

  /// A family without a case would be one that nobody has compared.
  @Test
  void everyFamilyHasACase() throws IOException {
    var missing = new TreeSet<>(Families.known());
    for (var folder : cases()) {
      missing.remove(ModelConfig.read(folder.resolve("config.json")).modelType());
    }
    System.out.printf("%d families, %d cases%n", Families.known().size(), cases().size());
    if (Shared.folder("golden").isPresent()) {
      assertThat(missing).isEmpty();
    }
  }
}
