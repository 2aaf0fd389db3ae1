package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
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

/// A study of given activations stands on the same evidence as one of texts: where the label is
/// there, where it is dealt, where something beside the activations tells it too.
final class ArrayEvidenceTest {
  private static final int ROWS = 160;
  private static final int WIDTH = 8;
  private static final List<String> KINDS =
      List.of("code", "information", "curve", "stability", "intervals", "calibration");

  @TempDir private static Path folder = Path.of("");

  /// Two layers; in the second `truth` stands along an axis and each of four `kind`s along one of
  /// its own. `dealt` and `dealt4` are dealt. The untrained network has noise, `tells` the truth.
  @BeforeAll
  static void write() throws IOException {
    var random = new Seed(6).generator();
    var acts = new float[ROWS * 2 * WIDTH];
    var noise = new float[ROWS * 2 * WIDTH];
    var tells = new float[ROWS * 2];
    var table = new StringBuilder("truth,kind,dealt,dealt4,group,words\n");
    for (int i = 0; i < ROWS; i++) {
      int truth = random.nextInt(2);
      int kind = i % 4;
      for (int j = 0; j < 2 * WIDTH; j++) {
        acts[i * 2 * WIDTH + j] = (float) random.nextGaussian();
        noise[i * 2 * WIDTH + j] = (float) random.nextGaussian();
      }
      acts[i * 2 * WIDTH + WIDTH + 6] += truth == 1 ? 2.5f : -2.5f;
      acts[i * 2 * WIDTH + WIDTH + kind] += 3.5f;
      tells[2 * i] = truth + (float) random.nextGaussian() / 9;
      tells[2 * i + 1] = (float) random.nextGaussian();
      table.append(
          "%s,%s,%d,%d,g%d,%s%n"
              .formatted(
                  truth == 1 ? "yes" : "no",
                  "abcd".charAt(kind),
                  random.nextInt(2),
                  random.nextInt(4),
                  i / 4,
                  "item%d is %s".formatted(i * 7919 % 997, truth == 1 ? "large" : "small")));
    }
    Npz.write(folder.resolve("acts.npz"), Map.of("x", NdArray.of(acts, ROWS, 2, WIDTH)));
    Npz.write(folder.resolve("noise.npz"), Map.of("x", NdArray.of(noise, ROWS, 2, WIDTH)));
    Npz.write(folder.resolve("tells.npz"), Map.of("x", NdArray.of(tells, ROWS, 2)));
    Files.writeString(folder.resolve("rows.csv"), table);
  }

  private record Run(CliTest.Result result, JsonNode tree, Path out) {
    String light(String check) {
      return Lights.colour(tree, check);
    }

    String answer() {
      return tree.path("verdict").path("answer").asString("");
    }

    JsonNode grounds(String kind) {
      return tree.path("grounds").path(kind);
    }

    double baseline(String name) {
      for (var baseline : tree.path("baselines")) {
        if (baseline.path("name").asString("").equals(name)) {
          return baseline.path("accuracy").path("value").asDouble();
        }
      }
      return Double.NaN;
    }

    String page() throws IOException {
      return Files.readString(out.resolve("report.html"));
    }
  }

  private static String file(String name) {
    return folder.resolve(name).toString();
  }

  private static Run run(String out, String label, String... more) throws IOException {
    var args = new ArrayList<>(List.of("probe", "--activations", file("acts.npz")));
    args.addAll(List.of("--labels", file("rows.csv:" + label), "--groups", file("rows.csv:group")));
    args.addAll(List.of("--permutations", "99", "--bootstrap", "200", "--out", file(out)));
    args.addAll(List.of(more));
    return done(CliTest.sonde(args.toArray(String[]::new)), folder.resolve(out));
  }

  private static Run done(CliTest.Result result, Path out) throws IOException {
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return new Run(result, Results.parse(Files.readString(out.resolve("results.json"))), out);
  }

