package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Who sees only the first screen is not misled where one class has most of the rows.
final class UnevenClassesTest {
  private static final int WIDTH = 6;

  @TempDir private Path folder = Path.of("");

  private record Run(String terminal, String screen, JsonNode tree) {
    String headline() {
      return tree.path("verdict").path("headline").asString("");
    }

    String light(String check) {
      return Lights.colour(tree, check);
    }
  }

  /// Rows of classes a, b, c; the first two stand apart, `c` lies among the rows of `a` unless it
  /// is `told`.
  private Run run(List<Integer> counts, boolean told) throws IOException {
    int rows = counts.stream().mapToInt(c -> c).sum();
    var random = new Seed(11).generator();
    var values = new float[rows * WIDTH];
    var table = new StringBuilder("class,group\n");
    int i = 0;
    for (int k = 0; k < counts.size(); k++) {
      for (int of = 0; of < counts.get(k); of++, i++) {
        for (int j = 0; j < WIDTH; j++) {
          values[i * WIDTH + j] = (float) random.nextGaussian();
        }
        values[i * WIDTH + (k == 2 && !told ? 0 : k)] += told ? 3.5f : 6;
        table.append("%s,g%d%n".formatted("abc".charAt(k), i));
      }
    }
    Npz.write(folder.resolve("x.npz"), Map.of("x", NdArray.of(values, rows, WIDTH)));
    Files.writeString(folder.resolve("rows.csv"), table);
    var out = folder.resolve("out");
    var result =
        CliTest.sonde(
            "probe --activations %s --labels %s:class --groups %s:group --permutations 99 --bootstrap 100 --out %s"
                .formatted(
                    folder.resolve("x.npz"),
                    folder.resolve("rows.csv"),
                    folder.resolve("rows.csv"),
                    out)
                .split(" "));
    assertThat(result.code()).as(result.err()).isZero();
    var page = Files.readString(out.resolve("report.html"));
    return new Run(
        result.out(),
        page.substring(page.indexOf("<h1>"), page.indexOf("id=layers>")),
        Results.parse(Files.readString(out.resolve("results.json"))));
  }

  @Test
  void aSmallClassThatIsNotReadIsNamedBesideTheAccuracy() throws IOException {
    var run = run(List.of(120, 70, 10), false);
    assertThat(run.tree.path("verdict").path("answer").asString("")).isEqualTo("YES");
    assertThat(run.headline()).contains("(balanced 0.6").contains(" of 10 rows of c)");
    assertThat(run.light("balance")).isEqualTo("AMBER");
    assertThat(run.screen).contains("balanced accuracy, every class counting the same");
    assertThat(run.screen).contains(" of 10 rows of c");
    assertThat(run.terminal).contains("balanced").doesNotContain("null 95 %");
    assertThat(run.terminal.lines().limit(8)).allMatch(l -> l.length() <= 108);
  }

  @Test
  void aSmallClassThatIsReadIsNoReproach() throws IOException {
    var run = run(List.of(120, 70, 20), true);
    assertThat(run.headline()).contains("(balanced 0.9").doesNotContain("right in");
    assertThat(run.light("balance")).isEqualTo("GREEN");
  }

  @Test
  void evenClassesNeedNoSecondNumber() throws IOException {
    var run = run(List.of(60, 60, 60), true);
    assertThat(run.headline()).doesNotContain("balanced");
    assertThat(run.light("balance")).isEqualTo("none");
    assertThat(run.screen).doesNotContain("balanced accuracy");
    assertThat(run.terminal).contains("null 95 %").doesNotContain("balanced");
  }

  /// Two classes, nine rows in ten of one of them: accuracy alone would look like knowledge.
  @Test
  void ofTwoClassesToo() throws IOException {
    var run = run(List.of(180, 20), true);
    assertThat(run.headline()).contains("(balanced 0.9");
    assertThat(run.terminal).contains("balanced");
  }
}
