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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// An interrupted run goes on from its folder alone, to the numbers of one that was never
/// interrupted; and does not where it would be another run.
final class ResumeTest {
  @TempDir private static Path folder = Path.of("");
  private static final List<String> WORDS = new ArrayList<>();
  private static final List<String> ARRAYS = new ArrayList<>();

  @BeforeAll
  static void write() throws IOException {
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("statement,label,kind,town\n");
    for (var town : List.of("lyon", "oslo", "lima", "perth", "turin", "basel", "fez", "cali")) {
      for (int i = 0; i < 24; i++) {
        var text = "the town of %s is %s number %d".formatted(town, i % 2 == 0 ? "old" : "new", i);
        texts.add(text);
        lines.append("%s,%d,k%d,%s%n".formatted(text, i % 2, i % 3, town));
      }
    }
    TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    Files.writeString(folder.resolve("towns.csv"), lines);
    Files.writeString(
        folder.resolve("run.yaml"),
        """
        no-baselines: true
        without: [mdl, curve]
        points: [resid_post, attn_out]
        """);
    WORDS.addAll(List.of("probe", "--model", "tiny", "--data", "towns.csv", "--group", "town"));
    WORDS.addAll(List.of("--label", "label", "--position", "last,mean,first,cls"));
    WORDS.addAll(List.of("--permutations", "199", "--threads", "1", "--config", "run.yaml"));
    var random = new Seed(3).generator();
    var values = new float[192 * 40 * 24];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() + (i / (40 * 24) % 2 == 1 && i % 7 == 0 ? 1 : 0);
    }
    Npz.write(folder.resolve("acts.npz"), Map.of("x", NdArray.of(values, 192, 40, 24)));
    ARRAYS.addAll(List.of("probe", "--activations", "acts.npz", "--labels", "towns.csv:kind"));
    ARRAYS.addAll(List.of("--groups", "towns.csv:town", "--permutations", "49"));
    ARRAYS.addAll(List.of("--threads", "1", "--layers", "0-19", "--positive", "k1"));
  }

  private static List<String> with(List<String> args, String... more) {
    var out = new ArrayList<>(args);
    out.addAll(List.of(more));
    return out;
  }

  /// The same, its files named from here.
  private static String[] fromHere(List<String> args) {
    return args.stream()
        .map(a -> a.matches("tiny|(towns\\.csv|acts\\.npz|run\\.yaml).*") ? folder + "/" + a : a)
        .toArray(String[]::new);
  }

  private static CliTest.Result resumed(Path from, String... more) {
    return CliTest.sonde(
        with(List.of("probe", "--resume", from.toString()), more).toArray(String[]::new));
  }

  /// What a run says, but for when it was made and where its files lay.
  private static String numbers(Path out) throws IOException {
    var tree = (ObjectNode) Results.parse(Files.readString(out.resolve("results.json")));
    ((ObjectNode) tree.path("origin")).remove(List.of("created", "seconds"));
    return tree.toString().replace(folder + "/", "");
  }

  /// A run that nobody interrupted, made once.
  private static Path whole(String name, List<String> args) {
    var out = folder.resolve(name);
    if (Files.exists(out)) {
      return out;
    }
    var result = CliTest.sonde(fromHere(with(args, "--out", out.toString())));
    assertThat(result.code()).as(result.err()).isZero();
    return out;
  }

  private static void same(Path out, Path whole) throws IOException {
    assertThat(numbers(out)).isEqualTo(numbers(whole));
    for (var file : List.of("probe.safetensors", "predictions.parquet")) {
      assertThat(Files.mismatch(out.resolve(file), whole.resolve(file))).as(file).isEqualTo(-1);
    }
  }

  private static void refused(CliTest.Result result, String... words) {
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).hasLineCount(1).contains(words);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aRunOfWordsGoesOnFromItsFolder() throws Exception {
    var whole = whole("whole", WORDS);
    for (var signal : List.of(Stopping.polite(), "-KILL")) {
      var out = folder.resolve("run" + signal);
      var said = Stopping.stopped(folder, out, with(WORDS, "--out", out.toString()), signal);
      assertThat(said.contains("sonde probe --resume " + out)).isEqualTo(!signal.equals("-KILL"));
      // moved: the results go where the run is
      var moved = Files.move(out, folder.resolve("moved" + signal));
      assertThat(resumed(moved, "--threads", "2").code()).isZero();
      same(moved, whole);
      assertThat(out).doesNotExist();
      assertThat(Stopping.kept(moved)).isEqualTo(1); // the probe alone
      refused(resumed(moved), "is finished");
    }
  }

  @Test
  void aRunThatWasGivenNoFolderEndsBesideWhereItWas() throws Exception {
    var whole = whole("whole", WORDS);
    var runs = folder.resolve("runs");
    var said = Stopping.stopped(folder, runs, WORDS, Stopping.polite());
    var kept = said.strip().replaceAll("(?s).* --resume ", "");
    assertThat(kept).startsWith("runs/unfinished-");
    var result = resumed(folder.resolve(kept));
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(folder.resolve(kept)).doesNotExist();
    try (var all = Files.list(runs)) {
      same(all.findFirst().orElseThrow(), whole);
    }
  }

  @Test
  void aRunOfActivationsGoesOnFromItsFolder() throws Exception {
    var whole = whole("arrays", ARRAYS);
    for (var signal : List.of("-TERM", "-KILL")) {
      var out = folder.resolve("arrays" + signal);
      Stopping.stopped(folder, out, with(ARRAYS, "--out", out.toString()), signal);
      var result = resumed(out);
      assertThat(result.code()).as(result.err()).isZero();
      same(out, whole);
    }
  }

  /// What is kept is read, not made again.
  @Test
  void whatIsKeptOfActivationsIsRead() throws Exception {
    var whole = whole("arrays", ARRAYS);
    var out = folder.resolve("changed");
    Stopping.stopped(folder, out, with(ARRAYS, "--out", out.toString()), "-TERM");
    try (var files = Files.walk(out)) {
      for (var file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= (byte) 0x80; // the sign of the last row's score
        Files.write(file, bytes);
      }
    }
    assertThat(resumed(out).code()).isZero();
    var tree = Results.parse(Files.readString(out.resolve("results.json")));
    var plain = Results.parse(Files.readString(whole.resolve("results.json")));
    assertThat(tree.path("sites")).isNotEqualTo(plain.path("sites"));
  }

  @Test
  void whatHasChangedIsRefusedAndNothingIsLost() throws Exception {
    var data = folder.resolve("towns.csv");
    var weights = folder.resolve("tiny/model.safetensors");
    var out = folder.resolve("refused");
    Stopping.stopped(folder, out, with(WORDS, "--out", out.toString()), "-TERM");
    long before = Stopping.kept(out);
    for (var file : List.of(data, weights)) {
      var saved = Files.copy(file, folder.resolve("saved"), StandardCopyOption.REPLACE_EXISTING);
      var bytes = Files.readAllBytes(file);
      bytes[bytes.length - 2] ^= 1;
      Files.write(file, bytes);
      var what = file.equals(data) ? "the data of the run" : "the model";
      refused(resumed(out), what, "changed since it was interrupted", "put it back");
      Files.copy(saved, file, StandardCopyOption.REPLACE_EXISTING);
    }
    refused(resumed(out, "--folds", "3"), "leave out --folds");
    assertThat(Stopping.kept(out)).isEqualTo(before);
    assertThat(out.resolve("results.json")).doesNotExist();
    var result = resumed(out);
    assertThat(result.code()).as(result.err()).isZero();
  }

  @Test
  void whatIsNoInterruptedRunIsRefused() throws Exception {
    refused(resumed(folder.resolve("nowhere")), "there is no folder");
    var empty = Files.createDirectories(folder.resolve("empty"));
    refused(resumed(empty), "holds no interrupted run");
    for (var name : List.of("unfinished-a", "unfinished-b")) {
      Files.createDirectories(empty.resolve(name));
      Files.writeString(empty.resolve(name).resolve("run.json"), "{}");
    }
    refused(resumed(empty), "holds 2 interrupted runs", "unfinished-a", "unfinished-b");
    refused(resumed(empty.resolve("unfinished-a")), "is no note of an interrupted run");
    Files.writeString(empty.resolve("unfinished-a").resolve("run.json"), "{ half");
    refused(resumed(empty.resolve("unfinished-a")), "cannot be read as the note");
  }

  @Test
  void aRunThatIsRefusedLeavesNoNote() throws Exception {
    var out = folder.resolve("none");
    var args = with(WORDS, "--out", out.toString(), "--probe", "no-such-probe");
    assertThat(CliTest.sonde(fromHere(args)).code()).isEqualTo(2);
    try (var files = Files.list(out)) {
      assertThat(files).isEmpty();
    }
  }
}