  @Test
  void everyKindOfEvidenceIsThereUnlessSwitchedOff() throws IOException {
    for (var label : List.of("truth", "kind")) {
      var all = run(label, label);
      assertThat(all.tree.path("best").path("site").asInt()).isEqualTo(1);
      for (var kind : KINDS) {
        assertThat(all.grounds(kind).isObject()).as(kind).isTrue();
        assertThat(all.page()).contains("chart-" + (kind.equals("information") ? "bits" : kind));
      }
      assertThat(all.answer()).isEqualTo("YES");
      for (var check : List.of("chance", "code length", "information", "direction", "groups")) {
        assertThat(all.light(check)).as(check).isEqualTo("GREEN");
      }
      assertThat(all.light("duplicates")).isEqualTo("GREEN");
      assertThat(all.light("first layer")).isEqualTo("GREEN");
      // what cannot be had is said, not left out
      assertThat(all.light("texts")).isEqualTo("AMBER");
      assertThat(all.light("untrained twin")).isEqualTo("AMBER");
      assertThat(all.light("switched off")).isEqualTo("none");
      assertThat(all.result.out().replaceAll("\\s+", " "))
          .contains("code length", "come without their texts", "--texts");
    }
    var less = run("less", "truth", "--without", "mdl,curve,leakage,untrained,baselines");
    assertThat(less.grounds("code").isNull()).isTrue();
    assertThat(less.grounds("curve").isNull()).isTrue();
    assertThat(less.grounds("information").isObject()).isTrue();
    assertThat(less.light("duplicates")).isEqualTo("none");
    assertThat(less.light("switched off")).isEqualTo("AMBER");
    assertThat(less.result.out().replaceAll("\\s+", " "))
        .contains("switched off: the untrained twin, the surface baselines, mdl, curve, leakage");
  }

  @Test
  void dealtLabelsStandOnNothing() throws IOException {
    for (var label : List.of("dealt", "dealt4")) {
      var none = run(label, label);
      assertThat(none.answer()).isEqualTo("NO");
      assertThat(none.light("chance")).isEqualTo("RED");
      for (var check : List.of("code length", "information", "direction")) {
        assertThat(none.light(check)).as(check).isEqualTo("AMBER");
      }
      assertThat(none.grounds("code").path("compression").asDouble()).isLessThan(1.05);
    }
  }

  @Test
  void severalProbesAreCompared() throws IOException {
    var several = run("several", "truth", "--probe", "logistic,mass-mean,sparse-1,mlp");
    assertThat(several.grounds("probes").size()).isEqualTo(3);
    assertThat(several.grounds("comparisons").size()).isEqualTo(3);
    assertThat(several.grounds("gap").isObject()).isTrue();
    assertThat(several.page()).contains("chart-probes");
    assertThat(several.tree.path("sites")).isEqualTo(run("alone", "truth").tree.path("sites"));
  }

  /// The texts say it by themselves; so does another array, and a network that was never trained.
  @Test
  void whatIsGivenBesideIsHeldAgainstTheProbe() throws IOException {
    var texts = run("texts", "truth", "--texts", file("rows.csv:words"));
    assertThat(texts.answer()).isEqualTo("WEAK");
    assertThat(texts.baseline("bag of words")).isGreaterThan(0.97);
    assertThat(texts.light("single word")).isEqualTo("RED");
    assertThat(texts.light("surface")).isEqualTo("RED");
    assertThat(texts.light("texts")).isEqualTo("none");
    var array = run("array", "truth", "--baseline", "tells=" + file("tells.npz"));
    assertThat(array.answer()).isEqualTo("WEAK");
    assertThat(array.baseline("tells")).isGreaterThan(0.97);
    assertThat(array.grounds("information").path("given").asString("")).isEqualTo("tells");
    var same = run("same", "truth", "--untrained", file("acts.npz"));
    assertThat(same.answer()).isEqualTo("WEAK");
    assertThat(same.light("untrained twin")).isEqualTo("RED");
    var twin = run("twin", "truth", "--untrained", file("noise.npz"), "--layers", "1");
    assertThat(twin.light("untrained twin")).isEqualTo("GREEN");
    assertThat(twin.tree.path("sites").path(0).path("untrained").asDouble()).isLessThan(0.65);
  }

  @Test
  void whatIsGivenBesideMustFit() throws IOException {
    var few = new float[] {1, 2, 3, 4};
    Npz.write(folder.resolve("few.npz"), Map.of("x", NdArray.of(few, 2, 2)));
    var narrow = new float[ROWS * 2 * 3];
    Npz.write(folder.resolve("narrow.npz"), Map.of("x", NdArray.of(narrow, ROWS, 2, 3)));
    refused("has 2 rows", "--baseline", "few=" + file("few.npz"));
    refused("has 2 layers", "--baseline", "two=" + file("noise.npz"));
    refused("has no layer 'layer.0'", "--untrained", file("tells.npz"));
    refused("must be the same network", "--untrained", file("narrow.npz"));
  }

