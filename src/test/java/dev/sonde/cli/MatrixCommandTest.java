package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.io.ParquetRows;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `sonde matrix` on statements whose label is told by one word, and on the same with the label
/// turned round.
final class MatrixCommandTest {
  @TempDir private static Path folder;
  private static String model = "";

  @BeforeAll
  static void write() throws IOException {
    var texts = new ArrayList<String>();
    for (var name : List.of("plain", "more", "turned")) {
      var lines = new ArrayList<>(List.of("statement,label,town"));
      var random = new Seed(3).forPurpose(name).generator();
      for (int i = 0; i < 60; i++) {
        boolean large = i % 2 == 0;
        var town = "town" + (name.equals("more") ? 100 : 0) + i / 2;
        var text = town + " is a " + (large ? "large" : "small") + " place " + random.nextInt(4);
        texts.add(text);
        lines.add("%s,%d,%s".formatted(text, large != name.equals("turned") ? 1 : 0, town));
      }
      Files.write(folder.resolve(name + ".csv"), lines);
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts).toString();
    Files.writeString(
        folder.resolve("other.csv"), "statement,label\na large place,yes\na small place,no\n");
  }

  private static String data(String... names) {
    return String.join(
        ",", List.of(names).stream().map(n -> folder.resolve(n + ".csv").toString()).toList());
  }

  private static JsonNode matrix(String... options) {
    var out = folder.resolve("out" + options.length).toString();
    var all = new ArrayList<>(List.of("matrix", "--model", model, "--position", "mean"));
    all.addAll(List.of("--folds", "3", "--json", "--out", out));
    all.addAll(List.of(options));
    var done = CliTest.sonde(all.toArray(String[]::new));
    assertThat(done.code()).as(done.err()).isZero();
    return JsonMapper.builder().build().readTree(done.out());
  }

  @Test
  void whatIsTurnedRoundIsReadTheOtherWay() throws IOException {
    var found =
        matrix(
            "--data",
            data("plain", "more", "turned"),
            "--group",
            "town",
            "--union",
            "plain+turned");
    var cells = found.get("matrix");
    assertThat(cells.get(0).get(0).get("auroc").asDouble()).isGreaterThan(.95);
    assertThat(cells.get(0).get(1).get("auroc").asDouble()).isGreaterThan(.95);
    assertThat(cells.get(0).get(2).get("auroc").asDouble()).isLessThan(.05);
    // one direction cannot read a word both ways
    assertThat(found.get("together").get(0).get("cells").get(0).get("auroc").asDouble())
        .isLessThan(.9);
    assertThat(found.get("shared").get(0).get(2).asDouble()).isEqualTo(1);
    assertThat(found.get("shared").get(0).get(1).asDouble()).isZero();
    assertThat(found.get("verdict").asString()).startsWith("Not one direction");
    assertThat(found.get("cosines").get(0).get(2).asDouble()).isLessThan(-.8);
    var page = Files.readString(folder.resolve("out6").resolve("matrix.html"));
    assertThat(page).contains("chart-auroc").doesNotContain("{{");
    var table = ParquetRows.read(folder.resolve("out6").resolve("matrix.parquet"));
    assertThat(table.rows()).hasSize(9 + 3 + 3);
    var own = new ParquetRows(table.rows().subList(0, 9), table.notes());
    var all = cells.valueStream().flatMap(JsonNode::valueStream).toList();
    Tables.same(own, "auroc", all, "auroc");
    Tables.same(own, "recalibrated", all, "recalibrated");
    var third = table.rows().get(2);
    assertThat(third).containsEntry("trained", "plain").containsEntry("asked", "turned");
    assertThat(third).containsEntry("cosine", found.get("cosines").get(0).get(2).asDouble());
    assertThat(third).containsEntry("shared_groups", 1.0);
    assertThat(table.column("kind").subList(9, 15)).startsWith("union").endsWith("left_out");
    assertThat(table.column("cosine").subList(9, 15)).containsOnlyNulls();
  }

  @Test
  void twoOfAKindAreOneDirection() {
    var found = matrix("--data", data("plain", "more"));
    assertThat(found.get("verdict").asString()).startsWith("One direction reads all sets");
    assertThat(found.get("leftOut")).isEmpty();
  }

  @Test
  void whatCannotBeAskedIsRefused() {
    assertThat(refused("--data", data("plain"))).contains("two data sets or more");
    assertThat(refused("--data", data("plain", "other"))).contains("[no, yes]", "the same");
    assertThat(refused("--data", data("plain", "more"), "--union", "plain+less"))
        .contains("'less' is none of the data sets", "plain, more");
  }

  private static String refused(String... options) {
    var all = new ArrayList<>(List.of("matrix", "--model", model, "--position", "mean"));
    all.addAll(List.of(options));
    var done = CliTest.sonde(all.toArray(String[]::new));
    assertThat(done.code()).isEqualTo(2);
    return done.err();
  }
}
