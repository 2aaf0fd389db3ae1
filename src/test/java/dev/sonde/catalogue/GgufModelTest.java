package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.Shared;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.Progress;
import dev.sonde.model.Batch;
import dev.sonde.model.Generator;
import dev.sonde.model.Model;
import dev.sonde.model.Sampling;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.token.Tokenizer;
import dev.sonde.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real quantised decoder, SmolLM2-135M-Instruct, against what transformers computes from the
/// same file.
final class GgufModelTest {
  private static final Point LOGITS = Point.of(Place.LOGITS);

  @TempDir private Path folder = Path.of("");

  @Test
  void smolLm2IsTheReferences() throws IOException {
    var shared = Shared.folder("models/smollm2-135m-instruct");
    if (shared.isEmpty()) {
      return;
    }
    var source = shared.get();
    GgufModel.convert(source.resolve("SmolLM2-135M-Instruct.Q4_1.gguf"), folder, Progress.NONE);
    var expected = JsonMapper.shared().readTree(Files.readString(source.resolve("reference.json")));
    tokens(expected);
    try (var model = Model.open(folder, new Kernels(true, true, true, true));
        var tensors = SafeTensors.open(source.resolve("reference.safetensors"));
        var mode = Mode.inference()) {
      var prompts = StreamSupport.stream(expected.path("prompts").spliterator(), false).toList();
      for (int p = 0; p < 3; p++) {
        compare(model, ids(prompts.get(p).path("ids")), tensors, p);
      }
      greedy(model, expected);
    }
  }

  private void tokens(JsonNode expected) {
    try (var tokenizer = Tokenizer.open(folder)) {
      int compared = 0;
      for (var prompt : expected.path("prompts")) {
        assertThat(tokenizer.encode(prompt.path("text").stringValue()).ids())
            .isEqualTo(ids(prompt.path("ids")));
        compared++;
      }
      for (var chat : expected.path("chats")) {
        assertThat(tokenizer.encode(chat.path("rendered").stringValue()).ids())
            .isEqualTo(ids(chat.path("ids")));
        compared++;
      }
      assertThat(compared).isEqualTo(15);
    }
  }

  /// Hidden states at all 31 places within 2e-5 of scale, patterns and last logits within 1e-4.
  private static void compare(Model model, int[] ids, SafeTensors tensors, int prompt) {
    int layers = model.architecture().layers();
    try (var scope = Scope.open()) {
      var taps = model.read(Batch.of(List.of(ids)), model.points());
      int compared = 0;
      for (int l = 0; l <= layers; l++) {
        var point =
            l == 0
                ? Point.of(Place.EMBED)
                : l == layers ? Point.of(Place.LN_FINAL) : Point.residPost(l - 1);
        var want = tensors.get(prompt + ".hidden." + l);
        assertThat(off(taps.of(point, 0), want)).as("%s", point).isLessThan(2e-5);
        compared++;
      }
      for (int l : new int[] {0, 14, 29}) {
        var want = tensors.get(prompt + ".pattern." + l);
        assertThat(off(taps.of(Point.of(Place.PATTERN, l), 0), want)).isLessThan(1e-4);
        compared++;
      }
      var last = taps.of(LOGITS, 0).select(0, ids.length - 1);
      assertThat(off(last, tensors.get(prompt + ".last_logits"))).isLessThan(1e-4);
      assertThat(compared).isEqualTo(34);
    }
  }

  /// The words that follow, all texts side by side; where the reference's two best lie within a
  /// thousandth, either may come, and the text goes on from the reference's.
  private static void greedy(Model model, JsonNode expected) {
    var texts = new ArrayList<JsonNode>();
    expected.path("prompts").forEach(texts::add);
    expected.path("chats").forEach(texts::add);
    assertThat(model.stops()).containsExactly(2);
    var generator =
        new Generator(
            model, new Generator.Settings(32, Sampling.GREEDY, new Seed(1), model.stops()));
    var prompts = texts.stream().map(t -> ids(t.path("ids"))).toList();
    var found = generator.run(prompts, Generator.Listener.NONE);
    int ties = 0;
    for (int i = 0; i < texts.size(); i++) {
      int[] prompt = prompts.get(i);
      int[] whole = joined(prompt, ids(texts.get(i).path("greedy_ids")));
      int[] got = found.get(i).ids();
      for (int at = mismatch(got, whole); at >= 0; at = mismatch(got, whole)) {
        assertThat(lead(model, Arrays.copyOf(whole, at), whole[at]))
            .as("text %d, token %d", i, at)
            .isLessThan(1e-3f);
        ties++;
        got = at + 1 == whole.length ? whole : generator.run(Arrays.copyOf(whole, at + 1)).ids();
      }
    }
    System.out.printf(
        "SmolLM2: %d greedy texts are the reference's, but for %d steps whose two best lie within 1e-3%n",
        texts.size(), ties);
    assertThat(texts).hasSize(15);
  }

  private static int[] joined(int[] a, int[] b) {
    return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
  }

  /// Where a text leaves the one wanted, -1 if it holds the whole of it.
  private static int mismatch(int[] got, int[] whole) {
    return Arrays.mismatch(Arrays.copyOf(got, Math.min(got.length, whole.length)), whole);
  }

  /// By how much the best logit behind a text lies above that of `id`.
  private static float lead(Model model, int[] text, int id) {
    try (var scope = Scope.open()) {
      var logits = model.read(Batch.of(List.of(text)), List.of(LOGITS)).of(LOGITS, 0);
      var last = logits.select(0, text.length - 1L);
      return (float) last.max().item() - last.toFloats()[id];
    }
  }

  private static double off(Tensor found, Tensor expected) {
    return found.minus(expected).abs().max().item() / expected.abs().max().item();
  }

  private static int[] ids(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }
}
