package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Byte-level BPE inside a GGUF file, with the splitting into words that `tokenizer.ggml.pre`
/// names. Names and patterns: llama-vocab of ggml-org/llama.cpp, which keeps those of the models.
final class GgufSplits {
  private static final String LLAMA_3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN_2 = LLAMA_3.replace("{1,3}", "");
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String REST =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String GPT_4O = cased("(?i:'s|'t|'re|'ve|'m|'ll|'d)?") + "{1,3}" + REST;
  private static final String TEKKEN = cased("") + REST;

  /// How words are split; `whole`: a word of the vocabulary is taken as it is, without merges;
  /// `begins`: a first token stands before every text unless the file says otherwise.
  private record Split(String pattern, boolean digits, boolean whole, boolean begins) {}

  private static final Map<String, Split> KNOWN = new TreeMap<>();

  static {
    known(new Split("", false, false, false), "gpt-2 default phi-2 gigachat mpt olmo jais exaone4");
    known(
        new Split("", true, false, false),
        "smollm starcoder refact command-r codeshell exaone minerva-7b");
    known(
        new Split(LLAMA_3, false, true, true),
        "llama-bpe llama3 llama-v3 falcon3 pixtral midm-2.0 lfm2");
    known(new Split(LLAMA_3, false, false, false), "dbrx smaug-bpe chatglm-bpe glm4");
    known(
        new Split(QWEN_2, false, false, false), "qwen2 deepseek-r1-qwen megrez stablelm2 hunyuan");
    known(new Split(GPT_4O, false, false, false), "gpt-4o llama4 kanana2");
    known(new Split(TEKKEN, false, true, true), "tekken");
  }

  private GgufSplits() {}

  private static void known(Split split, String names) {
    for (var name : names.split(" ")) {
      KNOWN.put(name, split);
    }
  }

  /// Words by their case: capitals before small letters, up to the digits.
  private static String cased(String ending) {
    var before = "[^\\r\\n\\p{L}\\p{N}]?";
    return before + UPPER + "*" + LOWER + "+" + ending + "|" + before + UPPER + "+" + LOWER + "*"
        + ending + "|\\p{N}";
  }

  private static Split of(Gguf file) {
    var pre = file.hasKey("tokenizer.ggml.pre") ? file.text("tokenizer.ggml.pre") : "gpt-2";
    var split = KNOWN.get(pre);
    if (split == null) {
      throw new BadInput(
          "%s splits words as '%s' does; %s are built"
              .formatted(file.path(), pre, String.join(", ", KNOWN.keySet())));
    }
    return split;
  }

  static boolean begins(Gguf file) {
    return of(file).begins;
  }

  static void bytePairs(Gguf file, ObjectNode out) {
    var split = of(file);
    out.set("pre_tokenizer", splitting(split));
    out.set("decoder", bytes(true));
    var bpe = out.putObject("model");
    bpe.put("type", "BPE");
    bpe.put("fuse_unk", false);
    bpe.put("byte_fallback", false);
    bpe.put("ignore_merges", split.whole);
    var vocabulary = bpe.putObject("vocab");
    var tokens = file.list("tokenizer.ggml.tokens");
    for (int i = 0; i < tokens.size(); i++) {
      vocabulary.put(GgufTokenizer.token(file, tokens, i), i);
    }
    var merges = bpe.putArray("merges");
    for (var merge : file.list("tokenizer.ggml.merges")) {
      merges.add(GgufTokenizer.text(file, merge));
    }
  }

  private static ObjectNode splitting(Split split) {
    if (split.digits) {
      var digits = JsonMapper.shared().createObjectNode();
      digits.put("type", "Digits");
      digits.put("individual_digits", true);
      return sequence(List.of(digits, bytes(true)));
    }
    if (split.pattern.isEmpty()) {
      return bytes(true);
    }
    var words = JsonMapper.shared().createObjectNode();
    words.put("type", "Split");
    words.putObject("pattern").put("Regex", split.pattern);
    words.put("behavior", "Isolated");
    words.put("invert", false);
    return sequence(List.of(words, bytes(false)));
  }

  static ObjectNode bytes(boolean words) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("type", "ByteLevel");
    out.put("add_prefix_space", false);
    out.put("trim_offsets", true);
    out.put("use_regex", words);
    return out;
  }

  private static ObjectNode sequence(List<ObjectNode> steps) {
    var out = JsonMapper.shared().createObjectNode();
    out.put("type", "Sequence");
    out.putArray("pretokenizers").addAll(steps);
    return out;
  }
}
