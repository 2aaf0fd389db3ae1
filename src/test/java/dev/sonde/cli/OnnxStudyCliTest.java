package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.data.Npy;
import dev.sonde.onnx.TinyOnnx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// ONNX networks in the study that every network goes through.
final class OnnxStudyCliTest {
  @TempDir private Path folder = Path.of("");

  private CliTest.Result probe(Path network, String... more) {
    var line =
        new ArrayList<>(
            List.of(
                "probe", "--model", "" + network, "--permutations", "200", "--bootstrap", "200"));
    line.addAll(List.of("--out", folder.resolve("out").toString()));
    line.addAll(List.of(more));
    return CliTest.sonde(line.toArray(String[]::new));
  }

  private JsonNode results() throws IOException {
    var out = folder.resolve("out");
    assertThat(out.resolve("report.html")).exists();
    assertThat(out.resolve("probe.safetensors")).exists();
    return JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
  }

  private static JsonNode site(JsonNode results, String point) {
    for (var site : results.path("sites")) {
      if (site.path("point").asString().equals(point)) {
        return site;
      }
    }
    throw new AssertionError("no site " + point + " in " + results.path("sites"));
  }

  private static double accuracy(JsonNode results, String point) {
    return site(results, point).path("accuracy").path("value").asDouble();
  }

  /// `y = relu(x + b)`, `z = 2 y`; the label is whether the middle of `sum` is above 0.
  private Path sums() throws IOException {
    var random = new Random(5);
    var lines = new ArrayList<>(List.of("a,b,c,above,dealt,who"));
    for (int i = 0; i < 120; i++) {
      double off = 0.5 + Math.abs(random.nextGaussian());
      double middle = random.nextBoolean() ? 2 + off : 2 - off;
      lines.add(
          "%s,%s,%s,%s,%s,p%d"
              .formatted(
                  random.nextGaussian(),
                  middle,
                  random.nextGaussian(),
                  middle > 2 ? "yes" : "no",
                  random.nextBoolean() ? "yes" : "no",
                  i / 2));
    }
    Files.write(folder.resolve("rows.csv"), lines);
    return Files.write(folder.resolve("sums.onnx"), TinyOnnx.sums());
  }

  private CliTest.Result sums(String label, String other) throws IOException {
    var network = sums();
    var table = Files.readString(folder.resolve("rows.csv"));
    var kept = folder.resolve("fed.csv"); // a label and three numbers, nothing else
    int drop = other.equals("dealt") ? 4 : 3;
    var lines = new ArrayList<String>();
    for (var line : table.lines().toList()) {
      var cells = new ArrayList<>(List.of(line.split(",")));
      cells.remove(drop);
      lines.add(String.join(",", cells));
    }
    Files.write(kept, lines);
    return probe(network, "--data", "" + kept, "--label", label, "--group", "who");
  }

  @Test
  void whatANetworkMakesOfItsInputIsRead() throws IOException {
    var run = sums("above", "dealt");
    assertThat(run.err()).isEmpty();
    var found = results();
    assertThat(accuracy(found, "x")).isGreaterThan(0.9);
    assertThat(accuracy(found, "y")).isGreaterThan(0.9);
    assertThat(site(found, "x").path("layer").asInt()).isEqualTo(-1);
    // the input tells it as well, so the network need not have done anything
    assertThat(found.path("verdict").path("answer").asString()).isEqualTo("WEAK");
    assertThat(Lights.colour(found, "first layer")).isEqualTo("RED");
    assertThat(run.out().replaceAll("\\s+", " ")).contains("the input alone reads the label");
    assertThat(found.path("origin").path("model").path("family").asString()).isEqualTo("onnx");
    assertThat(found.path("origin").path("data").path("groups").asInt()).isEqualTo(60);
  }

  /// Rows that cannot be read off three numbers as well as off what relu makes of them: whether two
  /// of these sum up to more than 1.5.
  private Path bent() throws IOException {
    var random = new Random(6);
    var lines = new ArrayList<>(List.of("a,b,c,bent,who"));
    while (lines.size() < 301) {
      double a = 3 * random.nextGaussian() - 1;
      double b = 3 * random.nextGaussian() + 2;
      // the network adds its own offsets before it bends
      double left = Math.max(0, a + 1);
      double right = Math.max(0, b - 2);
      if (Math.abs(left + right - 1.5) > 0.4) {
        lines.add(
            "%s,%s,%s,%s,p%d"
                .formatted(
                    a,
                    b,
                    random.nextGaussian(),
                    left + right > 1.5 ? "yes" : "no",
                    lines.size() / 2));
      }
    }
    return Files.write(folder.resolve("bent.csv"), lines);
  }

