package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The hub on the command line. The tests run with HF_HUB_OFFLINE and a cache of their own.
final class HubCliTest {
  @Test
  void aModelThatLiesInTheCacheOpensByItsName() throws IOException {
    var commit = "89abcdef0123456789abcdef0123456789abcdef";
    var home = Path.of(Objects.requireNonNull(System.getenv("HF_HOME")));
    var repository = home.resolve("hub/models--org--tiny-cli");
    TinyBert.write(repository.resolve("snapshots").resolve(commit), new Seed(5), List.of("a b"));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), commit);
    var points = CliTest.sonde("points", "org/tiny-cli");
    assertThat(points.code()).as(points.err()).isZero();
    assertThat(points.out()).contains("org/tiny-cli");
    assertThat(CliTest.sonde("models").out())
        .contains("org/tiny-cli", "HuggingFaceTB/SmolLM2-135M-Instruct");
  }

  @Test
  void aModelThatDoesNotIsOneClearLine() {
    for (var name : List.of("org/nothing", "SmolLM2-135M-Instruct", "org/x@../y", "../org/x")) {
      var found = CliTest.sonde("points", name);
      assertThat(found.code()).isEqualTo(2);
      assertThat(found.err().lines()).singleElement().asString().startsWith("sonde: ");
    }
    assertThat(CliTest.sonde("points", "org/nothing").err()).contains("HF_HUB_OFFLINE is set");
  }
}
