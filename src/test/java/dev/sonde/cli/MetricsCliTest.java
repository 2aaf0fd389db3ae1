package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
