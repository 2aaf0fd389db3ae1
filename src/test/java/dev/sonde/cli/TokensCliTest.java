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

/// Words of a made language: what a table of words knows a network of random weights shows too.
final class TokensCliTest {
  private static final List<String> NOUNS = List.of("cat", "dog", "hen", "cow", "fox", "bee");
  private static final List<String> VERBS = List.of("sees", "hears", "likes", "bites");

  @TempDir private static Path folder = Path.of("");
  private static Path model = Path.of("");
  private static Path data = Path.of("");

  @BeforeAll
  static void writeModelAndData() throws IOException {
    var random = new Seed(5).generator();
    var texts = new ArrayList<String>();
    var file = new StringBuilder();
    for (int i = 0; i < 160; i++) {
      var one = NOUNS.get(random.nextInt(NOUNS.size()));
      var two = NOUNS.get(random.nextInt(NOUNS.size()));
      var verb = VERBS.get(random.nextInt(VERBS.size()));
      texts.add("the %s %s the %s .".formatted(one, verb, two));
      file.append(i % 4 == 0 ? "# newdoc id = d%d%n".formatted(i / 4) : "")
          .append(word(1, "the", "DET", 2))
          .append(word(2, one, "NOUN", 3))
          .append(word(3, verb, "VERB", 0))
          .append(word(4, "the", "DET", 5))
          .append(word(5, two, "NOUN", 3))
          .append(word(6, ".", "PUNCT", 3))
          .append('\n');
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    data = Files.writeString(folder.resolve("made.conllu"), file);
  }

  private static String word(int id, String form, String upos, int head) {
    return "%d\t%s\t%s\t%s\t_\t_\t%d\t_\t_\t_\n".formatted(id, form, form, upos, head);
  }

  private static JsonNode tokens(String task, String... more) {
    var out = folder.resolve(task + more.length);
    var args =
        new ArrayList<>(
            List.of(
                "tokens",
                "--model",
                model.toString(),
                "--conllu",
                data.toString(),
                "--task",
                task,
                "--bootstrap",
                "50",
                "--out",
                out.toString()));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("<- best").contains("results.json");
    try {
      return JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void partsOfSpeechWithTheirControls() {
    var tree = tokens("pos", "--c", "1");
    assertThat(tree.path("schema").asString()).isEqualTo("sonde.tokens/1");
    assertThat(tree.path("layers").size()).isEqualTo(TinyBert.LAYERS + 1);
    var table = ParquetRows.read(folder.resolve("pos2").resolve("results.parquet"));
    var layers = tree.path("layers").values();
    Tables.same(table, "point", layers, "point");
    Tables.same(table, "accuracy_high", layers, "accuracy/high");
    Tables.same(table, "selectivity", layers, "selectivity");
    Tables.same(table, "nonlinear_accuracy", layers, "nonlinear/accuracy");
    assertThat(table.column("nonlinear_accuracy")).containsOnlyNulls();
    assertThat(table.column("best").indexOf(true)).isEqualTo(tree.at("/best/layer").asInt());
    assertThat(table.notes()).containsEntry("sonde.seed", "1");
    var first = tree.path("layers").get(0);
    assertThat(first.path("accuracy").path("value").asDouble()).isGreaterThan(0.95);
    assertThat(first.path("untrained").isNumber()).isTrue();
    // twelve types, each met in training: a linear probe can learn any labels of them
    assertThat(first.path("control").asDouble()).isGreaterThan(0.7);
    assertThat(tree.path("baselines").get(1).path("accuracy").asDouble()).isEqualTo(1);
    assertThat(tree.path("baselines").get(0).path("accuracy").asDouble()).isBetween(0.3, 0.36);
    assertThat(tree.path("data").path("heldSentences").asInt()).isBetween(20, 70);
  }

  /// Every sentence has the same tree: the positions alone tell it.
  @Test
  void treesInTheGeometry() {
    var distance = tokens("distance", "--rank", "16", "--no-untrained");
    assertThat(distance.path("metric").asString()).isEqualTo("UUAS");
    var best = distance.path("layers").get(distance.path("best").path("layer").asInt());
    assertThat(best.path("accuracy").path("value").asDouble()).isGreaterThan(0.95);
    assertThat(best.path("untrained").isNull()).isTrue();
    // the - cat - sees - the - dog: three of four edges are neighbours
    assertThat(distance.path("baselines").get(0).path("accuracy").asDouble()).isEqualTo(0.75);
    var depth = tokens("depth", "--rank", "16");
    var root = depth.path("layers").get(depth.path("best").path("layer").asInt());
    assertThat(root.path("accuracy").path("value").asDouble()).isGreaterThan(0.95);
    assertThat(depth.path("baselines").get(0).path("accuracy").asDouble()).isZero();
  }

  /// What `sonde tokens` saves is read again: tags of words and edges of trees; another model is
  /// refused.
  @Test
  void savedProbesReadNewSentences() throws IOException {
    tokens("pos", "--c", "1", "--seed", "7");
    var probe = folder.resolve("pos4").resolve("probe.safetensors").toString();
    var tags =
        CliTest.sonde(
            "score",
            "--probe",
            probe,
            "--model",
            model.toString(),
            "--json",
            "the hen bites the fox .");
    assertThat(tags.err()).isEmpty();
    var found =
        tags.out()
            .lines()
            .map(l -> JsonMapper.shared().readTree(l).path("tag").asString())
            .toList();
    assertThat(found).containsExactly("DET", "NOUN", "VERB", "DET", "NOUN", "PUNCT");
    assertThat(Files.readString(folder.resolve("pos4").resolve("report.html")))
        .contains("Where: layer by layer")
        .doesNotContain("{{")
        .doesNotContain("src=\"http");
    tokens("distance", "--rank", "16", "--no-untrained", "--seed", "7", "--subtoken", "first");
    var tree = folder.resolve("distance7").resolve("probe.safetensors").toString();
    var edges =
        CliTest.sonde(
            "score", "--probe", tree, "--model", model.toString(), "the hen bites the fox .");
    assertThat(edges.err()).isEmpty();
    assertThat(edges.out()).contains("the - hen").contains("hen - bites").contains("bites - fox");
    assertThat(edges.out().lines().count()).isEqualTo(5);
    var other = TinyBert.write(folder.resolve("other"), new Seed(99), List.of("the hen bites ."));
    var refused = CliTest.sonde("score", "--probe", probe, "--model", other.toString(), "the hen");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(refused.err()).contains("a probe reads only the model it was trained on");
  }

  @Test
  void anMlpBesideTheLinearProbe() {
    var tree = tokens("pos", "--probe", "softmax,mlp", "--hidden", "8", "--points", "embed");
    var mlp = tree.path("layers").get(0).path("nonlinear");
    assertThat(mlp.path("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(mlp.path("selectivity").asDouble())
        .isEqualTo(mlp.path("accuracy").asDouble() - mlp.path("control").asDouble());
    assertThat(tokens("pos", "--points", "embed").path("layers").get(0).path("nonlinear"))
        .allMatch(JsonNode::isNull);
  }

  @Test
  void theNumbersDoNotDependOnTheThreads() {
    var one = tokens("pos", "--threads", "1", "--sentences", "60");
    var two = tokens("pos", "--threads", "2", "--sentences", "60", "--held-sentences", "500");
    assertThat(two.path("layers")).isEqualTo(one.path("layers"));
    assertThat(tokens("pos", "--seed", "2", "--sentences", "60", "--no-untrained").path("layers"))
        .isNotEqualTo(one.path("layers"));
  }

  @Test
  void oneLineForBadInput() {
    var result =
        CliTest.sonde(
            "tokens", "--model", model.toString(), "--conllu", data.toString(), "--task", "ner");
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("--task takes pos, distance or depth, not 'ner'");
    var missing = CliTest.sonde("tokens", "--model", model.toString(), "--conllu", "none.conllu");
    assertThat(missing.err()).contains("there is no file none.conllu");
  }
}
