package dev.sonde.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.Shared;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Batch;
import dev.sonde.model.Model;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Mode;
import dev.sonde.tensor.Scope;
import dev.sonde.token.Tokenizer;
import dev.sonde.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// WordPiece inside a GGUF file against the vocabulary that it was made from, and what of a BERT is
/// not read.
final class GgufBertTest {
  private static final List<String> SPECIAL =
      List.of("[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final List<String> SMALL =
      List.of(
          "the", "walk", "##ing", "##s", "##ed", "#", "##", "!", "##!", "[", "]", "cafe", "un",
          "##able", "##a", "a", "b", "##b", "中", "国", "##国", "street", "ß", "strasse", "1", "##2");
  private static final List<String> TEXTS =
      List.of(
          "The walking cafe",
          "Walks, walked! [walk]",
          "Café CAFÉ cafe\u0301",
          "中国中x国",
          "unable unthinkable ab aab ba",
          "# ## ### ##ing",
          "[MASK] the [MASK]ing [CLS]x[UNK]",
          "12 1212 21",
          "Straße strasse ß",
          "[unused0] \u0000 a\u200bb \ufffd",
          "▁the ▁ing",
          "a".repeat(101),
          "a".repeat(100),
          "",
          "   ");

  @TempDir private Path folder = Path.of("");

  private static List<String> words(List<String> more) {
    var out = new ArrayList<>(SPECIAL);
    out.addAll(more);
    return out;
  }

  /// What the hub has of such a model.
  @MustBeClosed
  private Tokenizer hub(List<String> words, boolean lower) throws IOException {
    var own = Files.createTempDirectory(folder, "hub");
    Files.write(own.resolve("vocab.txt"), words);
    Files.writeString(
        own.resolve("tokenizer_config.json"), "{\"do_lower_case\": %s}".formatted(lower));
    return Tokenizer.open(own);
  }

  private static TinyGguf gguf(List<String> words) {
    var out = new TinyGguf().with("general.architecture", "bert");
    GgufCase.words(out, words);
    return out;
  }

  @MustBeClosed
  private Tokenizer open(TinyGguf gguf) throws IOException {
    var own = Files.createTempDirectory(folder, "gguf");
    try (var file = Gguf.open(Files.write(own.resolve("a.gguf"), gguf.bytes()))) {
      Files.writeString(own.resolve("tokenizer.json"), GgufTokenizer.json(file));
      Files.writeString(own.resolve("tokenizer_config.json"), GgufTokenizer.config(file));
    }
    return Tokenizer.open(own);
  }

  private static int differing(Tokenizer a, Tokenizer b) {
    int out = 0;
    for (var text : TEXTS) {
      var expected = a.encode(text);
      var found = b.encode(text);
      boolean same = java.util.Arrays.equals(expected.ids(), found.ids());
      for (int i = 0; same && i < found.size(); i++) {
        same =
            found.special(i) == expected.special(i) && found.string(i).equals(expected.string(i));
      }
      out += same ? 0 : 1;
    }
    return out;
  }

  @Test
  void tokensAreThoseOfTheVocabulary() throws IOException {
    var words = words(SMALL);
    try (var hub = hub(words, true);
        var own = open(gguf(words))) {
      assertThat(differing(hub, own)).isZero();
      var tokens = own.encode("walks");
      assertThat(tokens.ids())
          .containsExactly(
              words.indexOf("[CLS]"),
              words.indexOf("walk"),
              words.indexOf("##s"),
              words.indexOf("[SEP]"));
      assertThat(tokens.special(0)).isTrue();
      assertThat(tokens.special(1)).isFalse();
    }
  }

  /// Capitals are kept where the file says so, or where the vocabulary has some.
  @Test
  void capitals() throws IOException {
    var words = words(SMALL);
    var cased = new ArrayList<>(words);
    cased.addAll(List.of("The", "Walk", "CAF", "É", "##É", "é", "##é", "caf"));
    try (var hub = hub(cased, false);
        var silent = open(gguf(cased));
        var told = open(gguf(words).with("tokenizer.ggml.normalizer.lowercase", false));
        var small = open(gguf(cased).with("tokenizer.ggml.normalizer.lowercase", true));
        var kept = hub(words, false);
        var lower = hub(cased, true)) {
      assertThat(differing(hub, silent)).isZero();
      assertThat(differing(kept, told)).isZero();
      assertThat(differing(lower, small)).isZero();
      assertThat(differing(silent, small)).isGreaterThan(1);
      assertThat(differing(told, lower)).isGreaterThan(1);
    }
  }

  /// Files of before the marks were kept apart have bracketed words as they are; one may leave out
  /// what stands around texts.
  @Test
  void otherWritings() throws IOException {
    var words = words(SMALL);
    var tokens = new ArrayList<String>();
    for (var word : words) {
      boolean marks = word.startsWith("[") && word.endsWith("]");
      tokens.add(marks ? word : word.startsWith("##") ? word.substring(2) : "▁" + word);
    }
    // a template that ends on [SEP], as the converter of 2026 reads it
    var ended =
        gguf(words)
            .with("tokenizer.ggml.add_bos_token", true)
            .with("tokenizer.ggml.add_eos_token", true)
            .with("tokenizer.ggml.add_sep_token", false);
    try (var hub = hub(words, true);
        var old = open(gguf(words).with("tokenizer.ggml.tokens", tokens));
        var now = open(ended);
        var bare =
            open(
                gguf(words)
                    .with("tokenizer.ggml.add_bos_token", false)
                    .with("tokenizer.ggml.add_sep_token", false))) {
      assertThat(differing(hub, old)).isZero();
      assertThat(differing(hub, now)).isZero();
      assertThat(bare.encode("walks").ids())
          .containsExactly(words.indexOf("walk"), words.indexOf("##s"));
    }
  }

  /// A file that the converter's own package wrote (bench/gguf_bert.py) is the network that it was
  /// made from, and reads texts as its tokenizer does.
  @Test
  void aFileOfTheConvertersPackage() throws IOException {
    var hub = Path.of("src/test/resources/configurations/bert_untied");
    GgufModel.convert(Path.of("src/test/resources/gguf/bert.gguf"), folder, Progress.NONE);
    try (var tokenizer = Tokenizer.open(folder);
        var expected = Model.open(hub, Kernels.PLAIN);
        var found = Model.open(folder, Kernels.PLAIN);
        var mode = Mode.inference();
        var scope = Scope.open()) {
      int[] ids = tokenizer.encode("t7 t8t9 [MASK]").ids();
      assertThat(ids).containsExactly(2, 7, 8, 9, 4, 3);
      var batch = Batch.of(List.of(ids));
      var points = found.points();
      assertThat(points).hasSize(expected.points().size() - 1); // files have no head
      var a = expected.read(batch, points);
      var b = found.read(Batch.of(List.of(ids)), points);
      for (var point : points) {
        assertThat(b.of(point, 0).toFloats()).as("%s", point).isEqualTo(a.of(point, 0).toFloats());
      }
    }
  }

  @Test
  void whatIsNotBuiltIsNamed() throws IOException {
    var golden = Shared.folder("golden/bert");
    if (golden.isEmpty()) {
      return;
    }
    var from = golden.get();
    refused(GgufCase.of(from).with("bert.rope.freq_base", 1e4), "bert.rope.freq_base");
    refused(GgufCase.of(from).with("bert.logit_scale", 0.5), "bert.logit_scale");
    refused(GgufCase.of(from).with("bert.attention.head_count_kv", 2), "share keys");
    refused(GgufCase.of(from).with("tokenizer.ggml.model", "gpt2"), "of kind 'gpt2'");
    refused(GgufCase.of(from).with("tokenizer.ggml.mask_token_id", 97), "the token 97");
    refused(
        GgufCase.of(from).with("cls.output.weight", List.of(1L), new float[1]),
        "cls.output.weight");
    var tokens = new ArrayList<String>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    while (tokens.size() < 97) {
      tokens.add("▁same");
    }
    refused(GgufCase.of(from).with("tokenizer.ggml.tokens", tokens), "5 and 6 alike ('same')");
  }

  private void refused(TinyGguf gguf, String named) throws IOException {
    var source = Files.write(folder.resolve("refused.gguf"), gguf.bytes());
    assertThatThrownBy(() -> GgufModel.convert(source, folder, Progress.NONE))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(named);
  }
}
