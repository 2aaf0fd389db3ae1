package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The evidence of a run, its switches, and several probes at once, as the command line gives them.
final class EvidenceCliTest {
  @TempDir private static Path folder = Path.of("");
  private static Path model = Path.of("");
  private static Path data = Path.of("");
  private static Path leaky = Path.of("");

  /// Two words tell the label only together, so that no single one gives it away; in the leaky copy
  /// every text stands once more under another group.
  @BeforeAll
  static void write() throws IOException {
    var lines = new StringBuilder("statement,label,noise,city\n");
    var again = new StringBuilder("statement,label,noise,city\n");
    var texts = new ArrayList<String>();
    var random = new Seed(2).generator();
    for (int i = 0; i < 96; i++) {
      boolean first = i % 2 == 0;
      boolean second = i / 2 % 2 == 0;
      var text =
          "the %s dog saw item%d of a %s cat"
              .formatted(first ? "large" : "small", i / 4, second ? "black" : "white");
      var line = "%s,%d,%d,c".formatted(text, first == second ? 1 : 0, random.nextInt(2)) + "%d\n";
      texts.add(text);
      lines.append(line.formatted(i / 4));
      again.append(line.formatted(i / 4)).append(line.formatted(100 + i / 4));
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    data = Files.writeString(folder.resolve("clean.csv"), lines);
    leaky = Files.writeString(folder.resolve("leaky.csv"), again);
  }

  private record Run(CliTest.Result result, JsonNode tree, String page) {
    String light(String check) {
      return Lights.colour(tree, check);
    }
  }

  private static CliTest.Result call(Path table, String out, String more) {
    return CliTest.sonde(
        "probe --model %s --data %s --group city --permutations 99 --bootstrap 200 --out %s %s"
            .formatted(model, table, folder.resolve(out), more)
            .strip()
            .split(" "));
  }

  private static Run run(Path table, String out, String more) throws IOException {
    var result = call(table, out, more);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return new Run(
        result,
        Results.parse(Files.readString(folder.resolve(out).resolve("results.json"))),
        Files.readString(folder.resolve(out).resolve("report.html")));
  }

  @Test
  void everyKindOfEvidenceIsThereUnlessSwitchedOff() throws IOException {
    var all = run(data, "all", "");
    for (var kind :
        List.of("code", "information", "curve", "stability", "intervals", "calibration")) {
      assertThat(all.tree.path("grounds").path(kind).isObject()).as(kind).isTrue();
      assertThat(all.page).contains("chart-" + (kind.equals("information") ? "bits" : kind));
    }
    assertThat(all.light("switched off")).isEqualTo("none");
    assertThat(all.result.out()).contains("code length", "character n-grams", "green");
    var less = run(data, "less", "--without mdl,curve,ngrams,leakage,untrained");
    assertThat(less.tree.path("grounds").path("code").isNull()).isTrue();
    assertThat(less.tree.path("grounds").path("curve").isNull()).isTrue();
    assertThat(less.tree.path("grounds").path("information").isObject()).isTrue();
    assertThat(less.tree.path("origin").path("settings").path("without").asString(""))
        .isEqualTo("mdl,curve,ngrams,leakage");
    assertThat(less.light("switched off")).isEqualTo("AMBER");
    assertThat(less.light("duplicates")).isEqualTo("none");
    assertThat(less.page).doesNotContain("id=chart-code", "id=chart-curve");
    assertThat(less.result.out().replaceAll("\\s+", " "))
        .contains("switched off: the untrained twin, mdl, curve, ngrams, leakage")
        .doesNotContain("character n-grams");
  }

  @Test
  void leakyDataAreFlaggedAndCleanOnesAreNot() throws IOException {
    var clean = run(data, "clean", "--without mdl,curve");
    assertThat(clean.light("duplicates")).isEqualTo("GREEN");
    var leaks = run(leaky, "leaky", "--without mdl,curve");
    assertThat(leaks.light("duplicates")).isEqualTo("RED");
    assertThat(leaks.tree.path("verdict").path("answer").asString("")).isNotEqualTo("YES");
    assertThat(leaks.result.out()).contains("red    duplicates: ", "Drop repeats");
    // sign and word beside the colour, before everything else on the page
    int light = leaks.page.indexOf("<span class=\"light red\"><span aria-hidden=true>✖</span> red");
    assertThat(light).isPositive().isLessThan(leaks.page.indexOf("id=layers>"));
  }

  @Test
  void randomLabelsStayRed() throws IOException {
    var noise = run(data, "noise", "--label noise");
    assertThat(noise.light("chance")).isEqualTo("RED");
    assertThat(noise.light("code length")).isEqualTo("AMBER");
    assertThat(noise.tree.path("verdict").path("answer").asString("")).isEqualTo("NO");
    assertThat(noise.page).contains("NOT FOUND");
  }

  @Test
  void severalProbesAreComparedInOneRun() throws IOException {
    var several = run(data, "several", "--probe logistic,mass-mean,lda --without mdl");
    var probes = several.tree.path("grounds").path("probes");
    assertThat(probes.size()).isEqualTo(3);
    assertThat(several.tree.path("grounds").path("comparisons").size()).isEqualTo(3);
    int sites = several.tree.path("sites").size();
    assertThat(probes.path(2).path("accuracies").size()).isEqualTo(sites);
    assertThat(several.result.out()).contains("mass-mean less lda:", "after Holm");
    assertThat(several.page).contains("chart-probes");
    // the first probe's numbers are those of a run of its own
    var alone = run(data, "alone", "--probe logistic --without mdl");
    assertThat(alone.tree.path("sites")).isEqualTo(several.tree.path("sites"));
    assertThat(alone.page).doesNotContain("id=chart-probes");
  }

  @Test
  void whatCannotBeComparedIsRefusedInOneLine() {
    for (var wrong :
        List.of("mlp", "ridge,lda", "logistic,ridge", "logistic,,lda", "lda,lda", "lda,svn")) {
      var result = call(data, "wrong", "--probe " + wrong);
      assertThat(result.code()).as(wrong).isEqualTo(2);
      assertThat(result.err().strip().lines()).as(result.err()).hasSize(1);
    }
    var result = call(data, "wrong", "--without everything");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--without leaves out mdl", "not 'everything'");
  }
}
