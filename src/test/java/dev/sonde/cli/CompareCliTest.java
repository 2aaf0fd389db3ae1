package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.io.ParquetRows;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Two real runs, one of them on dealt labels, side by side.
final class CompareCliTest {
  @TempDir private Path folder = Path.of("");

  private String probed(String model, Path data, String label) {
    var out = folder.resolve(label);
    var result =
        CliTest.sonde(
            "probe --model %s --data %s --text text --label %s --group place --permutations 20 --out %s"
                .formatted(model, data, label, out)
                .split(" ", -1));
    assertThat(result.code()).as(result.err()).isZero();
    return out.toString();
  }

  @Test
  void aRunOnLabelsBeatsOneOnDealtLabels() throws IOException {
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("text,size,dealt,place\n");
    var random = new Seed(9).generator();
    for (int i = 0; i < 120; i++) {
      var text = "town %d is %s".formatted(i / 6, i % 2 == 0 ? "large" : "small");
      texts.add(text);
      lines.append("%s number %d,%d,%d,%d%n".formatted(text, i, i % 2, random.nextInt(2), i / 6));
    }
    var model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts).toString();
    var data = Files.writeString(folder.resolve("towns.csv"), lines);
    var size = probed(model, data, "size");
    var dealt = probed(model, data, "dealt");
    var out = folder.resolve("compared");
    var found = CliTest.sonde("compare", size, dealt, "--out", out.toString());
    assertThat(found.code()).as(found.err()).isZero();
    assertThat(found.out()).contains("1 of 1 pairs differ").contains("size is").contains("dealt");
    assertThat(Files.readString(out.resolve("compare.html")))
        .contains("chart-pairs")
        .doesNotContain("{{verdict}}");
    var json = Files.readString(out.resolve("compare.json"));
    assertThat(json).contains("sonde.compare/1");
    var pairs = JsonMapper.shared().readTree(json).path("pairs").values();
    var table = ParquetRows.read(out.resolve("compare.parquet"));
    Tables.same(table, "difference", pairs, "difference/value");
    Tables.same(table, "difference_low", pairs, "difference/low");
    Tables.same(table, "p_holm", pairs, "adjusted");
    Tables.same(table, "paired", pairs, "paired");
    assertThat(table.rows().getFirst()).containsEntry("first", "size");
    assertThat(table.rows().getFirst()).containsEntry("second_label", "dealt");
  }

  @Test
  void whatIsNoRunIsRefusedInOneLine() throws IOException {
    var other = Files.createDirectories(folder.resolve("other"));
    var missing = CliTest.sonde("compare", other.toString(), other.toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains("no such file").hasLineCount(1);
    Files.writeString(other.resolve("results.json"), "{\"schema\": \"sonde.matrix/1\"}");
    var wrong = CliTest.sonde("compare", other.toString(), other.toString());
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("sonde.results/1").hasLineCount(1);
  }
}
