package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.token.Tokenizer;
import dev.sonde.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tokenizers inside GGUF files: SentencePiece's against the ids of its own library
/// (`bench/sentencepiece_cases.py` made them), and what a file says of first tokens and splitting.
final class GgufTokenizerTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void sentencePieceIsTheLibrarys() throws IOException {
    var models = pieces();
    assertThat(models).hasSize(3);
    int compared = 0;
    for (var model : models) {
      var gguf = gguf(model).with("tokenizer.ggml.add_bos_token", false);
      try (var tokenizer = open(gguf.with("tokenizer.ggml.add_eos_token", false))) {
        for (var text : model.path("cases")) {
          var ids = tokenizer.encode(text.path("text").asString()).ids();
          assertThat(ids).as("%s", text).isEqualTo(ids(text));
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(24 + 26 + 24);
  }

  /// Worse scores first are other merges.
  @Test
  void scoresDecide() throws IOException {
    var model = pieces().getFirst();
    var scores = new ArrayList<Double>();
    model.path("scores").forEach(s -> scores.add(-s.asDouble()));
    var turned = gguf(model).with("tokenizer.ggml.scores", scores);
    int same = 0;
    try (var tokenizer = open(turned.with("tokenizer.ggml.add_bos_token", false))) {
      for (var text : model.path("cases")) {
        var ids = tokenizer.encode(text.path("text").asString()).ids();
        same += java.util.Arrays.equals(ids, ids(text)) ? 1 : 0;
      }
    }
    assertThat(same).isLessThan(24);
  }

  @Test
  void textsComeBack() throws IOException {
    for (var model : pieces().subList(0, 2)) {
      try (var tokenizer = open(gguf(model))) {
        for (var text : List.of("Hello world", "  two blanks", "a\nb", "日本語 😀")) {
          assertThat(tokenizer.decode(tokenizer.encode(text).ids())).isEqualTo(text);
        }
      }
    }
  }

  /// SentencePiece files begin texts unless they say no; those of Llama 3 do too.
  @Test
  void firstTokens() throws IOException {
    var model = pieces().getFirst();
    try (var tokenizer = open(gguf(model))) {
      var tokens = tokenizer.encode("city");
      assertThat(tokens.ids()[0]).isEqualTo(1);
      assertThat(tokens.special(0)).isTrue();
    }
    for (var pre :
        Map.of("llama-bpe", true, "qwen2", false, "tekken", true, "gpt-4o", false).entrySet()) {
      try (var tokenizer = open(bytePairs(pre.getKey()))) {
        int first = tokenizer.encode("ab").ids()[0];
        assertThat(first == 3).as(pre.getKey()).isEqualTo(pre.getValue());
      }
    }
  }

  /// `12345` is cut by threes, singly, or not at all.
  @Test
  void splittingIsTheFilesOwn() throws IOException {
    assertThat(cut("llama-bpe")).containsExactly("123", "45");
    assertThat(cut("dbrx")).containsExactly("123", "45");
    assertThat(cut("gpt-4o")).containsExactly("123", "45");
    assertThat(cut("qwen2")).containsExactly("1", "2", "3", "4", "5");
    assertThat(cut("smollm")).containsExactly("1", "2", "3", "4", "5");
    assertThat(cut("gpt-2")).containsExactly("12345");
  }

  private List<String> cut(String pre) throws IOException {
    var gguf = bytePairs(pre).with("tokenizer.ggml.add_bos_token", false);
    try (var tokenizer = open(gguf)) {
      var tokens = tokenizer.encode("12345");
      var out = new ArrayList<String>();
      for (int i = 0; i < tokens.size(); i++) {
        out.add(tokens.string(i));
      }
      return out;
    }
  }

  private static TinyGguf bytePairs(String pre) {
    var tokens =
        List.of("a", "b", "ab", "<s>", "1", "2", "3", "4", "5", "12", "123", "45", "12345");
    return new TinyGguf()
        .with("general.architecture", "llama")
        .with("tokenizer.ggml.model", "gpt2")
        .with("tokenizer.ggml.pre", pre)
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.token_type", List.of(1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1))
        .with("tokenizer.ggml.merges", List.of("a b", "1 2", "12 3", "4 5", "123 45"))
        .with("tokenizer.ggml.bos_token_id", 3);
  }

  private static TinyGguf gguf(JsonNode model) {
    var tokens = new ArrayList<String>();
    var scores = new ArrayList<Double>();
    var types = new ArrayList<Integer>();
    model.path("tokens").forEach(t -> tokens.add(t.asString()));
    model.path("scores").forEach(s -> scores.add(s.asDouble()));
    model.path("types").forEach(t -> types.add(t.asInt()));
    return new TinyGguf()
        .with("general.architecture", "llama")
        .with("tokenizer.ggml.model", model.path("kind").asString())
        .with("tokenizer.ggml.tokens", tokens)
        .with("tokenizer.ggml.scores", scores)
        .with("tokenizer.ggml.token_type", types)
        .with("tokenizer.ggml.add_space_prefix", model.path("add_space_prefix").asBoolean());
  }

  @MustBeClosed
  private Tokenizer open(TinyGguf gguf) throws IOException {
    try (var file = Gguf.open(Files.write(folder.resolve("a.gguf"), gguf.bytes()))) {
      Files.writeString(folder.resolve("tokenizer.json"), GgufTokenizer.json(file));
    }
    return Tokenizer.open(folder);
  }

  private static List<JsonNode> pieces() throws IOException {
    var text = Files.readString(Path.of("src/test/resources/gguf/pieces.json"));
    return JsonMapper.shared().readTree(text).path("models").valueStream().toList();
  }

  private static int[] ids(JsonNode text) {
    return text.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
  }
}
