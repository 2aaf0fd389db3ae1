package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `sonde generate`: the text on standard output, the speed on standard error, refusals in a line.
final class GenerateCommandTest {
  private static final String BEGINNING =
      "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.";

  @TempDir private Path folder = Path.of("");

  @Test
  void storiesAreTold() {
    var stories = Shared.folder("models/stories260k");
    if (stories.isEmpty()) {
      return;
    }
    var model = stories.get().toString();
    var plain = CliTest.sonde("generate", model, "");
    assertThat(plain.code()).isZero();
    assertThat(plain.out()).startsWith(BEGINNING).endsWith(System.lineSeparator());
    assertThat(plain.err()).contains("64 tokens in ", " tokens/s");
    assertThat(CliTest.sonde("predict", "--model", model, "--tokens", "64", "").out())
        .isEqualTo(plain.out());
  }

  @Test
  void drawnTextsAreTheirSeeds() {
    var stories = Shared.folder("models/stories260k");
    if (stories.isEmpty()) {
      return;
    }
    var model = stories.get().toString();
    var hot =
        "generate %s Lily Tom --temperature 1 --top-k 20 --json --max-tokens 15"
            .formatted(model)
            .split(" ");
    var drawn = CliTest.sonde(hot);
    assertThat(drawn.out().lines()).hasSize(2);
    var json = JsonMapper.shared().readTree(drawn.out().lines().findFirst().orElseThrow());
    assertThat(json.path("text").stringValue()).startsWith("Lily");
    assertThat(json.path("ids").size()).isEqualTo(15);
    assertThat(json.path("ending").stringValue()).isEqualTo("tokens");
    assertThat(json.path("seed").asLong()).isZero();
    assertThat(json.path("model_sha256").stringValue()).hasSize(64);
    assertThat(CliTest.sonde(hot).out()).isEqualTo(drawn.out());
    hot[hot.length - 1] = "16";
    assertThat(CliTest.sonde(hot).out()).isNotEqualTo(drawn.out());
    refused("nothing is drawn", "generate", model, "Lily", "--top-k", "5");
    refused("nothing can follow", "generate", model, "Lily ".repeat(600));
  }

  @Test
  void whatContinuesNothingIsRefused() throws IOException {
    var tiny = TinyBert.write(folder.resolve("tiny"), new Seed(4), List.of("the town is large"));
    refused("continues no text", "generate", tiny.toString(), "the town");
    refused("no vocabulary head", "predict", "--model", tiny.toString(), "--tokens", "3", "the");
    refused("at least one token", "generate", tiny.toString(), "the", "--max-tokens", "0");
    refused("neither a folder", "generate", folder.resolve("absent").toString(), "the");
  }

  private static void refused(String why, String... args) {
    var result = CliTest.sonde(args);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).startsWith("sonde: ").contains(why);
  }
}
