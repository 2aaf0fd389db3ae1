package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.CityStatements;
import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.onnx.TinyOnnx;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Interrupted runs of an ONNX network, of the demo and of activations with arrays beside them go
/// on to the numbers of one that was never interrupted; another version, other settings or another
/// file are refused, and nothing that was kept is lost.
final class ResumeOthersTest {
  private static final int ROWS = 400;

  @TempDir private static Path folder = Path.of("");

  @BeforeAll
  static void write() throws IOException {
    Files.write(folder.resolve("sums.onnx"), TinyOnnx.sums());
    var random = new Seed(3).generator();
    var fed = new StringBuilder("a,b,c,above,who\n");
    var rows = new StringBuilder("truth,who,words\n");
    for (int i = 0; i < ROWS; i++) {
      double a = random.nextGaussian();
      double b = 2 + 2 * random.nextGaussian();
      fed.append(
          "%s,%s,%s,%s,p%d%n".formatted(a, b, random.nextGaussian(), b > 2 ? "yes" : "no", i / 2));
      rows.append("%d,p%d,text %d%n".formatted(i % 2, i / 4, random.nextInt(300)));
    }
    Files.writeString(folder.resolve("fed.csv"), fed);
    Files.writeString(folder.resolve("rows.csv"), rows);
    array("acts.npz", 12, 16, random);
    array("untrained.npz", 12, 16, random);
    array("other.npz", 1, 5, random);
    var texts = CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(1)).column("statement");
    TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
  }

  private static void array(String name, int layers, int width, SplittableRandom random)
      throws IOException {
    var values = new float[ROWS * layers * width];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float) random.nextGaussian() + (i / (layers * width) % 2 == 1 && i % 7 == 0 ? 1 : 0);
    }
    var array =
        layers == 1 ? NdArray.of(values, ROWS, width) : NdArray.of(values, ROWS, layers, width);
    Npz.write(folder.resolve(name), Map.of("x", array));
  }

  private static List<String> onnx() {
    return List.of(
        ("probe --model sums.onnx --data fed.csv --label above --group who --permutations 199"
                + " --threads 1")
            .split(" "));
  }

  private static List<String> demo() {
    return List.of("demo --model tiny --permutations 49 --bootstrap 200 --threads 1".split(" "));
  }

  private static List<String> arrays() {
    return List.of(
        ("probe --activations acts.npz --labels rows.csv:truth --groups rows.csv:who"
                + " --texts rows.csv:words --untrained untrained.npz --baseline other=other.npz"
                + " --permutations 49 --threads 1")
            .split(" "));
  }

  private static List<String> with(List<String> args, Path out) {
    var all = new ArrayList<>(args);
    all.addAll(List.of("--out", out.toString()));
    return all;
  }

  private static CliTest.Result whole(List<String> args, Path out) {
    return CliTest.sonde(
        with(args, out).stream()
            .map(a -> a.matches("(other=)?(tiny|[a-z]+\\.(onnx|npz|csv).*)") ? here(a) : a)
            .toArray(String[]::new));
  }

  private static String here(String file) {
    return file.startsWith("other=")
        ? "other=" + folder + "/" + file.substring(6)
        : folder + "/" + file;
  }

  private static CliTest.Result resumed(Path from) {
    return CliTest.sonde("probe", "--resume", from.toString());
  }

  /// What a run says, but for when it was made and where its files lay.
  private static String numbers(Path out) throws IOException {
    var tree = (ObjectNode) Results.parse(Files.readString(out.resolve("results.json")));
    ((ObjectNode) tree.path("origin")).remove(List.of("created", "seconds"));
    return tree.toString().replace(folder + "/", "");
  }

  private static void goesOn(String name, List<String> args) throws Exception {
    var whole = folder.resolve(name + "-whole");
    assertThat(whole(args, whole).code()).isZero();
    var out = folder.resolve(name);
    var said = Stopping.stopped(folder, out, with(args, out), "-TERM");
    assertThat(said).contains("--resume " + out);
    var result = resumed(out);
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(numbers(out)).isEqualTo(numbers(whole));
    assertThat(Stopping.kept(out)).isEqualTo(1); // the probe alone
  }

  @Test
  void anOnnxNetwork() throws Exception {
    goesOn("onnx", onnx());
  }

  @Test
  void theDemo() throws Exception {
    goesOn("demo", demo());
  }

  @Test
  void activationsWithArraysBeside() throws Exception {
    goesOn("arrays", arrays());
  }

  private static Path note(Path out) throws IOException {
    try (var files = Files.walk(out)) {
      return files.filter(f -> f.endsWith("run.json")).findFirst().orElseThrow();
    }
  }

  private static void refused(Path out, String... words) {
    var result = resumed(out);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains(words);
    assertThat(result.out()).isEmpty();
    assertThat(out.resolve("results.json")).doesNotExist();
  }

  @Test
  void anotherVersionOtherSettingsAndOtherFilesAreRefused() throws Exception {
    var out = folder.resolve("refused");
    Stopping.stopped(folder, out, with(arrays(), out), "-TERM");
    long before = Stopping.kept(out);
    var note = note(out);
    var said = Files.readString(note);
    var version = said.replaceAll("(\"sondeVersion\"\\s*:\\s*\")[^\"]*", "$10.0.1");
    Files.writeString(note, version.replaceAll("(\"identity\"\\s*:\\s*\")[^\"]*", "$1old"));
    refused(out, "was begun by Sonde 0.0.1 and this is", "begin anew without --resume");
    Files.writeString(note, said.replace("--permutations=49", "--permutations=59"));
    refused(out, "is not what it was", "settings");
    Files.writeString(note, said);
    for (var file : List.of("acts.npz", "other.npz", "untrained.npz", "rows.csv")) {
      var path = folder.resolve(file);
      var saved = Files.readAllBytes(path);
      if (file.equals("rows.csv")) {
        Files.writeString(path, Files.readString(path).replaceFirst("text ", "another "));
      } else {
        boolean one = file.equals("other.npz");
        array(file, one ? 1 : 12, one ? 5 : 16, new Seed(99).generator());
      }
      refused(
          out,
          switch (file) {
            case "acts.npz" -> "the model (or activations) of the run";
            case "rows.csv" -> "the data of the run";
            default -> "is not what it was";
          });
      Files.write(path, saved);
    }
    assertThat(Stopping.kept(out)).isEqualTo(before);
    var result = resumed(out);
    assertThat(result.code()).as(result.err()).isZero();
  }
}
