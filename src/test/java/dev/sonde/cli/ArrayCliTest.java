package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.probe.SavedProbe;
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
import tools.jackson.databind.json.JsonMapper;

/// Probes, scores and measures of arrays alone: no model anywhere.
final class ArrayCliTest {
  private static final int ROWS = 120;
  private static final int WIDTH = 8;

  @TempDir private static Path folder = Path.of("");
  private static Path acts = Path.of("");
  private static Path rows = Path.of("");

  /// Three layers of noise; the label stands in layer 1, along one axis of unit spread.
  @BeforeAll
  static void write() throws IOException {
    var random = new Seed(3).generator();
    var values = new float[ROWS * 3 * WIDTH];
    var table = new StringBuilder("label,group,noise,size\n");
    for (int i = 0; i < ROWS; i++) {
      boolean yes = random.nextBoolean();
      for (int j = 0; j < 3 * WIDTH; j++) {
        values[i * 3 * WIDTH + j] = (float) random.nextGaussian();
      }
      values[i * 3 * WIDTH + WIDTH + 2] += yes ? 2 : -2;
      table.append(
          "%s,g%d,%d,%s%n"
              .formatted(
                  yes ? "yes" : "no",
                  i / 4,
                  random.nextInt(2),
                  2.5 * values[i * 3 * WIDTH + 2 * WIDTH] + random.nextGaussian() / 4));
    }
    acts = folder.resolve("acts.npz");
    Npz.write(acts, Map.of("x", NdArray.of(values, ROWS, 3, WIDTH)));
    rows = Files.writeString(folder.resolve("rows.csv"), table);
  }

  private static CliTest.Result probe(Path out, String labels, String... more) {
    var args =
        new ArrayList<>(
            List.of("probe", "--activations", acts.toString(), "--labels", rows + ":" + labels));
    args.addAll(List.of("--groups", rows + ":group", "--out", out.toString()));
    args.addAll(List.of("--permutations", "99", "--bootstrap", "100"));
    args.addAll(List.of(more));
    return CliTest.sonde(args.toArray(String[]::new));
  }

