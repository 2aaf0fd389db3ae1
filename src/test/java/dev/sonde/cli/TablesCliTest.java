package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.io.ParquetRows;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tables of a run hold the numbers of its `results.json`, each under a row of its own.
final class TablesCliTest {
  private static final Map<String, String> OF_A_SITE =
      Map.ofEntries(
          Map.entry("point", "point"),
          Map.entry("layer", "layer"),
          Map.entry("position", "position"),
          Map.entry("probe", "probe"),
          Map.entry("accuracy", "accuracy/value"),
          Map.entry("accuracy_low", "accuracy/low"),
          Map.entry("accuracy_high", "accuracy/high"),
          Map.entry("auroc", "auroc/value"),
          Map.entry("auroc_low", "auroc/low"),
          Map.entry("auroc_high", "auroc/high"),
          Map.entry("balanced_accuracy", "balancedAccuracy"),
          Map.entry("mcc", "mcc"),
          Map.entry("macro_f1", "macroF1"),
          Map.entry("brier", "brier"),
          Map.entry("ece", "ece"),
          Map.entry("log_loss", "logLoss"),
          Map.entry("chosen_c", "chosenC"),
          Map.entry("null_mean", "nullMean"),
          Map.entry("null_95", "null95"),
          Map.entry("p", "pValue"),
          Map.entry("control", "control"),
          Map.entry("selectivity", "selectivity"),
          Map.entry("untrained", "untrained"),
          Map.entry("untrained_auroc", "untrainedAuroc"));
  private static final Map<String, String> OF_GROUNDS =
      Map.of(
          "p_alone",
          "pAlone",
          "p_step_down",
          "pStepDown",
          "bits",
          "bits",
          "bits_error",
          "error",
          "log_norm",
          "logNorm",
          "log_norm_95",
          "logNorm95",
          "participation",
          "participation");
  private static final Map<String, String> OF_A_ROW =
      Map.of("row", "row", "text", "text", "fold", "fold", "group", "group");
  private static final Map<String, String> OF_A_CLASS =
      Map.of(
          "label",
          "label",
          "predicted",
          "predicted",
          "score",
          "score",
          "probability",
          "probability",
          "correct",
          "correct",
          "nested_score",
          "nested",
          "nested_correct",
          "nestedCorrect");

  @TempDir private static Path folder = Path.of("");
  private static String model = "";
  private static String data = "";

  @BeforeAll
  static void write() throws IOException {
    var random = new Seed(7).generator();
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("text,age,kind,size,town\n");
    for (int i = 0; i < 90; i++) {
      var kind = List.of("port", "capital", "village").get(i % 3);
      var text = "%s town %d is a %s".formatted(i % 2 == 0 ? "old" : "new", i, kind);
      texts.add(text);
      double size = i % 2 + random.nextGaussian() / 10;
      lines.append("%s,%s,%s,%s,t%d%n".formatted(text, i % 2 == 0, kind, size, i / 6));
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts).toString();
    data = Files.writeString(folder.resolve("towns.csv"), lines).toString();
  }

  private static Path run(String label, String... more) {
    var out = folder.resolve(label + more.length);
    var args = new ArrayList<>(List.of("probe", "--model", model, "--data", data));
    args.addAll(List.of("--text", "text", "--label", label, "--group", "town"));
    args.addAll(List.of("--permutations", "19", "--bootstrap", "100", "--out", out.toString()));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return out;
  }

  private static JsonNode json(Path out) throws IOException {
    return Results.parse(Files.readString(out.resolve("results.json")));
  }

  private static void same(ParquetRows table, JsonNode list, Map<String, String> columns) {
    assertThat(table.rows()).hasSize(list.size());
    columns.forEach((column, path) -> Tables.same(table, column, list.values(), path));
  }

