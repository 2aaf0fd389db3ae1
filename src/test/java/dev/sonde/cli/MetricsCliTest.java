package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class MetricsCliTest {
  @TempDir private Path folder = Path.of("");

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static void refused(String words, String... args) {
    var result = CliTest.sonde(args);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains(words);
  }

  @Test
  void everyNumberInFull() throws IOException {
    var labels = file("l.csv", "truth\na\na\na\nb\nb\nb\nc\nc\nc\nc\n");
    var said = file("p.csv", "said\na\na\nb\nb\nb\nc\nc\nc\na\nc\n");
    var result = CliTest.sonde("metrics", "--predictions", said, "--labels", labels, "--json");
    assertThat(result.err()).isEmpty();
    var json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("mcc").asDouble()).isEqualTo(0.5454545454545454);
    // all seventeen digits are printed
    assertThat(result.out()).contains("0.69444444444444");
    var table = CliTest.sonde("metrics", "--predictions", said, "--labels", labels);
    assertThat(table.out()).contains("mcc                 0.5455");
    assertThat(table.code()).isZero();
  }

  @Test
  void scoresOfTwoClassesWithAControl() throws IOException {
    var rows = file("r.csv", "y,s\n0,.1\n0,.4\n1,.35\n1,.8\n0,.2\n1,.9\n1,.6\n0,.55\n");
    var benign = new StringBuilder();
    for (int i = 0; i < 99; i++) {
      benign.append(i / 200.0).append('\n');
    }
    var control = file("c.csv", benign.toString());
    var result =
        CliTest.sonde(
            "metrics",
            "--scores",
            rows + "#s",
            "--labels",
            rows + ":y",
            "--control",
            control,
            "--fpr",
            "0.01,0.1");
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("auroc               0.8750", "DeLong", "brier               0.1431")
        .contains("recall at 0.01 FPR  0.7500");
    // high scores of the other class: everything turns round
    var turned =
        CliTest.sonde(
            "metrics", "--scores", rows + "#s", "--labels", rows + ":y", "--positive", "0");
    assertThat(turned.out()).contains("auroc               0.1250");
  }

  /// Thirty groups of eight rows, each group of one score: DeLong sees 240 rows where there are 30.
  @Test
  void rowsOfGroupsAreNotTakenForIndependent() throws IOException {
    var random = new Seed(3).generator();
    var lines = new StringBuilder("y,s,g,own\n");
    for (int g = 0; g < 30; g++) {
      double score = random.nextGaussian() + g % 2;
      for (int i = 0; i < 8; i++) {
        lines.append("%d,%s,g%d,r%d-%d%n".formatted(g % 2, score, g, g, i));
      }
    }
    var rows = file("g.csv", lines.toString());
    var grouped = metrics(rows, "--groups", rows + ":g");
    assertThat(grouped.path("auroc_quote").asString()).isEqualTo("auroc_95");
    assertThat(grouped.path("notes").toString())
        .contains("takes the 240 rows for independent, but they share 30 groups")
        .doesNotContain("few");
    assertThat(width(grouped, "auroc_95")).isGreaterThan(2 * width(grouped, "auroc_delong_95"));
    // the same numbers with every row for itself: nothing to warn of, and both intervals agree
    for (var more : List.of(new String[0], new String[] {"--groups", rows + ":own"})) {
      var single = metrics(rows, more);
      assertThat(single.path("auroc_quote").asString()).isEqualTo("auroc_delong_95");
      assertThat(single.path("notes").toString()).doesNotContain("independent");
      assertThat(single.path("auroc_delong_95")).isEqualTo(grouped.path("auroc_delong_95"));
      assertThat(width(single, "auroc_95"))
          .isCloseTo(width(single, "auroc_delong_95"), within(.02));
    }
    var few = metrics(rows, "--groups", rows + ":y");
    assertThat(few.path("notes").toString()).contains("2 groups are few");
    var said =
        CliTest.sonde(
            "metrics", "--scores", rows + "#s", "--labels", rows + ":y", "--groups", rows + ":g");
    assertThat(said.out())
        .contains("over groups: quote this  DeLong [", "] takes rows for independent")
        .contains("note: DeLong's interval takes the 240 rows");
  }

  private static JsonNode metrics(String rows, String... more) {
    var args = new ArrayList<>(List.of("metrics", "--scores", rows + "#s", "--json"));
    args.addAll(List.of("--labels", rows + ":y"));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return JsonMapper.shared().readTree(result.out());
  }

  private static double width(JsonNode json, String interval) {
    return json.path(interval).path(1).asDouble() - json.path(interval).path(0).asDouble();
  }

  @Test
  void aColumnAClass() throws IOException {
    var scores = file("s.csv", "3,1,0\n0,2,1\n0,1,5\n9,1,1\n");
    var labels = file("l.csv", "y\na\nb\nc\nb\n");
    var result = CliTest.sonde("metrics", "--scores", scores, "--labels", labels, "--json");
    assertThat(JsonMapper.shared().readTree(result.out()).path("accuracy").asDouble())
        .isEqualTo(.75);
    var two = file("two.csv", "y\na\nb\na\nb\n");
    refused("has 3 columns", "metrics", "--scores", scores, "--labels", two);
  }

  @Test
  void badInputIsOneLine() throws IOException {
    var labels = file("l.csv", "y\na\nb\nc\n");
    var scores = file("s.csv", "s\n1\n2\n3\n");
    refused("either --scores or", "metrics", "--labels", labels);
    refused("has 3 classes", "metrics", "--scores", scores + "#s", "--labels", labels);
    refused("is a pickle", "metrics", "--scores", file("s.pt", "x"), "--labels", labels);
    refused("no column 'z'", "metrics", "--scores", scores + "#z", "--labels", labels);
    refused(
        "--kind takes",
        "metrics",
        "--scores",
        scores + "#s",
        "--labels",
        file("two.csv", "y\na\nb\na\n"),
        "--kind",
        "odds");
  }
}