  /// The whole evidence, and the same network with other weights beside it.
  @Test
  void whatTheNetworkAddsStandsOnEveryKindOfEvidence() throws IOException {
    sums();
    var run =
        probe(
            folder.resolve("sums.onnx"),
            "--data",
            "" + bent(),
            "--label",
            "bent",
            "--group",
            "who",
            "--untrained",
            "" + folder.resolve("sums.onnx"));
    assertThat(run.err()).isEmpty();
    var found = results();
    assertThat(accuracy(found, "y")).isGreaterThan(accuracy(found, "x") + 0.04);
    assertThat(Lights.colour(found, "first layer")).isEqualTo("GREEN");
    assertThat(Lights.colour(found, "duplicates")).isEqualTo("GREEN");
    assertThat(Lights.colour(found, "texts")).isEqualTo("none");
    for (var kind :
        List.of("code", "information", "curve", "stability", "intervals", "calibration")) {
      assertThat(found.path("grounds").path(kind).isObject()).as(kind).isTrue();
    }
    // its own copy reads as much as it does
    assertThat(Lights.colour(found, "untrained twin")).isEqualTo("RED");
    assertThat(found.path("verdict").path("answer").asString()).isEqualTo("WEAK");
    var alone =
        probe(
            folder.resolve("sums.onnx"),
            "--data",
            "" + folder.resolve("bent.csv"),
            "--label",
            "bent",
            "--group",
            "who");
    assertThat(alone.err()).isEmpty();
    assertThat(Lights.colour(results(), "untrained twin")).isEqualTo("AMBER");
    assertThat(results().path("verdict").path("answer").asString()).isEqualTo("YES");
  }

  /// What is kept of an interrupted run is found by the identity: other numbers fed, another run.
  @Test
  void whatIsFedDecidesTheIdentity() throws IOException {
    sums("above", "dealt");
    var first = identity();
    sums("above", "dealt");
    assertThat(identity()).isEqualTo(first);
    var fed = folder.resolve("fed.csv");
    var rows = Files.readAllLines(fed);
    rows.set(1, "9" + rows.get(1).substring(1)); // one number; labels and groups are the same
    Files.write(fed, rows);
    var network = folder.resolve("sums.onnx");
    var run = probe(network, "--data", "" + fed, "--label", "above", "--group", "who");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(identity()).isNotEqualTo(first);
  }

  private String identity() throws IOException {
    return results().path("origin").path("identity").asString();
  }

  @Test
  void dealtLabelsAreNot() throws IOException {
    assertThat(sums("dealt", "above").err()).isEmpty();
    assertThat(results().path("verdict").path("answer").asString()).isEqualTo("NO");
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    var network = sums();
    var nothing = probe(network);
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("needs something to run on");
    var words = probe(network, "--data", folder.resolve("rows.csv") + "", "--label", "above");
    assertThat(words.code()).isEqualTo(2);
    assertThat(words.err()).contains("no number").hasLineCount(1);
    var point =
        probe(
            network,
            "--data",
            "" + folder.resolve("rows.csv"),
            "--label",
            "above",
            "--points",
            "nowhere");
    assertThat(point.code()).isEqualTo(2);
    assertThat(folder.resolve("out/results.json")).doesNotExist();
  }

  /// Whether a digit is even cannot be read off its pixels as well as off the last layers.
  @Test
  void digitsByLayer() {
    Shared.folder("models/digits-cnn")
        .ifPresent(from -> {
          try {
            var digits = Npy.read(from.resolve("labels.npy"));
            var lines = new ArrayList<>(List.of("even"));
            for (int i = 0; i < digits.rows(); i++) {
              lines.add(digits.integer(i) % 2 == 0 ? "even" : "odd");
            }
            var labels = Files.write(folder.resolve("labels.csv"), lines);
            var images = from.resolve("images.npy");
            var run =
                probe(
                    from.resolve("digits-clean.onnx"),
                    "--data",
                    "" + images,
                    "--labels",
                    "" + labels,
                    "--label",
                    "even",
                    "--points",
                    "image,/Flatten_output_0,logits");
            assertThat(run.err()).isEmpty();
            var found = results();
            assertThat(accuracy(found, "/Flatten_output_0"))
                .isGreaterThan(accuracy(found, "image") + 0.03);
            assertThat(accuracy(found, "/Flatten_output_0")).isGreaterThan(0.96);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }
}
