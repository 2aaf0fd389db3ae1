package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The tokenizer inside a GGUF file as `tokenizer.json`: byte-level BPE, with the splitting into
/// words that its `tokenizer.ggml.pre` names.
final class GgufTokenizer {
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final String LLAMA_3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN_2 = LLAMA_3.replace("{1,3}", "");

  private GgufTokenizer() {}

  static String json(Gguf file) {
    var model = file.text("tokenizer.ggml.model");
    if (!model.equals("gpt2")) {
      throw new BadInput(
          "%s has a tokenizer of kind '%s'; of GGUF files byte-level BPE (gpt2) is built; put a tokenizer.json and safetensors into a folder instead"
              .formatted(file.path(), model));
    }
    var out = JsonMapper.shared().createObjectNode();
    out.put("version", "1.0");
    special(file, out);
    out.set("pre_tokenizer", splitting(file));
    ends(file, out);
    out.set("decoder", bytes(true));
    var bpe = out.putObject("model");
    bpe.put("type", "BPE");
    bpe.put("fuse_unk", false);
    bpe.put("byte_fallback", false);
    var vocabulary = bpe.putObject("vocab");
    var tokens = file.list("tokenizer.ggml.tokens");
    for (int i = 0; i < tokens.size(); i++) {
      vocabulary.put(token(file, tokens, i), i);
    }
    var merges = bpe.putArray("merges");
    for (var merge : file.list("tokenizer.ggml.merges")) {
      merges.add(text(file, merge));
    }
    return out.toString();
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

  private static String token(Gguf file, List<Object> tokens, long id) {
    if (id < 0 || id >= tokens.size() || !(tokens.get((int) id) instanceof String token)) {
      throw new BadInput(
          "%s names the token %d, which its list of %d tokens does not hold"
              .formatted(file.path(), id, tokens.size()));
    }
    return token;
  }

  private static void special(Gguf file, ObjectNode out) {
    var tokens = file.list("tokenizer.ggml.tokens");
    var types = file.list("tokenizer.ggml.token_type");
    var added = out.putArray("added_tokens");
    if (types.size() != tokens.size()) {
      throw new BadInput(
          "%s has %d tokens but %d token types; the file is damaged"
              .formatted(file.path(), tokens.size(), types.size()));
    }
    for (int i = 0; i < tokens.size(); i++) {
      long type = types.get(i) instanceof Long kind ? kind : 0;
      if (type == CONTROL || type == USER_DEFINED) {
        var token = added.addObject();
        token.put("id", i);
        token.put("content", text(file, tokens.get(i)));
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", type == CONTROL);
      }
    }
  }

  private static String text(Gguf file, Object entry) {
    if (entry instanceof String text) {
      return text;
    }
    throw new BadInput(
        "%s lists %s where a text should be; the file is damaged".formatted(file.path(), entry));
  }

  private static ObjectNode splitting(Gguf file) {
    var pre = file.hasKey("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : "gpt-2";
    return switch (pre) {
      case "gpt-2", "default" -> bytes(true);
      case "smollm" -> {
        var digits = JsonMapper.shared().createObjectNode();
        digits.put("type", "Digits");
        digits.put("individual_digits", true);
        yield sequence(digits, bytes(true));
      }
      case "llama-bpe" -> sequence(split(LLAMA_3), bytes(false));
      case "qwen2" -> sequence(split(QWEN_2), bytes(false));
      default ->
          throw new BadInput(
              "%s splits words as '%s' does; gpt-2, smollm, llama-bpe and qwen2 are built"
                  .formatted(file.path(), pre));
    };
  }

  private static ObjectNode bytes(boolean words) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("type", "ByteLevel");
    out.put("add_prefix_space", false);
    out.put("trim_offsets", true);
    out.put("use_regex", words);
    return out;
  }

  private static ObjectNode split(String pattern) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("type", "Split");
    out.putObject("pattern").put("Regex", pattern);
    out.put("behavior", "Isolated");
    out.put("invert", false);
    return out;
  }

  private static ObjectNode sequence(ObjectNode first, ObjectNode second) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("type", "Sequence");
    out.putArray("pretokenizers").add(first).add(second);
    return out;
  }

  /// A first token before every text, where the file asks for it.
  private static void ends(Gguf file, ObjectNode out) {
    if (!file.bool("tokenizer.ggml.add_bos_token", false)) {
      out.set("post_processor", bytes(true));
      return;
    }
    long id = file.integer("tokenizer.ggml.bos_token_id");
    var name = token(file, file.list("tokenizer.ggml.tokens"), id);
    var template = out.putObject("post_processor");
    template.put("type", "TemplateProcessing");
    var single = template.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", name).put("type_id", 0);
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    var pair = template.putArray("pair");
    pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
    var special = template.putObject("special_tokens").putObject(name);
    special.put("id", name);
    special.putArray("ids").add(id);
    special.putArray("tokens").add(name);
  }
}
