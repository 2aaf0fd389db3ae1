package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// SentencePiece inside a GGUF file (Kudo and Richardson 2018): pieces with scores, blanks written
/// as `▁`. Of the pairs that lie side by side the one with the best score is joined; in unigram
/// files the cut with the best sum is taken.
final class GgufPieces {
  private static final int LONGEST = 512;

  private final Gguf file;
  private final List<String> pieces = new ArrayList<>();
  private final List<Object> types;
  private final List<Object> scores;

  private GgufPieces(Gguf file) {
    this.file = file;
    var tokens = file.list("tokenizer.ggml.tokens");
    types = GgufTokenizer.types(file, tokens.size());
    scores = file.list("tokenizer.ggml.scores");
    if (scores.size() != tokens.size()) {
      throw new BadInput(
          "%s has %d tokens but %d scores; the file is damaged"
              .formatted(file.path(), tokens.size(), scores.size()));
    }
    for (int i = 0; i < tokens.size(); i++) {
      pieces.add(spelt(GgufTokenizer.token(file, tokens, i), GgufTokenizer.type(types, i)));
    }
  }

  /// A token of blanks that is taken whole from a text is spelt with real blanks, however the file
  /// has it.
  static String spelt(String text, long type) {
    return type == GgufTokenizer.USER_DEFINED ? text.replace(GgufTokenizer.SPACE, " ") : text;
  }

  static void pairs(Gguf file, ObjectNode out) {
    var own = new GgufPieces(file);
    boolean prefix = file.bool("tokenizer.ggml.add_space_prefix", true);
    blanks(out.putObject("normalizer").put("type", "Sequence").putArray("normalizers"), prefix);
    own.decoder(out, prefix);
    var bpe = out.putObject("model");
    bpe.put("type", "BPE");
    bpe.put("unk_token", own.pieces.get(own.unknown()));
    bpe.put("fuse_unk", true);
    bpe.put("byte_fallback", own.hasBytes());
    var vocabulary = bpe.putObject("vocab");
    for (int i = 0; i < own.pieces.size(); i++) {
      vocabulary.put(own.pieces.get(i), i);
    }
    own.merges(bpe.putArray("merges"));
  }

  static void unigram(Gguf file, ObjectNode out) {
    var own = new GgufPieces(file);
    boolean prefix = file.bool("tokenizer.ggml.add_space_prefix", true);
    var steps = out.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
    own.tidy(steps);
    blanks(steps, prefix);
    own.decoder(out, prefix);
    var model = out.putObject("model").put("type", "Unigram");
    model.put("unk_id", own.unknown());
    model.put("byte_fallback", own.hasBytes());
    var vocabulary = model.putArray("vocab");
    for (int i = 0; i < own.pieces.size(); i++) {
      vocabulary.addArray().add(own.pieces.get(i)).add(own.score(i));
    }
  }

  /// The table of characters that stand for others, and blanks in a row as one.
  private void tidy(ArrayNode steps) {
    var key = "tokenizer.ggml.precompiled_charsmap";
    if (file.hasKey(key) && !file.isNought(key)) {
      var listed = file.list(key);
      var bytes = new byte[listed.size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = listed.get(i) instanceof Long n ? n.byteValue() : 0;
      }
      var text = new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII);
      steps.addObject().put("type", "Precompiled").put("precompiled_charsmap", text);
    }
    if (file.bool("tokenizer.ggml.remove_extra_whitespaces", false)) {
      steps.addObject().put("type", "Strip").put("strip_left", true).put("strip_right", true);
      var runs = steps.addObject().put("type", "Replace").put("content", " ");
      runs.putObject("pattern").put("Regex", " {2,}");
    }
  }

  private static void blanks(ArrayNode steps, boolean prefix) {
    if (prefix) {
      steps.addObject().put("type", "Prepend").put("prepend", GgufTokenizer.SPACE);
    }
    replace(steps.addObject(), " ", GgufTokenizer.SPACE);
  }

  private static void replace(ObjectNode step, String from, String to) {
    step.put("type", "Replace").put("content", to).putObject("pattern").put("String", from);
  }

  private void decoder(ObjectNode out, boolean prefix) {
    var steps = out.putObject("decoder").put("type", "Sequence").putArray("decoders");
    replace(steps.addObject(), GgufTokenizer.SPACE, " ");
    steps.addObject().put("type", "ByteFallback");
    steps.addObject().put("type", "Fuse");
    if (prefix) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    }
  }

  private int unknown() {
    var key = "tokenizer.ggml.unknown_token_id";
    long id = file.hasKey(key) ? file.integer(key) : 0;
    GgufTokenizer.token(file, file.list("tokenizer.ggml.tokens"), id);
    return (int) id;
  }

  private boolean hasBytes() {
    return types.contains((long) GgufTokenizer.BYTE);
  }

  private double score(int id) {
    return scores.get(id) instanceof Number n && Double.isFinite(n.doubleValue())
        ? n.doubleValue()
        : -1e30;
  }

  /// Two pieces and the one that they make, at a rank.
  private record Merge(String left, String right, double score, int made) {}

  /// Every way to make a piece of two others, the best score first. Gemma's scores are not in the
  /// order of its merges; that of its vocabulary is.
  private void merges(ArrayNode out) {
    boolean byPlace = file.text("general.architecture").startsWith("gemma");
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < pieces.size(); i++) {
      ids.putIfAbsent(pieces.get(i), i);
    }
    var all = new ArrayList<Merge>();
    for (int i = 0; i < pieces.size(); i++) {
      long type = GgufTokenizer.type(types, i);
      if (type == GgufTokenizer.NORMAL || type == GgufTokenizer.UNUSED) {
        split(i, byPlace ? -i : score(i), ids, all);
      }
    }
    all.sort(
        Comparator.comparingDouble((Merge m) -> -m.score)
            .thenComparingInt(m -> -m.left.codePointCount(0, m.left.length()))
            .thenComparingInt(Merge::made));
    for (var merge : all) {
      out.addArray().add(merge.left).add(merge.right);
    }
  }

  private void split(int id, double score, Map<String, Integer> ids, List<Merge> all) {
    var piece = pieces.get(id);
    if (piece.length() > LONGEST) {
      return;
    }
    for (int at = 1; at < piece.length(); at++) {
      var left = piece.substring(0, at);
      var right = piece.substring(at);
      if (!Character.isLowSurrogate(piece.charAt(at))
          && ids.containsKey(left)
          && ids.containsKey(right)) {
        all.add(new Merge(left, right, score, id));
      }
    }
  }
}
