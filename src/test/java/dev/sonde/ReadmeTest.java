package dev.sonde;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.CityStatements;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows runs as it stands, on a small model in place of the large one.
final class ReadmeTest {
  @Test
  void theJavaExampleRuns(@TempDir Path folder) throws IOException, InterruptedException {
    var table = CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(1));
    var model = TinyBert.write(folder.resolve("tiny"), new Seed(1), table.column("statement"));
    var code = example();
    assertThat(code.lines().filter(l -> !l.isBlank()).count()).isLessThan(15);
    var file =
        Files.writeString(
            folder.resolve("Example.java"), code.replace("bert-base-uncased", model.toString()));
    var result = run(folder, file);
    assertThat(result).contains("A logistic probe reads the label off", "Strongest objection");
  }

  @Test
  void bothCommandsAreThere() throws IOException {
    var readme = Files.readString(Path.of("README.md"));
    for (var command : new String[] {"sonde", "check"}) {
      assertThat(readme).contains("./" + command);
      assertThat(Path.of(command)).isExecutable();
    }
  }

  private static String example() throws IOException {
    var readme = Files.readString(Path.of("README.md"));
    int from = readme.indexOf("```java\n") + "```java\n".length();
    return readme.substring(from, readme.indexOf("```", from));
  }

  private static String run(Path folder, Path file) throws IOException, InterruptedException {
    var output = folder.resolve("output.txt");
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                file.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    var text = Files.readString(output);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
