package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The tokenizer inside a GGUF file as `tokenizer.json`: byte-level BPE (`gpt2`), SentencePiece
/// (`llama`: pairs by score; `t5`: unigram) or WordPiece (`bert`).
final class GgufTokenizer {
  static final int NORMAL = 1;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;
  static final String SPACE = "▁";

  /// The kind that is WordPiece.
  static final String WORDS = "bert";

  private static final List<String> KINDS = List.of("bert", "gpt2", "llama", "t5");
  private static final Set<String> OPEN_END = Set.of("<unk>", "<s>", "<|endoftext|>");

  private GgufTokenizer() {}

  static String json(Gguf file) {
    var kind = kind(file);
    var out = JsonMapper.shared().createObjectNode();
    out.put("version", "1.0");
    if (kind.equals(WORDS)) {
      GgufWords.describe(file, out);
      return out.toString();
    }
    special(file, out);
    switch (kind) {
      case "gpt2" -> GgufSplits.bytePairs(file, out);
      case "llama" -> GgufPieces.pairs(file, out);
      default -> GgufPieces.unigram(file, out);
    }
    ends(file, out);
    return out.toString();
  }

  static String kind(Gguf file) {
    var kind = file.text("tokenizer.ggml.model");
    if (!KINDS.contains(kind)) {
      throw new BadInput(
          "%s has a tokenizer of kind '%s'; of GGUF files %s are built; put a tokenizer.json and safetensors into a folder instead"
              .formatted(file.path(), kind, String.join(", ", KINDS)));
    }
    return kind;
  }

  /// Special tokens by name, and the chat template if there is one.
  static String config(Gguf file) {
    var out = JsonMapper.shared().createObjectNode();
    var tokens = file.list("tokenizer.ggml.tokens");
    for (var name : List.of("bos", "eos", "unknown", "padding")) {
      var key = "tokenizer.ggml." + name + "_token_id";
      if (file.hasKey(key)) {
        var spelt = name.equals("unknown") ? "unk" : name.equals("padding") ? "pad" : name;
        out.put(spelt + "_token", token(file, tokens, file.integer(key)));
      }
    }
    if (file.hasKey("tokenizer.chat_template")) {
      out.put("chat_template", file.text("tokenizer.chat_template"));
    }
    return out.toString();
  }

  static String token(Gguf file, List<Object> tokens, long id) {
    if (id < 0 || id >= tokens.size() || !(tokens.get((int) id) instanceof String token)) {
      throw new BadInput(
          "%s names the token %d, which its list of %d tokens does not hold"
              .formatted(file.path(), id, tokens.size()));
    }
    return token;
  }

  /// What kind each token is of, one number a token.
  static List<Object> types(Gguf file, int tokens) {
    var types = file.list("tokenizer.ggml.token_type");
    if (types.size() != tokens) {
      throw new BadInput(
          "%s has %d tokens but %d token types; the file is damaged"
              .formatted(file.path(), tokens, types.size()));
    }
    return types;
  }

  static long type(List<Object> types, int id) {
    return types.get(id) instanceof Long kind ? kind : 0;
  }

  private static void special(Gguf file, ObjectNode out) {
    var tokens = file.list("tokenizer.ggml.tokens");
    var types = types(file, tokens.size());
    boolean pieces = !kind(file).equals("gpt2");
    boolean strips = isPhi3(file);
    var added = out.putArray("added_tokens");
    for (int i = 0; i < tokens.size(); i++) {
      long type = type(types, i);
      if (type == CONTROL || type == USER_DEFINED || (pieces && type == 2)) {
        var text = text(file, tokens.get(i));
        var token = added.addObject();
        token.put("id", i);
        token.put("content", pieces ? GgufPieces.spelt(text, type) : text);
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", strips && type == CONTROL && !OPEN_END.contains(text));
        token.put("normalized", false);
        token.put("special", type != USER_DEFINED);
      }
    }
  }

  /// Phi-3's markers take the blanks behind them; the files do not say so but by their name.
  private static boolean isPhi3(Gguf file) {
    var name = file.hasKey("general.name") ? file.text("general.name") : "";
    var small = name.toLowerCase(Locale.ROOT);
    return small.contains("phi-3") || small.contains("phi3");
  }

  static String text(Gguf file, Object entry) {
    if (entry instanceof String text) {
      return text;
    }
    throw new BadInput(
        "%s lists %s where a text should be; the file is damaged".formatted(file.path(), entry));
  }

  /// A first and a last token around every text, where the file asks for them, or the kind of
  /// tokenizer does and the file is silent.
  private static void ends(Gguf file, ObjectNode out) {
    var kind = kind(file);
    boolean first =
        file.bool(
            "tokenizer.ggml.add_bos_token",
            kind.equals("llama") || (kind.equals("gpt2") && GgufSplits.begins(file)));
    boolean last = file.bool("tokenizer.ggml.add_eos_token", kind.equals("t5"));
    if (!first && !last) {
      if (kind.equals("gpt2")) {
        out.set("post_processor", GgufSplits.bytes(true));
      }
      return;
    }
    var template = out.putObject("post_processor");
    template.put("type", "TemplateProcessing");
    var single = template.putArray("single");
    var pair = template.putArray("pair");
    var special = template.putObject("special_tokens");
    for (int part = 0; part < 2; part++) {
      if (first) {
        var name = end(file, "bos", 1, special);
        pair.addObject().putObject("SpecialToken").put("id", name).put("type_id", part);
      }
      pair.addObject().putObject("Sequence").put("id", part == 0 ? "A" : "B").put("type_id", part);
      if (last) {
        var name = end(file, "eos", kind.equals("t5") ? 1 : 2, special);
        pair.addObject().putObject("SpecialToken").put("id", name).put("type_id", part);
      }
      if (part == 0) {
        single.addAll(pair.deepCopy());
      }
    }
  }

  /// `otherwise`: its id in a SentencePiece file that does not say.
  private static String end(Gguf file, String which, long otherwise, ObjectNode special) {
    var key = "tokenizer.ggml." + which + "_token_id";
    long id = file.hasKey(key) || kind(file).equals("gpt2") ? file.integer(key) : otherwise;
    var name = token(file, file.list("tokenizer.ggml.tokens"), id);
    var entry = special.putObject(name);
    entry.put("id", name);
    entry.putArray("ids").add(id);
    entry.putArray("tokens").add(name);
    return name;
  }
}
