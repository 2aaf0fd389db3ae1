package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.model.Batch;
import dev.sonde.probe.Linear;
import dev.sonde.probe.SavedProbe;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `sonde run`: what it shows is what the library reads, edits do what they say, and what cannot be
/// done is one line and exit code 2.
final class RunCommandTest {
  private static final String TEXT = "Once upon a time";

  @TempDir private static Path folder = Path.of("");
  private static Path tiny = Path.of("");

  @BeforeAll
  static void writeTiny() {
    tiny = TinyBert.write(folder.resolve("tiny"), new Seed(4), List.of("the town is large"));
  }

  private static Optional<String> stories() {
    return Shared.folder("models/stories260k").map(Path::toString);
  }

  private static JsonNode run(String... args) {
    var all = new ArrayList<>(List.of("run"));
    all.addAll(List.of(args));
    all.add("--json");
    var result = CliTest.sonde(all.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return JsonMapper.shared().readTree(result.out());
  }

  private static JsonNode point(JsonNode run, String name) {
    return run.path("points")
        .valueStream()
        .filter(p -> p.path("point").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<Double> numbers(JsonNode list) {
    return list.valueStream().map(JsonNode::doubleValue).toList();
  }

  @Test
  void whatIsShownIsWhatTheNetworkComputes() {
    var model = stories();
    if (model.isEmpty()) {
      return;
    }
    var shown = run(model.get(), TEXT, "--capture", "resid_post.*,attn_out.3,z.0", "--top", "3");
    assertThat(shown.path("points").size()).isEqualTo(7);
    assertThat(point(shown, "z.0").path("shape").toString()).isEqualTo("[5,8,8]");
    var plain = CliTest.sonde("run", model.get(), TEXT, "--capture", "resid_post.4").out();
    assertThat(plain).contains("5 tokens: <s> ", "[5, 64]", "next token").doesNotContain("KL");
    try (var open = OpenModel.open(model.get(), folder, Kernels.PLAIN, Progress.NONE);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      var logits = Point.of(Place.LOGITS);
      var end = Point.residPost(4);
      int[] ids = open.tokenizer().encode(TEXT).ids();
      var taps = open.model().read(Batch.of(List.of(ids)), List.of(end, logits));
      var norms = taps.of(end, 0).square().sum(1).sqrt().toDoubles();
      var found = numbers(point(shown, "resid_post.4").path("norms"));
      for (int i = 0; i < norms.length; i++) {
        assertThat(found.get(i))
            .isCloseTo(norms[i], org.assertj.core.data.Percentage.withPercentage(1e-3));
      }
      long best = taps.of(logits, 0).select(0, 4).argmax(0).toLongs()[0];
      var word = shown.path("answers").path(0).path("words").path(0);
      assertThat(word.path("id").asLong()).isEqualTo(best);
      assertThat(word.has("edited_logit")).isFalse();
    }
  }

  @Test
  void anEditMovesWhatFollowsAndNothingBefore() {
    var model = stories();
    if (model.isEmpty()) {
      return;
    }
    var shown = run(model.get(), TEXT, "--capture", "resid_post.*", "--edit", "z.1/0,3@-2=zero");
    assertThat(numbers(point(shown, "resid_post.0").path("moved"))).containsOnly(0.0);
    var moved = numbers(point(shown, "resid_post.4").path("moved"));
    assertThat(moved.subList(0, 3)).containsOnly(0.0);
    assertThat(moved.subList(3, 5)).allMatch(m -> m > 0);
    assertThat(shown.path("answers").path(0).path("kl").doubleValue()).isPositive();
    assertThat(shown.path("edits").path(0).stringValue()).isEqualTo("z.1/0,3@-2=zero");
    var none =
        run(model.get(), TEXT, "--capture", "resid_post.4", "--edit", "resid_post.2=scale:1");
    assertThat(numbers(point(none, "resid_post.4").path("moved"))).containsOnly(0.0);
    assertThat(none.path("answers").path(0).path("kl").doubleValue()).isZero();
    var text = CliTest.sonde("run", model.get(), TEXT, "--edit", "resid_post.4=zero").out();
    assertThat(text).contains("KL(without || with): ");
  }

  @Test
  void editsAreKeptInAFile() throws IOException {
    var model = stories();
    if (model.isEmpty()) {
      return;
    }
    var file = folder.resolve("edits.json").toString();
    var made =
        run(
            model.get(),
            TEXT,
            "--capture",
            "resid_post.4",
            "--edit",
            "resid_post.2@1:3=add:0.5*0.25",
            "--edit",
            "pattern.0/1=scale:0.5",
            "--save-edits",
            file);
    var again = run(model.get(), TEXT, "--capture", "resid_post.4", "--edits", file);
    assertThat(again).isEqualTo(made);
    var text = CliTest.sonde("generate", model.get(), TEXT, "--edits", file, "--max-tokens", "9");
    assertThat(text.code()).isZero();
    refused("made for a network of 5 layers", "run", tiny.toString(), "the town", "--edits", file);
    var absent = folder.resolve("absent.json");
    refused("no such file", "run", model.get(), TEXT, "--edits", absent.toString());
    refused(
        "position 9",
        "run",
        model.get(),
        TEXT,
        "--edit",
        "z.1@9=zero",
        "--save-edits",
        absent.toString());
    assertThat(absent).doesNotExist();
  }

  @Test
  void whatIsCapturedIsSaved() throws IOException {
    var model = stories();
    if (model.isEmpty()) {
      return;
    }
    var file = folder.resolve("run.safetensors");
    var shown =
        CliTest.sonde(
            "run",
            model.get(),
            TEXT,
            "Lily",
            "--capture",
            "mlp_out.0,pattern.1",
            "--edit",
            "mlp_out.0@last=zero",
            "--out",
            file.toString());
    assertThat(shown.code()).isZero();
    var json = JsonMapper.shared().readTree(Files.readString(folder.resolve("run.json")));
    assertThat(json.path("sha256").stringValue()).isEqualTo(Digest.of(file).hex());
    assertThat(json.path("texts").size()).isEqualTo(2);
    try (var saved = SafeTensors.open(file);
        var scope = Scope.open()) {
      long[] offsets = saved.get("text_offsets").toLongs();
      assertThat(offsets).hasSize(3).startsWith(0, 5);
      assertThat(saved.shape("mlp_out.0")).containsExactly(offsets[2], 64);
      assertThat(saved.shape("pattern.1/0")).containsExactly(8, 5, 5);
      var edited = saved.get("mlp_out.0").select(0, 4).toFloats();
      assertThat(edited).containsOnly(0);
      assertThat(saved.get("unedited/mlp_out.0").select(0, 4).toFloats()).isNotEqualTo(edited);
      assertThat(saved.get("unedited/mlp_out.0").select(0, 3).toFloats())
          .isEqualTo(saved.get("mlp_out.0").select(0, 3).toFloats());
    }
    // its rows are a reference set
    var mean = run(model.get(), TEXT, "--capture", "mlp_out.0", "--edit", "mlp_out.0=mean:" + file);
    var norms = numbers(point(mean, "mlp_out.0").path("edited_norms"));
    assertThat(norms).containsOnly(norms.getFirst());
  }

  @Test
  void masksAreFilledAndVectorsComeFromFiles() throws IOException {
    var direction = folder.resolve("direction.npy");
    var up = new float[TinyBert.WIDTH];
    for (int i = 0; i < up.length; i++) {
      up[i] = i % 3;
    }
    Files.write(direction, npy(up));
    var named = folder.resolve("named.safetensors");
    new SafeTensorsFile().with("a", up, up.length).with("b", new float[7], 7).write(named);
    var m = tiny.toString();
    var text = "the town is large";
    var fromNpy = run(m, text, "--capture", "resid_post.1", "--edit", "embed@2=add:3*" + direction);
    var fromTensors =
        run(m, text, "--capture", "resid_post.1", "--edit", "embed@2=add:3*" + named + "#a");
    assertThat(fromTensors.path("points")).isEqualTo(fromNpy.path("points"));
    // both sides are read: what stands before the edit moves too
    assertThat(numbers(point(fromNpy, "resid_post.1").path("moved"))).allMatch(x -> x > 0);
    assertThat(fromNpy.path("answers").size()).isZero(); // no head, nothing masked
    refused("2 tensors and none is called embed", "run", m, text, "--edit", "embed=add:" + named);
    refused("the vector from", "run", m, text, "--edit", "embed=add:" + named + "#b");
    refused("no tensor 'c'", "run", m, text, "--edit", "embed=add:" + named + "#c");
    refused("no such file", "run", m, text, "--edit", "embed=add:absent.npy");
  }

  private static byte[] npy(float[] values) throws IOException {
    var header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }".formatted(values.length);
    var out =
        java.nio.ByteBuffer.allocate(10 + header.length() + 4 * values.length)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    out.put((byte) 1).put((byte) 0).putShort((short) header.length());
    out.put(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    for (float value : values) {
      out.putFloat(value);
    }
    return out.array();
  }

  @Test
  void aProbesDirectionIsAVectorOfItsOwnModel() {
    var text = "the town is large";
    var direction = new double[TinyBert.WIDTH];
    Arrays.setAll(direction, i -> i % 5 - 1.7);
    var file = folder.resolve("probe.safetensors");
    try (var open = OpenModel.open(tiny.toString(), folder, Kernels.PLAIN, Progress.NONE)) {
      probe(open.digest(), open.tokenizer().digest().brief(), direction).write(file);
    }
    var moved =
        run(
            tiny.toString(),
            text,
            "--capture",
            "resid_post.1",
            "--edit",
            "resid_post.0=add:2*" + file);
    assertThat(numbers(point(moved, "resid_post.1").path("moved"))).allMatch(x -> x > 0);
    assertThat(moved.path("edits").path(0).stringValue()).endsWith("#resid_post.0@last");
    refused("no probe at embed", "run", tiny.toString(), text, "--edit", "embed=add:" + file);
    refused("is a probe", "run", tiny.toString(), text, "--edit", "resid_post.0=mean:" + file);
    probe(Digest.of("another"), "x", direction).write(file);
    refused(
        "only the model it was trained on",
        "run",
        tiny.toString(),
        text,
        "--edit",
        "resid_post.0=add:" + file);
  }

  private static SavedProbe probe(Digest model, String tokenizer, double[] direction) {
    return new SavedProbe(
        model,
        tokenizer,
        "logistic",
        "resid_post.0@last",
        List.of("0", "1"),
        "study",
        Map.of("resid_post.0@last", Linear.of(direction, 0)));
  }

  @Test
  void theNumbersThatItComputesInAreSaid() throws IOException {
    var m = tiny.toString();
    var half = run(m, "the town", "--capture", "resid_post.1", "--dtype", "bfloat16");
    assertThat(half.path("dtype").stringValue()).isEqualTo("bfloat16");
    var single = run(m, "the town", "--capture", "resid_post.1");
    assertThat(single.path("dtype").stringValue()).isEqualTo("float32");
    assertThat(half.path("points")).isNotEqualTo(single.path("points"));
    refused("float32, float64 or bfloat16", "run", m, "the", "--dtype", "half");
    var texts = Files.writeString(folder.resolve("t.csv"), "text\nthe town\n").toString();
    var store = folder.resolve("store").toString();
    var capture = new String[] {"capture", "--model", m, "--data", texts, "--out", store};
    assertThat(CliTest.sonde(capture).code()).isZero();
    var other = Arrays.copyOf(capture, capture.length + 2);
    other[capture.length] = "--dtype";
    other[capture.length + 1] = "float64";
    var result = CliTest.sonde(other);
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("computed in float32, this would be float64");
    var manifest = Files.readString(Path.of(store, "manifest.json"));
    assertThat(manifest).contains("\"computed_in\" : \"float32\"");
  }

  /// A build with CUDA computes there what the processor computes; any other says what is missing.
  @Test
  void aGpuIsUsedOrRefused() {
    var m = tiny.toString();
    var cuda = new String[] {"run", m, "the town", "--capture", "resid_post.1", "--device", "cuda"};
    var result = CliTest.sonde(cuda);
    if (result.code() == 0) {
      var there = numbers(point(run(Arrays.copyOfRange(cuda, 1, 7)), "resid_post.1").path("norms"));
      var here = numbers(point(run(Arrays.copyOfRange(cuda, 1, 5)), "resid_post.1").path("norms"));
      for (int i = 0; i < here.size(); i++) {
        assertThat(there.get(i)).isBetween(here.get(i) * 0.9999, here.get(i) * 1.0001);
      }
    } else {
      refused("--device cuda: ", cuda);
      assertThat(result.err()).contains("docs/gpu.md");
    }
    cuda[6] = "tpu";
    refused("--device takes cpu or cuda", cuda);
  }

  @Test
  void whatCannotBeDoneIsOneLine() {
    var m = tiny.toString();
    refused("nothing to run", "run", m);
    refused("is no edit", "run", m, "the", "--edit", "zero");
    refused("layers 0 to 1", "run", m, "the", "--capture", "resid_post.7");
    refused("has no router", "run", m, "the", "--edit", "router.0=zero");
    refused("heads 0 to 3", "run", m, "the", "--edit", "z.0/4=zero");
    refused("name some points", "run", m, "the", "--out", folder + "/x.safetensors");
    refused("ends in .safetensors", "run", m, "the", "--capture", "embed", "--out", "x.bin");
    refused("--top takes", "run", m, "the", "--top", "-1");
    refused("no file", "run", m, "--data", "absent.csv");
  }

  private static void refused(String why, String... args) {
    var result = CliTest.sonde(args);
    assertThat(result.code()).as(String.join(" ", args) + result.err()).isEqualTo(2);
    assertThat(result.err().lines()).as(result.err()).hasSize(1);
    assertThat(result.err()).startsWith("sonde: ").contains(why);
    assertThat(result.out()).isEmpty();
  }
}