  private static void refused(String words, String... args) {
    var result = CliTest.sonde(args);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.err()).contains(words);
  }

  @Test
  void theLayerThatCarriesTheLabelIsFound() throws IOException {
    var out = folder.resolve("run");
    var result = probe(out, "label");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Yes, it can be read: best at layer.1", "majority");
    var tree = Results.parse(Files.readString(out.resolve("results.json")));
    assertThat(tree.path("sites")).hasSize(3);
    assertThat(tree.path("best").path("site").asInt()).isEqualTo(1);
    var noise = tree.path("sites").path(0);
    assertThat(noise.path("accuracy").path("value").asDouble()).isLessThan(.65);
    assertThat(tree.path("sites").path(1).path("accuracy").path("value").asDouble())
        .isGreaterThan(.93);
    assertThat(Files.readString(out.resolve("report.html"))).doesNotContain("{{");
    var saved = SavedProbe.read(out.resolve("probe.safetensors"));
    assertThat(saved.sites()).containsOnlyKeys("layer.0", "layer.1", "layer.2");
    var scored =
        CliTest.sonde(
            "score",
            "--probe",
            out.resolve("probe.safetensors").toString(),
            "--activations",
            acts.toString(),
            "--json");
    assertThat(scored.err()).isEmpty();
    assertThat(scored.out().lines()).hasSize(ROWS);
    var first = JsonMapper.shared().readTree(scored.out().lines().findFirst().orElseThrow());
    double p = 1 / (1 + Math.exp(-first.path("score").asDouble()));
    assertThat(first.path("probability").asDouble()).isEqualTo(p);
  }

  @Test
  void randomLabelsFindNothing() {
    var result = probe(folder.resolve("noise"), "noise");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("No: nothing beyond what permuted labels give");
  }

  @Test
  void oneLayerWithoutTheLabelFindsNothing() {
    var result = probe(folder.resolve("wrong"), "label", "--layers", "0,2");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("No: nothing", "2 sites").doesNotContain("layer.1");
  }

  @Test
  void numbersAreRidges() throws IOException {
    var out = folder.resolve("ridge");
    var result = probe(out, "size", "--probe", "ridge");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("R2 [95 %]", "best at layer.2");
    var noise = probe(folder.resolve("ridge0"), "size", "--probe", "ridge", "--layers", "0");
    assertThat(noise.out()).contains("No: nothing");
  }

  @Test
  void theSameBitsOnAnyNumberOfThreads() throws IOException {
    var one = folder.resolve("one");
    var two = folder.resolve("two");
    probe(one, "label", "--threads", "1");
    probe(two, "label", "--threads", "3");
    assertThat(Files.mismatch(one.resolve("probe.safetensors"), two.resolve("probe.safetensors")))
        .isEqualTo(-1);
  }

  @Test
  void badInputIsOneLine() throws IOException {
    var a = acts.toString();
    refused("needs --labels", "probe", "--activations", a);
    refused("instead of --model", "probe", "--activations", a, "--model", "x", "--labels", "y");
    refused("--activations FILE --labels FILE", "probe", "--data", rows.toString());
    var few = Files.writeString(folder.resolve("few.csv"), "label\na\nb\n");
    refused("has 2 labels", "probe", "--activations", a, "--labels", few.toString());
    refused(
        "no class 'maybe'",
        "probe",
        "--activations",
        a,
        "--labels",
        rows + ":label",
        "--positive",
        "maybe");
    refused("120 classes in 120 rows", "probe", "--activations", a, "--labels", rows + ":size");
  }

  /// A network and statements about towns, half of them of either label.
  private record Towns(Path model, Path data, List<String> texts) {
    static Towns write() throws IOException {
      var texts = new ArrayList<String>();
      var lines = new StringBuilder("statement,label,city\n");
      for (var place : List.of("oslo", "rome", "lima", "cairo", "quito", "delhi")) {
        for (int i = 0; i < 8; i++) {
          var text = "the town of %s is %s".formatted(place, i % 2 == 0 ? "large" : "small");
          texts.add(text);
          lines.append("%s,%d,%s%n".formatted(text, i % 2, place));
        }
      }
      var model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
      return new Towns(model, Files.writeString(folder.resolve("towns.csv"), lines), texts);
    }
  }

  private static List<Double> scores(Path probe, String... more) {
    var args = new ArrayList<>(List.of("score", "--probe", probe.toString(), "--json"));
    args.addAll(List.of("--site", "resid_post.1@mean"));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    return result
        .out()
        .lines()
        .map(l -> JsonMapper.shared().readTree(l).path("score").asDouble())
        .toList();
  }

  @Test
  void aStoredCaptureIsProbedAndScoredAsItsModelIs() throws IOException {
    var towns = Towns.write();
    var model = towns.model().toString();
    var data = towns.data().toString();
    var store = folder.resolve("store").toString();
    var captured =
        CliTest.sonde(
            "capture --model %s --data %s --position last,mean --out %s"
                .formatted(model, data, store)
                .split(" "));
    assertThat(captured.code()).isZero();
    var out = folder.resolve("stored");
    var run =
        CliTest.sonde(
            "probe --activations %s --labels %s:label --groups %s:city --permutations 99 --bootstrap 100 --out %s"
                .formatted(store, data, data, out)
                .split(" "));
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("resid_post.1", "mean", "last");
    var probe = out.resolve("probe.safetensors");
    // the same probe takes the model itself: two roads to one number
    var stored = scores(probe, "--activations", store);
    var fresh = scores(probe, "--model", model, "--data", data);
    assertThat(stored).hasSize(towns.texts().size());
    for (int i = 0; i < stored.size(); i++) {
      assertThat(stored.get(i)).isCloseTo(fresh.get(i), within(1e-9));
    }
    // another network's numbers are refused
    var other = TinyBert.write(folder.resolve("other"), new Seed(5), towns.texts()).toString();
    refused(
        "trained on a model with digest",
        "score",
        "--probe",
        probe.toString(),
        "--model",
        other,
        "a");
    refused("has no layer", "score", "--probe", probe.toString(), "--activations", acts.toString());
  }
}
