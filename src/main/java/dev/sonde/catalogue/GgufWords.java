package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// WordPiece inside a GGUF file (`bert`) as `tokenizer.json`.
///
/// llama.cpp's converter writes the pieces the other way round: what begins a word has `▁` before
/// it, what goes on has lost its `##`; special tokens are as they were. That is undone. The file
/// says whether texts are lower-cased and lose their accents, or else a vocabulary with capitals
/// says that they are not: no lower-cased text would come to those.
final class GgufWords {
  private static final String GOES_ON = "##";
  private static final String BETWEEN = "tokenizer.ggml.add_sep_token";
  private static final int LONGEST_WORD = 100;

  private final Gguf file;
  private final List<Object> tokens;
  private final List<Object> types;

  private GgufWords(Gguf file) {
    this.file = file;
    tokens = file.list("tokenizer.ggml.tokens");
    types = GgufTokenizer.types(file, tokens.size());
  }

  /// @throws BadInput if a token that texts need is not in the list, or two are spelt alike
  static void describe(Gguf file, ObjectNode out) {
    var own = new GgufWords(file);
    int first = own.named("101", "cls", "bos");
    int last = own.named("102", "seperator", "eos");
    int unknown = own.named("100", "unknown");
    var special = new HashSet<>(List.of(first, last, unknown));
    for (var name : List.of("padding", "mask")) {
      if (file.hasKey(key(name))) {
        special.add(own.named("", name));
      }
    }
    own.added(special, out.putArray("added_tokens"));
    own.normalizer(out.putObject("normalizer"));
    out.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    own.around(first, last, out.putObject("post_processor"));
    out.putObject("decoder").put("type", "WordPiece").put("prefix", GOES_ON).put("cleanup", true);
    own.vocabulary(unknown, out.putObject("model"));
  }

  private static String key(String name) {
    return "tokenizer.ggml.%s_token_id".formatted(name);
  }

  /// The id under the first of these names that the file has, or the one that BERT's own vocabulary
  /// has. `seperator` is how the format spells it.
  private int named(String otherwise, String... names) {
    for (var name : names) {
      if (file.hasKey(key(name))) {
        return known(file.integer(key(name)));
      }
    }
    return known(Long.parseLong(otherwise));
  }

  private int known(long id) {
    var _ = GgufTokenizer.token(file, tokens, id);
    return Math.toIntExact(id);
  }

  private String spelt(int id) {
    var token = GgufTokenizer.token(file, tokens, id);
    boolean bracketed = token.startsWith("[") && token.endsWith("]");
    if (GgufTokenizer.type(types, id) == GgufTokenizer.CONTROL || bracketed) {
      return token;
    }
    boolean begins = token.startsWith(GgufTokenizer.SPACE) && token.length() > 1;
    return begins ? token.substring(1) : GOES_ON + token;
  }

  private void added(Set<Integer> special, ArrayNode out) {
    for (int i = 0; i < tokens.size(); i++) {
      long type = GgufTokenizer.type(types, i);
      boolean marks = type == GgufTokenizer.CONTROL || special.contains(i);
      if (marks || type == GgufTokenizer.USER_DEFINED) {
        out.addObject()
            .put("id", i)
            .put("content", spelt(i))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", marks);
      }
    }
  }

  private void normalizer(ObjectNode out) {
    boolean small = file.bool("tokenizer.ggml.normalizer.lowercase", !hasCapitals());
    out.put("type", "BertNormalizer");
    out.put("clean_text", true);
    out.put("handle_chinese_chars", true);
    out.put("strip_accents", file.bool("tokenizer.ggml.normalizer.strip_accents", small));
    out.put("lowercase", small);
  }

  private boolean hasCapitals() {
    for (int i = 0; i < tokens.size(); i++) {
      var token = spelt(i);
      boolean marks = token.startsWith("[") && token.endsWith("]");
      boolean normal = GgufTokenizer.type(types, i) == GgufTokenizer.NORMAL && !marks;
      if (normal && !token.equals(token.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /// `[CLS] text [SEP]`, `[CLS] text [SEP] text [SEP]`, unless the file leaves one of them out.
  /// Where a file tells of an end, `add_sep_token` is whether a second mark follows it between two
  /// texts.
  private void around(int first, int last, ObjectNode out) {
    out.put("type", "TemplateProcessing");
    boolean begins = file.bool("tokenizer.ggml.add_bos_token", true);
    boolean ends = file.bool("tokenizer.ggml.add_eos_token", file.bool(BETWEEN, true));
    var special = out.putObject("special_tokens");
    var pair = out.putArray("pair");
    if (begins) {
      end(first, 0, pair, special);
    }
    for (int part = 0; part < 2; part++) {
      pair.addObject().putObject("Sequence").put("id", part == 0 ? "A" : "B").put("type_id", part);
      if (ends) {
        end(last, part, pair, special);
      }
      if (part == 0) {
        out.set("single", pair.deepCopy());
      }
    }
  }

  private void end(int id, int part, ArrayNode out, ObjectNode special) {
    var name = spelt(id);
    out.addObject().putObject("SpecialToken").put("id", name).put("type_id", part);
    var entry = special.putObject(name).put("id", name);
    entry.putArray("ids").add(id);
    entry.putArray("tokens").add(name);
  }

  private void vocabulary(int unknown, ObjectNode out) {
    out.put("type", "WordPiece");
    out.put("unk_token", spelt(unknown));
    out.put("continuing_subword_prefix", GOES_ON);
    out.put("max_input_chars_per_word", LONGEST_WORD);
    var vocabulary = out.putObject("vocab");
    var seen = new HashMap<String, Integer>();
    for (int i = 0; i < tokens.size(); i++) {
      var before = seen.put(spelt(i), i);
      if (before != null) {
        throw new BadInput(
            "%s spells its tokens %d and %d alike ('%s'); the file is damaged"
                .formatted(file.path(), before, i, spelt(i)));
      }
      vocabulary.put(spelt(i), i);
    }
  }
}