  private static void refused(String words, String... more) {
    var args = new ArrayList<>(List.of("probe", "--activations", file("acts.npz")));
    args.addAll(List.of("--labels", file("rows.csv:truth"), "--permutations", "19"));
    args.addAll(List.of("--out", file("refused")));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains(words);
    assertThat(folder.resolve("refused/results.json")).doesNotExist();
  }

  /// Rows that repeat rows of other groups.
  @Test
  void repeatedRowsAreRed() throws IOException {
    var random = new Seed(9).generator();
    var acts = new float[80 * 4];
    var rows = new StringBuilder("truth,group\n");
    for (int i = 0; i < 80; i++) {
      for (int j = 0; j < 4; j++) {
        acts[i * 4 + j] = i < 40 ? (float) random.nextGaussian() : acts[(i - 40) * 4 + j];
      }
      rows.append("%d,g%d%n".formatted(i % 40 / 20, i));
    }
    Npz.write(folder.resolve("twice.npz"), Map.of("x", NdArray.of(acts, 80, 4)));
    Files.writeString(folder.resolve("twice.csv"), rows);
    var out = folder.resolve("twice");
    var args = new ArrayList<>(List.of("probe", "--activations", file("twice.npz")));
    args.addAll(List.of("--labels", file("twice.csv:truth"), "--groups", file("twice.csv:group")));
    args.addAll(List.of("--permutations", "19", "--bootstrap", "100", "--out", out.toString()));
    var run = done(CliTest.sonde(args.toArray(String[]::new)), out);
    assertThat(run.light("duplicates")).isEqualTo("RED");
    assertThat(run.result.out()).contains("have an equal in another fold");
  }

  /// Statements in which two words tell the label only together.
  private static Path pairs(List<String> texts) throws IOException {
    var lines = new StringBuilder("statement,label,city\n");
    for (int i = 0; i < 96; i++) {
      boolean first = i % 2 == 0;
      boolean second = i / 2 % 2 == 0;
      var text =
          "the %s dog saw item%d of a %s cat"
              .formatted(first ? "large" : "small", i / 4, second ? "black" : "white");
      texts.add(text);
      lines.append("%s,%d,c%d%n".formatted(text, first == second ? 1 : 0, i / 4));
    }
    return Files.writeString(folder.resolve("pairs.csv"), lines);
  }

  private static Run called(String line, Path out) throws IOException {
    return done(CliTest.sonde((line + " --out " + out).split(" ")), out);
  }

  /// Two roads to one number: a network that reads texts, and what was captured of it beside them.
  @Test
  void aCaptureWithItsTextsSaysWhatItsNetworkSays() throws IOException {
    var texts = new ArrayList<String>();
    var data = pairs(texts);
    var model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    var store = folder.resolve("store");
    var of = " --model " + model + " --data " + data + " --points resid_post.0,resid_post.1";
    var captured = ("capture" + of + " --position last,mean --out " + store).split(" ");
    assertThat(CliTest.sonde(captured).code()).isZero();
    var effort = " --permutations 99 --bootstrap 200 --no-untrained";
    var whole = called("probe" + of + " --group city" + effort, folder.resolve("network"));
    var labels = " --labels " + data + ":label --groups " + data + ":city";
    var rows = " --activations " + store + labels + " --texts " + data + ":statement";
    var stored = called("probe" + rows + effort, folder.resolve("arrays"));
    assertThat(stored.tree.path("sites")).isEqualTo(whole.tree.path("sites"));
    assertThat(stored.tree.path("maxNull")).isEqualTo(whole.tree.path("maxNull"));
    for (var kind : List.of("code", "curve", "stability", "calibration", "sites")) {
      assertThat(stored.grounds(kind)).as(kind).isEqualTo(whole.grounds(kind));
    }
    for (var name : List.of("length", "bag of words", "character n-grams")) {
      assertThat(stored.baseline(name)).isEqualTo(whole.baseline(name));
    }
  }
}
