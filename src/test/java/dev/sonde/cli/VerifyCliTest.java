package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What `sonde verify` says of a comparison.
final class VerifyCliTest {
  private static final String CASES = "src/test/resources/configurations/";

  @Test
  void aNoteStandsUnderItsFamily() {
    var run = CliTest.sonde("verify", CASES + "falcon_rw", CASES + "llama_base");
    assertThat(run.code()).isZero();
    var lines = run.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("falcon_rw").contains("equal");
    assertThat(lines.get(1)).startsWith("    note: ALiBi is added twice");
    assertThat(lines.get(2)).startsWith("llama_base");
  }

  @Test
  void asJson() {
    var folders = new String[] {"llama_dynamic_batch", "llama_base", "nothing"};
    var run =
        CliTest.sonde(
            "verify", "--json", CASES + folders[0], CASES + folders[1], CASES + folders[2]);
    assertThat(run.code()).isEqualTo(2);
    var trees = run.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(trees).hasSize(3);
    assertThat(trees.get(0).path("answer").asString()).isEqualTo("equal");
    assertThat(trees.get(0).path("largest").asDouble()).isBetween(1e-12, 1e-5);
    assertThat(trees.get(0).path("notes").path(0).asString()).contains("longest of the batch");
    assertThat(trees.get(1).path("notes").isArray()).isTrue();
    assertThat(trees.get(1).path("notes").size()).isZero();
    assertThat(trees.get(2).path("answer").asString()).isEqualTo("not compared");
  }
}
