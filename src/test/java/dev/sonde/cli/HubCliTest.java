package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.TinyBert;
import dev.sonde.provenance.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The hub on the command line. The tests run with HF_HUB_OFFLINE and a cache of their own.
final class HubCliTest {
  private record Result(int code, String out, String err) {}

  private static Result sonde(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var oldOut = System.out;
    var oldErr = System.err;
    try (var newOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        var newErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(newOut);
      System.setErr(newErr);
      int code = Main.run(args);
      return new Result(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  @Test
  void aModelThatLiesInTheCacheOpensByItsName() throws IOException {
    var commit = "89abcdef0123456789abcdef0123456789abcdef";
    var home = Path.of(Objects.requireNonNull(System.getenv("HF_HOME")));
    var repository = home.resolve("hub/models--org--tiny-cli");
    TinyBert.write(repository.resolve("snapshots").resolve(commit), new Seed(5), List.of("a b"));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), commit);
    var points = sonde("points", "org/tiny-cli");
    assertThat(points.code).as(points.err).isZero();
    assertThat(points.out).contains("org/tiny-cli");
    assertThat(sonde("models").out).contains("org/tiny-cli", "HuggingFaceTB/SmolLM2-135M-Instruct");
  }

  @Test
  void aModelThatDoesNotIsOneClearLine() {
    for (var name : List.of("org/nothing", "SmolLM2-135M-Instruct", "org/x@../y", "../org/x")) {
      var found = sonde("points", name);
      assertThat(found.code).isEqualTo(2);
      assertThat(found.err.lines()).singleElement().asString().startsWith("sonde: ");
    }
    assertThat(sonde("points", "org/nothing").err).contains("HF_HUB_OFFLINE is set");
  }
}