  private static ParquetRows sites(Path out) throws IOException {
    var tree = json(out);
    var table = ParquetRows.read(out.resolve("results.parquet"));
    var asked = tree.path("subject").path("probe").asString();
    var own = table.rows().stream().filter(r -> asked.equals(r.get("probe"))).toList();
    same(new ParquetRows(own, Map.of()), tree.path("sites"), OF_A_SITE);
    int best = tree.path("best").path("site").asInt();
    for (int s = 0; s < own.size(); s++) {
      assertThat(own.get(s).get("best")).isEqualTo(s == best);
      assertThat(own.get(s).get("nested")).isEqualTo(tree.at("/best/nested/value").asDouble());
      assertThat(own.get(s).get("seed")).isEqualTo(tree.at("/origin/seed").asLong());
      assertThat(own.get(s).get("verdict")).isEqualTo(tree.at("/verdict/answer").asString());
    }
    return table;
  }

  @Test
  void everyNumberOfTwoClassesAndOfTheProbesBeside() throws IOException {
    var out = run("age", "--probe", "logistic,mass-mean,mlp");
    var tree = json(out);
    var table = sites(out);
    int count = tree.path("sites").size();
    assertThat(table.rows()).hasSize(2 * count);
    var first = new ParquetRows(table.rows().subList(0, count), Map.of());
    same(first, tree.at("/grounds/sites"), OF_GROUNDS);
    var beside = tree.at("/grounds/probes/1");
    for (int s = 0; s < count; s++) {
      var row = table.rows().get(count + s);
      assertThat(row.get("probe")).isEqualTo("mass-mean");
      assertThat(row.get("accuracy")).isEqualTo(beside.path("accuracies").path(s).asDouble());
      assertThat(row.get("auroc")).isEqualTo(beside.path("aurocs").path(s).asDouble());
      assertThat(row.get("control")).isEqualTo(beside.path("controls").path(s).asDouble());
      assertThat(row.get("null_95")).isNull();
      assertThat(row.get("point")).isEqualTo(tree.at("/sites/" + s + "/point").asString());
      if (Boolean.TRUE.equals(row.get("best"))) {
        assertThat(row.get("accuracy_low")).isEqualTo(beside.at("/accuracy/low").asDouble());
        assertThat(row.get("control")).isEqualTo(beside.path("control").asDouble());
      }
    }
    var held = ParquetRows.read(out.resolve("predictions.parquet"));
    same(held, tree.at("/best/held"), OF_A_ROW);
    same(held, tree.at("/best/held"), OF_A_CLASS);
    for (var notes : List.of(table.notes(), held.notes())) {
      assertThat(notes)
          .containsEntry("sonde.seed", "1")
          .containsEntry("sonde.model.sha256", tree.at("/origin/model/digest").asString())
          .containsEntry("sonde.data.sha256", tree.at("/origin/data/digest").asString())
          .containsEntry("sonde.identity", tree.at("/origin/identity").asString());
      var settings = JsonMapper.shared().readTree(notes.getOrDefault("sonde.settings", ""));
      assertThat(settings).isEqualTo(tree.at("/origin/settings"));
    }
  }

  @Test
  void whatWasLeftOutIsNull() throws IOException {
    var out = run("age", "--no-untrained", "--without", "norms");
    var table = sites(out);
    assertThat(table.column("untrained")).containsOnlyNulls();
    assertThat(table.column("log_norm")).containsOnlyNulls();
    assertThat(table.column("accuracy")).doesNotContainNull();
  }

  @Test
  void everyClassHasAColumnOfScores() throws IOException {
    var out = run("kind");
    var tree = json(out);
    sites(out);
    var held = ParquetRows.read(out.resolve("predictions.parquet"));
    same(held, tree.at("/best/held"), OF_A_ROW);
    same(held, tree.at("/best/held"), OF_A_CLASS);
    int k = 0;
    for (var name : tree.at("/origin/data/classes").propertyNames()) {
      Tables.same(held, "score_" + name, tree.at("/best/held").values(), "scores/" + k++);
    }
    assertThat(k).isEqualTo(3);
  }

  @Test
  void labelsThatAreNumbersStayNumbers() throws IOException {
    var out = run("size", "--probe", "ridge");
    var tree = json(out);
    assertThat(sites(out).column("metric")).containsOnly("R2");
    var held = ParquetRows.read(out.resolve("predictions.parquet"));
    same(held, tree.at("/best/held"), OF_A_ROW);
    Tables.same(held, "predicted", tree.at("/best/held").values(), "score");
    assertThat(held.column("label").getFirst())
        .isEqualTo(Double.valueOf(tree.at("/best/held/0/label").asString()));
  }
}
