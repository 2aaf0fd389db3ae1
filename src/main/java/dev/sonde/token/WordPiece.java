package dev.sonde.token;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// BERT's tokenizer from its vocabulary, as the `tokenizer.json` that describes it: clean and
/// lower-case, split at blanks, punctuation and Chinese characters, longest piece first, `[CLS] …
/// [SEP]` around.
///
/// Wu et al., *Google's Neural Machine Translation System* (2016), section 4.1, for the pieces;
/// Devlin et al., *BERT* (2019), for the rest.
final class WordPiece {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private WordPiece() {}

  static String describe(Path vocabulary, Path config) throws IOException {
    var words = Files.readAllLines(vocabulary);
    for (var word : SPECIAL) {
      if (!words.contains(word)) {
        throw new BadInput(
            "%s lacks the line %s: it is no BERT vocabulary".formatted(vocabulary, word));
      }
    }
    var json = JsonMapper.shared().createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    var added = json.putArray("added_tokens");
    for (var word : SPECIAL) {
      added
          .addObject()
          .put("id", words.indexOf(word))
          .put("content", word)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    json.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", lowerCase(config));
    json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    around(json, words);
    json.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    var model = json.putObject("model").put("type", "WordPiece").put("unk_token", "[UNK]");
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100);
    var vocab = model.putObject("vocab");
    for (int i = 0; i < words.size(); i++) {
      vocab.put(words.get(i), i);
    }
    return json.toString();
  }

  /// `[CLS] text [SEP]`.
  private static void around(ObjectNode json, List<String> words) {
    var template = json.putObject("post_processor").put("type", "TemplateProcessing");
    var single = template.putArray("single");
    single.addObject().putObject("SpecialToken").put("id", "[CLS]").put("type_id", 0);
    single.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    single.addObject().putObject("SpecialToken").put("id", "[SEP]").put("type_id", 0);
    var pair = template.putArray("pair");
    pair.addObject().putObject("SpecialToken").put("id", "[CLS]").put("type_id", 0);
    pair.addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
    pair.addObject().putObject("SpecialToken").put("id", "[SEP]").put("type_id", 0);
    pair.addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
    pair.addObject().putObject("SpecialToken").put("id", "[SEP]").put("type_id", 1);
    var special = template.putObject("special_tokens");
    for (var word : new ArrayList<>(List.of("[CLS]", "[SEP]"))) {
      var entry = special.putObject(word).put("id", word);
      entry.putArray("ids").add(words.indexOf(word));
      entry.putArray("tokens").add(word);
    }
  }

  private static boolean lowerCase(Path config) throws IOException {
    if (!Files.isRegularFile(config)) {
      return true;
    }
    try {
      return JsonMapper.shared()
          .readTree(Files.readString(config))
          .path("do_lower_case")
          .asBoolean(true);
    } catch (JacksonException e) {
      throw new BadInput("%s is no JSON: %s".formatted(config, e.getOriginalMessage()), e);
    }
  }
}
