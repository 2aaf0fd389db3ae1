package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.provenance.Seed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a stranger types, and what comes back: files of a run, or one clear line and exit code 2.
final class CliTest {
  private static final String[] LEFT = {
    "report.html", "results.json", "results.parquet", "predictions.parquet", "probe.safetensors"
  };

  @TempDir private static Path folder = Path.of("");
  private static Path model = Path.of("");
  private static Path data = Path.of("");

  record Result(int code, String out, String err) {}

  @BeforeAll
  static void writeModelAndData() throws IOException {
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("statement,label,city,noise,count\n");
    var random = new Seed(9).generator();
    var places =
        List.of("lyon", "oslo", "kyoto", "lima", "quito", "perth", "turin", "basel", "fez", "cali");
    for (var place : places) {
      for (int i = 0; i < 12; i++) {
        boolean yes = i % 2 == 0;
        var text =
            "the town of %s is %s number %d".formatted(place, yes ? "large" : "small", i / 2);
        texts.add(text);
        lines.append(
            "%s,%d,%s,%d,%d%n".formatted(text, yes ? 1 : 0, place, random.nextInt(2), i / 2));
      }
    }
    model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    data = Files.writeString(folder.resolve("towns.csv"), lines);
  }

  static Result sonde(String... args) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var oldOut = System.out;
    var oldErr = System.err;
    try (var newOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        var newErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(newOut);
      System.setErr(newErr);
      int code = Main.run(args);
      return new Result(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  private static Result probe(Path out, String... more) {
    var args =
        new ArrayList<>(
            List.of(
                "probe",
                "--model",
                model.toString(),
                "--data",
                data.toString(),
                "--out",
                out.toString(),
                "--permutations",
                "99",
                "--bootstrap",
                "200"));
    args.addAll(List.of(more));
    return sonde(args.toArray(String[]::new));
  }

  private static Result ridge(String label, Path out) {
    return sonde(
        "probe --model %s --data %s --label %s --group city --probe ridge --permutations 99 --bootstrap 100 --out %s"
            .formatted(model, data, label, out)
            .split(" "));
  }

  /// The engine is loaded before the command line is read, for just those that compute.
  @Test
  void whatNeedsTheEngineIsKnownByItsName() {
    for (var command : Main.subcommands().entrySet()) {
      boolean needs = command.getValue().getCommand() instanceof NeedsEngine;
      var name = command.getKey();
      assertThat(NeedsEngine.in(new String[] {name, "x"})).as(name).isEqualTo(needs);
      assertThat(NeedsEngine.in(new String[] {name, "--help"})).as(name).isFalse();
    }
    assertThat(NeedsEngine.in(new String[] {})).isFalse();
  }

  @Test
  void numbersArePredictedByRidge() throws IOException {
    var out = folder.resolve("numbers");
    var run = ridge("count", out);
    assertThat(run.err).isEmpty();
    assertThat(run.code).isZero();
    assertThat(run.out).contains("R2 [95 %]").contains("Not shown:"); // words alone tell it
    var tree = dev.sonde.report.Results.parse(Files.readString(out.resolve("results.json")));
    int best = tree.path("best").path("site").asInt();
    var value = tree.path("sites").path(best).path("accuracy").path("value").asDouble();
    assertThat(value).isGreaterThan(0.8);
    assertThat(Files.readString(out.resolve("report.html"))).contains("chart-numbers");
    var scored =
        sonde(
            "score",
            "--probe",
            out.resolve("probe.safetensors").toString(),
            "--model",
            model.toString(),
            "the town of oslo is large number 3");
    assertThat(scored.code).isZero();
    var last = scored.out.lines().toList().getLast().strip();
    assertThat(Double.parseDouble(last.split(" ")[0])).isBetween(1.5, 4.5);
  }

  @Test
  void ridgeWantsNumbers() {
    var wrong = ridge("city", folder.resolve("none"));
    assertThat(wrong.code).isEqualTo(2);
    assertThat(wrong.err).contains("row 1: a numeric label is expected in column city");
  }

  @Test
  void aRunLeavesReportNumbersAndProbe() throws IOException {
    var out = folder.resolve("run");
    var result = probe(out, "--group", "city");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("resid_post.1", "bag of words", "control");
    // one word gives the label away: the verdict must not be yes
    assertThat(result.out().replaceAll("\\s+", " "))
        .contains("Not shown", "Strongest objection that remains: bag of words alone gives 1.000");
    try (var files = Files.list(out)) {
      assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder(LEFT);
    }
    assertThat(Files.readString(out.resolve("report.html")))
        .doesNotContain("{{")
        .contains("NOT SHOWN");
    var score =
        sonde(
            "score",
            "--probe",
            out.resolve("probe.safetensors").toString(),
            "--model",
            model.toString(),
            "the town of lyon is large number 3",
            "the town of lyon is small number 3");
    assertThat(score.code()).isZero();
    assertThat(score.out().lines().skip(1).map(l -> l.charAt(0))).containsExactly('0', '0');
    var tokens =
        sonde(
            "score",
            "--probe",
            out.resolve("probe.safetensors").toString(),
            "--model",
            model.toString(),
            "--tokens",
            "the town of lyon");
    assertThat(tokens.out().lines()).hasSize(2 + 6);
  }

  /// The embedding of [CLS] is the same in every text: chance, not an error.
  @Test
  void aSiteThatNeverChangesIsAtChance() {
    var result = probe(folder.resolve("cls"), "--group", "city", "--position", "cls");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).contains("embed            cls    0.500 [0.500, 0.500]");
  }

  @Test
  void randomLabelsFindNothing() {
    var result = probe(folder.resolve("noise"), "--group", "city", "--label", "noise");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("No: nothing in tiny");
  }

  @Test
  void theSameSeedGivesTheSameNumbersOnAnyNumberOfThreads() throws IOException {
    var one = folder.resolve("one");
    var two = folder.resolve("two");
    probe(one, "--threads", "1", "--group", "city");
    probe(two, "--threads", "3", "--group", "city");
    assertThat(numbers(two)).isEqualTo(numbers(one));
    assertThat(Files.mismatch(one.resolve("probe.safetensors"), two.resolve("probe.safetensors")))
        .isEqualTo(-1);
    var other = folder.resolve("other");
    probe(other, "--seed", "2", "--group", "city");
    assertThat(numbers(other)).isNotEqualTo(numbers(one));
  }

  private static String numbers(Path run) throws IOException {
    var text = Files.readString(run.resolve("results.json"));
    return text.substring(text.indexOf("\"subject\"")).replaceAll("\"(created|seconds)\"[^}]*", "");
  }

  @Test
  void aConfigFileSaysWhatOptionsSay() throws IOException {
    var config =
        Files.writeString(
            folder.resolve("c.yaml"),
            "model: %s\ndata: %s\ngroup: city\nposition: [mean]\npermutations: 99\nbootstrap: 200\nout: %s\n"
                .formatted(model, data, folder.resolve("fromfile")));
    var result = sonde("probe", "--config", config.toString(), "--position", "last");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains(" last ").doesNotContain("embed            mean");
    var typo = Files.writeString(folder.resolve("t.yaml"), "modle: x\n");
    refused("modle", "probe", "--config", typo.toString(), "--model", "x", "--data", "y");
  }

  @Test
  void badInputIsOneLineAndExitCodeTwo() throws IOException {
    var m = model.toString();
    var d = data.toString();
    refused("no file", "probe", "--model", m, "--data", "missing.csv");
    refused("nor a model of the catalogue", "probe", "--model", "gpt-17", "--data", d);
    refused("is empty", "probe", "--model", m, "--data", file("empty.csv", ""));
    refused("no column 'town'", "probe", "--model", m, "--data", d, "--group", "town");
    refused(
        "two classes", "probe", "--model", m, "--data", file("one.csv", "text,label\na,1\nb,1\n"));
    refused(
        "groups cannot fill",
        "probe",
        "--model",
        m,
        "--data",
        file("few.csv", "text,label,g\na,1,x\nb,0,x\nc,1,y\nd,0,y\n"),
        "--group",
        "g");
  }

  @Test
  void badOptionsAreOneLineAndExitCodeTwo() throws IOException {
    var m = model.toString();
    var d = data.toString();
    refused(
        "'nowhere' is no position", "probe", "--model", m, "--data", d, "--position", "nowhere");
    refused("'magic' is no probe", "probe", "--model", m, "--data", d, "--probe", "magic");
    refused("layers 0 to 1", "probe", "--model", m, "--data", d, "--points", "resid_post.7");
    refused("at least 3 folds", "probe", "--model", m, "--data", d, "--folds", "1");
    refused("Missing required option", "probe", "--model", m);
    var lengthy = new StringBuilder("text,label\n");
    for (int i = 0; i < 6; i++) {
      lengthy.append("word ".repeat(60)).append(i).append(",1\nshort ").append(i).append(",0\n");
    }
    refused("--truncate", "probe", "--model", m, "--data", file("long.csv", lengthy.toString()));
    refused(
        "no sound safetensors", "score", "--probe", file("x.safetensors", ""), "--model", m, "a");
  }

  @Test
  void badModelsAreOneLineAndExitCodeTwo() throws IOException {
    var d = data.toString();
    var config = Files.readString(model.resolve("config.json"));
    var weights = Files.readAllBytes(model.resolve("model.safetensors"));
    refused(
        "known",
        "probe",
        "--model",
        broken(
            "arch",
            config.replace("\"bert\"", "\"mamba9\"").replace("BertModel", "Mamba9"),
            weights),
        "--data",
        d);
    refused(
        "",
        "probe",
        "--model",
        broken("cut", config, java.util.Arrays.copyOf(weights, weights.length - 999)),
        "--data",
        d);
    refused(
        "shape",
        "probe",
        "--model",
        broken(
            "shape",
            config.replace("\"intermediate_size\": 64", "\"intermediate_size\": 60"),
            weights),
        "--data",
        d);
  }

  @Test
  void damagedWeightsAreOneLineAndExitCodeTwo() throws IOException {
    var d = data.toString();
    var config = Files.readString(model.resolve("config.json"));
    var weights = Files.readAllBytes(model.resolve("model.safetensors"));
    var header = weights.clone();
    header[7] = 0x7f;
    refused("header", "probe", "--model", broken("header", config, header), "--data", d);
    var nan = weights.clone();
    java.nio.ByteBuffer.wrap(nan)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .putFloat(nan.length - 4, Float.NaN);
    refused("NaN", "probe", "--model", broken("nan", config, nan), "--data", d);
  }

  @Test
  void aProbeReadsOnlyItsOwnModel() throws IOException {
    var out = folder.resolve("own");
    probe(out, "--group", "city");
    var other =
        TinyBert.write(folder.resolve("other-tiny"), new Seed(5), List.of("the town of lyon"));
    refused(
        "only the model it was trained on",
        "score",
        "--probe",
        out.resolve("probe.safetensors").toString(),
        "--model",
        other.toString(),
        "the town");
  }

  @Test
  void helpDoctorAndModelsAnswer() {
    for (var command : List.of("demo", "probe", "score", "verify", "models", "doctor")) {
      var help = sonde(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("sonde " + command);
    }
    assertThat(sonde("models").out()).contains("bert-base-uncased", "all-MiniLM-L6-v2");
    assertThat(sonde("models", "--json").out()).startsWith("[");
    assertThat(sonde("doctor").out())
        .contains("instruction set", "kernel, linear", "worker threads");
    assertThat(sonde("generate-completion").out()).contains("complete -F");
  }

  private static void refused(String says, String... args) {
    var result = sonde(args);
    assertThat(result.code()).as(String.join(" ", args) + " -> " + result.err()).isEqualTo(2);
    assertThat(result.err().strip().lines()).as(result.err()).hasSize(1);
    assertThat(result.err())
        .startsWith("sonde: ")
        .contains(says)
        .doesNotContain("\tat ", "unexpected");
  }

  private static String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static String broken(String name, String config, byte[] weights) throws IOException {
    var copy = Files.createDirectories(folder.resolve("broken-" + name));
    Files.copy(model.resolve("vocab.txt"), copy.resolve("vocab.txt"));
    Files.writeString(copy.resolve("config.json"), config);
    Files.write(copy.resolve("model.safetensors"), weights);
    return copy.toString();
  }
}
