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

/// `sonde probe` on labels of several classes: the same study, a confusion matrix, a saved probe
/// with a direction a class; and random labels of several classes find nothing.
final class ClassesCliTest {
  @TempDir private static Path folder = Path.of("");
  private static Path model = Path.of("");
  private static Path data = Path.of("");

  @BeforeAll
  static void write() throws IOException {
    var random = new Seed(12).generator();
    var kinds = List.of("old", "new", "wet", "dry");
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("statement,kind,noise,town\n");
    for (var town :
        List.of("lyon", "oslo", "lima", "perth", "turin", "basel", "fez", "cali", "bonn", "york")) {
      for (int i = 0; i < 12; i++) {
        var text = "the town of %s is %s number %d".formatted(town, kinds.get(i % 4), i / 4);
        texts.add(text);
        lines.append(
            "%s,%s,%s,%s%n".formatted(text, kinds.get(i % 4), kinds.get(random.nextInt(4)), town));
      }
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    data = Files.writeString(folder.resolve("kinds.csv"), lines);
  }

  private static CliTest.Result probe(Path out, String label, String... more) {
    var args =
        new ArrayList<>(List.of("probe", "--model", model.toString(), "--data", data.toString()));
    args.addAll(List.of("--label", label, "--group", "town", "--out", out.toString()));
    args.addAll(List.of("--permutations", "99", "--bootstrap", "200"));
    args.addAll(List.of(more));
    return CliTest.sonde(args.toArray(String[]::new));
  }

  private static JsonNode results(Path run) throws IOException {
    return Results.parse(Files.readString(run.resolve("results.json")));
  }

  private static JsonNode best(JsonNode tree) {
    return tree.path("sites").path(tree.path("best").path("site").asInt());
  }

  @Test
  void severalClassesAreReadAndSavedAndScored() throws IOException {
    var out = folder.resolve("run");
    var run = probe(out, "kind");
    assertThat(run.code()).as(run.err()).isZero();
    var tree = results(out);
    var site = best(tree);
    assertThat(site.path("accuracy").path("value").asDouble()).isGreaterThan(0.9);
    assertThat(site.path("auroc").path("value").asDouble()).isGreaterThan(0.97);
    assertThat(site.path("macroF1").asDouble()).isGreaterThan(0.9);
    assertThat(site.path("mcc").asDouble()).isGreaterThan(0.85);
    assertThat(site.path("logLoss").asDouble()).isLessThan(Math.log(4));
    assertThat(site.path("pValue").asDouble()).isEqualTo(0.01);
    // held out by town the control task is out of reach
    assertThat(site.path("control").asDouble()).isLessThan(0.5);
    // words alone tell it, and an untrained network too
    assertThat(run.out().replaceAll("\\s+", " ")).contains("Not shown", "bag of words alone");
    everyRowIsCounted(tree, site);
    var page =
        Files.readString(out.resolve("report.html"))
            .replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
    assertThat(page.contains("chart-confusion")).isTrue();
    assertThat(page.contains("Each class against the rest")).isTrue();
    assertThat(page.contains("NaN") || page.contains("{{")).isFalse();
    var probe = out.resolve("probe.safetensors").toString();
    var text = "the town of lyon is wet number 2";
    var score = CliTest.sonde("score", "--probe", probe, "--model", model.toString(), text);
    assertThat(score.err()).isEmpty();
    assertThat(score.out().lines().toList().getLast()).startsWith("wet  0.").endsWith(text);
    var json =
        CliTest.sonde("score", "--probe", probe, "--model", model.toString(), "--json", text);
    assertThat(json.out()).contains("\"class\":\"wet\"", "\"probabilities\":{\"dry\":0.");
  }

  private static void everyRowIsCounted(JsonNode tree, JsonNode site) {
    var confusion = tree.path("best").path("byClass").path("confusion");
    int right = 0;
    int all = 0;
    for (int t = 0; t < 4; t++) {
      for (int p = 0; p < 4; p++) {
        all += confusion.path(t).path(p).asInt();
        right += t == p ? confusion.path(t).path(p).asInt() : 0;
      }
    }
    assertThat(all).isEqualTo(120);
    assertThat(right / 120.0).isEqualTo(site.path("accuracy").path("value").asDouble());
  }

  @Test
  void randomLabelsOfSeveralClassesFindNothing() throws IOException {
    var out = folder.resolve("noise");
    var run = probe(out, "noise");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("No: nothing in tiny");
    assertThat(best(results(out)).path("pValue").asDouble()).isGreaterThan(0.05);
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() throws IOException {
    var one = folder.resolve("one");
    var three = folder.resolve("three");
    probe(one, "kind", "--threads", "1");
    probe(three, "kind", "--threads", "3");
    assertThat(results(three).path("sites")).isEqualTo(results(one).path("sites"));
    assertThat(Files.mismatch(one.resolve("probe.safetensors"), three.resolve("probe.safetensors")))
        .isEqualTo(-1);
  }

  @Test
  void otherFamiliesReadSeveralClassesAndSomeAreRefused() throws IOException {
    for (var family : List.of("ridge-classifier", "lda", "mass-mean")) {
      var out = folder.resolve(family);
      var run = probe(out, "kind", "--probe", family, "--no-untrained", "--no-baselines");
      assertThat(run.code()).as(run.err()).isZero();
      var site = best(results(out));
      assertThat(site.path("accuracy").path("value").asDouble()).as(family).isGreaterThan(0.7);
      assertThat(site.path("logLoss").isNull()).as(family).isEqualTo(!family.equals("lda"));
    }
    refused("pc1", "no probe for more than two classes");
    refused("logistic,pc1", "no probe for more than two classes");
    var matrix =
        CliTest.sonde(
            "matrix --model %s --data %s,%s --label kind".formatted(model, data, data).split(" "));
    assertThat(matrix.code()).isEqualTo(2);
    assertThat(matrix.err()).contains("has 4 classes");
  }

  /// What two classes are asked several are asked too, in the terminal, the report and the numbers.
  @Test
  void severalClassesHaveTheEvidenceThatTwoHave() throws IOException {
    var out = folder.resolve("several");
    var run = probe(out, "kind", "--probe", "logistic,lda", "--no-untrained");
    assertThat(run.code()).as(run.err()).isZero();
    var grounds = results(out).path("grounds");
    for (var kind :
        List.of("code", "information", "curve", "stability", "intervals", "calibration")) {
      assertThat(grounds.path(kind).isObject()).as(kind).isTrue();
    }
    assertThat(grounds.path("code").path("uniformBits").asDouble()).isEqualTo(240);
    assertThat(grounds.path("code").path("compression").asDouble()).isGreaterThan(1.3);
    assertThat(grounds.path("code").path("dealtBits").asDouble()).isGreaterThan(220);
    assertThat(grounds.path("probes").size()).isEqualTo(2);
    assertThat(grounds.path("comparisons").size()).isEqualTo(1);
    assertThat(grounds.path("sites").path(0).path("logNorm").isNumber()).isTrue();
    assertThat(run.out())
        .contains("logistic less lda:", "code length", "learning curve", "cosine of two halves")
        .contains("BCa by group (mean over classes)", "after a temperature", "information")
        .doesNotContain("NaN", "DeLong", "Platt");
    var page =
        Files.readString(out.resolve("report.html"))
            .replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
    assertThat(page)
        .contains("chart-code", "chart-curve", "chart-stability", "chart-probes", "chart-norms")
        .contains("At 2 bits nothing is known", "Platt's map is one of two classes")
        .contains("DeLong's interval is one of two classes")
        .doesNotContain("NaN");
    // the first probe's numbers are those of a run of its own
    var alone = folder.resolve("alone");
    probe(alone, "kind", "--no-untrained", "--without", "mdl,curve,stability,information");
    assertThat(results(alone).path("grounds").path("code").isNull()).isTrue();
    for (int s = 0; s < results(out).path("sites").size(); s++) {
      assertThat(results(alone).path("sites").path(s))
          .isEqualTo(results(out).path("sites").path(s));
    }
  }

  private static void refused(String family, String words) {
    var run = probe(folder.resolve("refused"), "kind", "--probe", family);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(words);
    assertThat(run.err().lines()).hasSize(1);
  }

  /// Activations without a network go the same way.
  @Test
  void givenActivationsGoTheSameWay() throws IOException {
    var random = new Seed(6).generator();
    var lines = new StringBuilder("a,b,c\n");
    var labels = new StringBuilder("kind\n");
    for (int i = 0; i < 90; i++) {
      labels.append("k").append(i % 3).append('\n');
      for (int j = 0; j < 3; j++) {
        lines.append(random.nextGaussian() + (i % 3 == j ? 4 : 0)).append(j < 2 ? "," : "\n");
      }
    }
    var acts = Files.writeString(folder.resolve("acts.csv"), lines);
    var kinds = Files.writeString(folder.resolve("labels.csv"), labels);
    var out = folder.resolve("given");
    var run =
        CliTest.sonde(
            "probe --activations %s --labels %s:kind --out %s --permutations 99 --bootstrap 100"
                .formatted(acts, kinds, out)
                .split(" "));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Yes, it can be read");
    var scored =
        CliTest.sonde(
            "score --probe %s --activations %s"
                .formatted(out.resolve("probe.safetensors"), acts)
                .split(" "));
    assertThat(scored.out().lines().findFirst().orElseThrow())
        .isEqualTo("row  k0  k1  k2  largest");
  }
}
