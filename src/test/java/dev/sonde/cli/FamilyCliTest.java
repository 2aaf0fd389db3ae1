package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.probe.SavedProbe;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Probes other than the default one, from `sonde probe` to `sonde score`.
final class FamilyCliTest {
  @TempDir private static Path folder = Path.of("");
  private static Path model = Path.of("");
  private static Path data = Path.of("");

  @BeforeAll
  static void write() throws IOException {
    var places = List.of("oslo", "rome", "lima", "cairo", "quito", "delhi", "paris", "tunis");
    var lines = new StringBuilder("statement,label,city\n");
    var texts = new ArrayList<String>();
    for (var place : places) {
      for (var size : List.of("large", "small")) {
        for (int i = 0; i < 3; i++) {
          var text = "the town of %s is %s number %d".formatted(place, size, i);
          texts.add(text);
          lines.append("%s,%d,%s%n".formatted(text, size.equals("large") ? 1 : 0, place));
        }
      }
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    data = Files.writeString(folder.resolve("towns.csv"), lines);
  }

  private static CliTest.Result run(String probe, Path out) {
    return CliTest.sonde(
        "probe --model %s --data %s --group city --probe %s --permutations 99 --bootstrap 100 --out %s"
            .formatted(model, data, probe, out)
            .split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"svm", "svm-squared", "ridge-classifier", "mass-mean-none", "sparse-4"})
  void aFamilyIsProbedSavedAndApplied(String family) {
    var out = folder.resolve(family);
    var result = run(family, out);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains(family + " probe");
    var file = out.resolve("probe.safetensors");
    var saved = SavedProbe.read(file);
    assertThat(saved.family()).isEqualTo(family);
    assertThat(saved.kind()).isEqualTo("linear");
    var scored =
        CliTest.sonde(
            "score",
            "--probe",
            file.toString(),
            "--model",
            model.toString(),
            "the town of oslo is large number 1",
            "the town of oslo is small number 1");
    assertThat(scored.code()).isZero();
    var lines = scored.out().lines().toList();
    // only scores that are log-odds are called a probability
    boolean odds = family.startsWith("sparse");
    assertThat(lines.getFirst()).startsWith(odds ? "P(1)" : "score, above 0 for 1");
    int at = odds ? 1 : 0;
    double large = Double.parseDouble(lines.get(1).strip().split("\\s+")[at]);
    double small = Double.parseDouble(lines.get(2).strip().split("\\s+")[at]);
    assertThat(large).isPositive();
    assertThat(small).isNegative();
  }

  @Test
  void anUnknownFamilyListsThoseThereAre() {
    var result = run("svn", folder.resolve("none"));
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("'svn' is no probe", "svm-squared", "ridge");
  }
}
