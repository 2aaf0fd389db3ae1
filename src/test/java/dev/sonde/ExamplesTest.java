package dev.sonde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every file of `examples/` on the real data it names, against the figures it promises.
///
/// They take minutes each, so a usual build leaves them out: `./check -Dsonde.without=
/// -Dgroups=examples` runs them alone. Each holds its opposite: the embeddings, the untrained
/// network, the set that was not learnt from.
@Tag("examples")
final class ExamplesTest {
  private static final String TRUTH = "data/truth-is-universal/datasets";
  private static final String TREES = "data/ud-english-ewt";

  @TempDir private static Path folder = Path.of("");
  private static Path sonde = Path.of("");

  @BeforeAll
  static void launcher() throws IOException {
    sonde = folder.resolve("sonde");
    Files.writeString(
        sonde,
        "#!/bin/sh\nunset SONDE_HOME HF_HOME\nexec '%s' -Xmx6g --enable-native-access=ALL-UNNAMED -cp '%s' dev.sonde.cli.Main \"$@\"\n"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path")));
    assertThat(sonde.toFile().setExecutable(true)).isTrue();
  }

  @Test
  void aDecoderKnowsWhereCitiesLie() {
    run("cities-decoder", TRUTH)
        .ifPresent(out -> {
          assertThat(at(results(out), "embed")).isLessThanOrEqualTo(.53);
          assertThat(best(results(out))).isGreaterThanOrEqualTo(.84);
          assertThat(untrained(results(out))).isLessThan(best(results(out)) - .2);
        });
  }

  @Test
  void aDecoderKnowsSpanishWords() {
    run("translations-decoder", TRUTH)
        .ifPresent(out -> {
          assertThat(best(results(out))).isGreaterThanOrEqualTo(.76);
          assertThat(untrained(results(out))).isLessThan(best(results(out)) - .1);
        });
  }

  @Test
  void aDecoderComparesNumbers() {
    run("numbers-decoder", TRUTH)
        .ifPresent(out -> assertThat(best(results(out))).isGreaterThanOrEqualTo(.95));
  }

  @Test
  void anEncoderComparesNumbersButItsEmbeddingsDoNot() {
    run("numbers-encoder", TRUTH)
        .ifPresent(out -> {
          // words alone cannot tell; the first norm already mixes them with their places
          assertThat(baseline(results(out), "token embeddings")).isLessThan(.53);
          assertThat(at(results(out), "embed")).isLessThan(best(results(out)) - .1);
          assertThat(best(results(out))).isGreaterThanOrEqualTo(.95);
        });
  }

  @Test
  void truthOfCitiesIsNotThatOfTheirNegationsUntilTheyAreAdded() {
    run("truth-matrix", TRUTH)
        .ifPresent(out -> {
          var matrix = json(out.resolve("matrix.json"));
          int cities = place(matrix.get("names"), "cities");
          int negated = place(matrix.get("names"), "neg_cities");
          var alone = matrix.get("matrix").get(cities);
          assertThat(auroc(alone, cities)).isGreaterThan(.9);
          assertThat(auroc(alone, negated)).isLessThan(.3);
          var united = matrix.get("together").get(0).get("cells");
          assertThat(auroc(united, cities)).isGreaterThan(.8);
          assertThat(auroc(united, negated)).isGreaterThan(.8);
        });
  }

  @Test
  void namesOfPlacesHoldTheirLatitude() {
    run("place-latitude", "data/world-models/world_place.csv").ifPresent(out -> placed(out, .55));
  }

  @Test
  void namesOfPlacesHoldTheirLongitude() {
    run("place-longitude", "data/world-models/world_place.csv").ifPresent(out -> placed(out, .65));
  }

  private static void placed(Path out, double bar) {
    double apart = best(results(out.resolve("by-name")));
    var held = results(out.resolve("by-country"));
    System.out.printf("R2 %.3f; countries held out %.3f%n", apart, best(held));
    assertThat(apart).isGreaterThanOrEqualTo(bar);
    assertThat(best(held)).isLessThan(apart);
    assertThat(untrained(held)).isLessThan(best(held));
  }

  @Test
  void namesOfLandmarksHoldTheirContinent() {
    run("relations", "data/relations-lre/data/factual/landmark_on_continent.json")
        .ifPresent(out -> {
          var found = results(out.resolve("run"));
          assertThat(best(found)).isGreaterThanOrEqualTo(.92);
          assertThat(best(found)).isGreaterThan(baseline(found, "token embeddings") + .03);
          assertThat(untrained(found)).isLessThan(best(found) - .1);
        });
  }

  @Test
  void partsOfSpeechAreReadTokenByToken() {
    run("parts-of-speech", TREES)
        .ifPresent(out -> {
          var all = json(out.resolve("results.json"));
          var best = highest(all.get("layers"), "score");
          assertThat(best.get("score").asDouble()).isGreaterThanOrEqualTo(.90);
          assertThat(best.get("score").asDouble())
              .isGreaterThan(best.get("untrained").asDouble() + .1);
        });
  }

  @Test
  void distancesInTheTreeAreDistancesOfVectors() {
    run("syntax-distance", TREES)
        .ifPresent(out -> {
          var all = json(out.resolve("results.json"));
          var best = highest(all.get("layers"), "score");
          assertThat(best.get("score").asDouble())
              .isGreaterThan(best.get("untrained").asDouble() + .1);
        });
  }

  @Test
  void aFlawedClassifierTurnsToTheLabelsGiven() {
    run("digits-depth", "models/digits-cnn")
        .ifPresent(out -> {
          var layers = json(out.resolve("digits.json"));
          assertThat(layer(layers, "digits-flawed", "image").get("calledGiven").asDouble())
              .isLessThan(.65);
          assertThat(layer(layers, "digits-flawed", "logits").get("calledGiven").asDouble())
              .isGreaterThan(.75);
          assertThat(layer(layers, "digits-clean", "logits").get("corner").asDouble())
              .isLessThan(.6);
          assertThat(layer(layers, "digits-flawed", "logits").get("corner").asDouble())
              .isGreaterThan(.9);
          assertThat(layer(layers, "digits-clean", "/Relu_3_output_0").get("digit").asDouble())
              .isGreaterThan(layer(layers, "digits-clean", "image").get("digit").asDouble());
        });
  }

  /// Runs `examples/NAME.sh DATA OUT`; empty if the data are not at hand.
  private static Optional<Path> run(String name, String data) {
    var decoder = Shared.folder("models/smollm2-135m-instruct");
    return Shared.folder(data)
        .map(path -> {
          var out = folder.resolve(name);
          var process =
              new ProcessBuilder("sh", "examples/" + name + ".sh", path.toString(), out.toString());
          process.environment().put("SONDE", sonde.toString());
          process.environment().put("SONDE_CLASSPATH", System.getProperty("java.class.path"));
          decoder.ifPresent(d -> process.environment().put("MODEL", gguf(d).toString()));
          try {
            var log = Files.createTempFile(folder, name, ".log");
            process.redirectErrorStream(true).redirectOutput(log.toFile());
            int code = process.start().waitFor();
            assertThat(code).as(Files.readString(log)).isZero();
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
          return out;
        });
  }

  private static Path gguf(Path model) {
    try (var files = Files.list(model)) {
      return files.filter(f -> f.toString().endsWith(".gguf")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode results(Path out) {
    return json(out.resolve("results.json"));
  }

  private static JsonNode json(Path file) {
    return JsonMapper.shared().readTree(file.toFile());
  }

  private static double at(JsonNode results, String point) {
    return all(results.get("sites")).stream()
        .filter(s -> s.get("point").asString().equals(point))
        .mapToDouble(s -> s.get("accuracy").get("value").asDouble())
        .max()
        .orElseThrow();
  }

  private static double best(JsonNode results) {
    double value =
        all(results.get("sites")).stream()
            .mapToDouble(s -> s.get("accuracy").get("value").asDouble())
            .max()
            .orElseThrow();
    System.out.printf("%s: best %.3f%n", results.get("origin").get("data").get("source"), value);
    return value;
  }

  private static double baseline(JsonNode results, String name) {
    return all(results.get("baselines")).stream()
        .filter(b -> b.get("name").asString().equals(name))
        .mapToDouble(b -> b.get("accuracy").get("value").asDouble())
        .findFirst()
        .orElseThrow();
  }

  private static double untrained(JsonNode results) {
    return all(results.get("sites")).stream()
        .mapToDouble(s -> s.get("untrained").asDouble())
        .max()
        .orElseThrow();
  }

  private static int place(JsonNode names, String name) {
    var all = all(names).stream().map(JsonNode::asString).toList();
    return all.indexOf(name);
  }

  private static double auroc(JsonNode cells, int tested) {
    return cells.get(tested).get("auroc").asDouble();
  }

  private static JsonNode highest(JsonNode layers, String field) {
    return all(layers).stream()
        .max((a, b) -> Double.compare(a.get(field).asDouble(), b.get(field).asDouble()))
        .orElseThrow();
  }

  private static JsonNode layer(JsonNode layers, String network, String tensor) {
    return all(layers).stream()
        .filter(l -> l.get("network").asString().equals(network))
        .filter(l -> l.get("tensor").asString().equals(tensor))
        .findFirst()
        .orElseThrow();
  }

  private static List<JsonNode> all(JsonNode array) {
    return new ArrayList<>(StreamSupport.stream(array.spliterator(), false).toList());
  }
}
