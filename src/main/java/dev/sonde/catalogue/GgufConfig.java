package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The metadata of a GGUF file as the `config.json` of the same network.
///
/// Keys: docs/gguf.md of ggml-org/ggml; what is not written there (Gemma's scale of scores, which
/// layers look through a window) as llama.cpp settles it. A key that is not read here and is not
/// nought might change numbers, and is refused.
final class GgufConfig {
  /// Tensors that are settings and no weights.
  static final Set<String> TENSORS =
      Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

  private static final String END = "tokenizer.ggml.eos_token_id";
  private static final String WINDOW = "attention.sliding_window";
  private static final String PATTERN = "attention.sliding_window_pattern";
  private static final Set<String> READ =
      Set.of(
          "block_count",
          "context_length",
          "embedding_length",
          "feed_forward_length",
          "vocab_size",
          "tensor_data_layout",
          "attention.head_count",
          "attention.head_count_kv",
          "attention.key_length",
          "attention.value_length",
          "attention.layer_norm_epsilon",
          "attention.layer_norm_rms_epsilon",
          "attention.causal",
          "rope.dimension_count",
          "rope.freq_base",
          "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scale_linear",
          "rope.scaling.original_context_length",
          "rope.scaling.finetuned",
          "rope.scaling.attn_factor",
          "rope.scaling.yarn_attn_factor",
          "rope.scaling.yarn_beta_fast",
          "rope.scaling.yarn_beta_slow");
  private static final Set<String> WINDOWED = Set.of("gemma2", "gemma3", "phi3");
  private static final Set<String> LATER_GEMMA =
      Set.of(
          PATTERN, "attn_logit_softcapping", "final_logit_softcapping", "attention.scale", WINDOW);

  /// How the last hidden states become one vector (`pooling_type`) comes after all that is read.
  private static final Set<String> BERT =
      Set.of(
          "block_count",
          "context_length",
          "embedding_length",
          "feed_forward_length",
          "vocab_size",
          "attention.head_count",
          "attention.head_count_kv",
          "attention.layer_norm_epsilon",
          "attention.causal",
          "pooling_type");

  private final Gguf file;
  private final String family;

  GgufConfig(Gguf file, String family) {
    this.file = file;
    this.family = family;
  }

  int heads() {
    return Math.toIntExact(integer("attention.head_count"));
  }

  int keyHeads() {
    return has("attention.head_count_kv")
        ? Math.toIntExact(integer("attention.head_count_kv"))
        : heads();
  }

  /// @throws BadInput for a key that is missing, or that is not known and might change numbers
  String json() {
    refuseUnknown();
    var out = JsonMapper.shared().createObjectNode();
    out.put("model_type", family.equals("gemma3") ? "gemma3_text" : family);
    out.put("vocab_size", file.shape("token_embd.weight").getFirst());
    if (file.hasKey(END)) {
      out.put("eos_token_id", file.integer(END));
    }
    out.put("tie_word_embeddings", !file.has("output.weight"));
    switch (family) {
      case "gpt2" -> gpt2(out);
      case "bert" -> bert(out);
      default -> llama(out);
    }
    return out.toPrettyString();
  }

  /// `gelu`: files do not name the activation, which is BERT's own; llama.cpp computes it by tanh.
  private void bert(ObjectNode out) {
    out.put("num_hidden_layers", integer("block_count"));
    out.put("hidden_size", integer("embedding_length"));
    out.put("intermediate_size", integer("feed_forward_length"));
    out.put("num_attention_heads", heads());
    out.put("layer_norm_eps", number("attention.layer_norm_epsilon"));
    out.put("hidden_act", "gelu");
    out.put("is_decoder", file.bool(family + ".attention.causal", true));
    out.put("max_position_embeddings", file.shape("position_embd.weight").getFirst());
    if (!file.has("token_types.weight")) {
      throw new BadInput(
          file.path() + " is a bert without token types (as DistilBERT is), which is not built");
    }
    out.put("type_vocab_size", file.shape("token_types.weight").getFirst());
    if (keyHeads() != heads()) {
      throw new BadInput(file.path() + " is a bert whose heads share keys, which is not built");
    }
    var tokenizer = GgufTokenizer.kind(file);
    if (!tokenizer.equals(GgufTokenizer.WORDS)) {
      throw new BadInput(
          "%s is a bert whose tokenizer is of kind '%s'; that of BERT is '%s', no other is built"
              .formatted(file.path(), tokenizer, GgufTokenizer.WORDS));
    }
  }

  private void gpt2(ObjectNode out) {
    out.put("n_layer", integer("block_count"));
    out.put("n_embd", integer("embedding_length"));
    out.put("n_inner", integer("feed_forward_length"));
    out.put("n_head", heads());
    out.put("n_positions", file.shape("position_embd.weight").getFirst());
    out.put("layer_norm_epsilon", number("attention.layer_norm_epsilon"));
    if (keyHeads() != heads()) {
      throw new BadInput(file.path() + " is a gpt2 whose heads share keys, which is not built");
    }
  }

  private void llama(ObjectNode out) {
    out.put("num_hidden_layers", integer("block_count"));
    out.put("hidden_size", integer("embedding_length"));
    out.put("intermediate_size", integer("feed_forward_length"));
    out.put("num_attention_heads", heads());
    out.put("num_key_value_heads", keyHeads());
    out.put("rms_norm_eps", number("attention.layer_norm_rms_epsilon"));
    out.put("max_position_embeddings", integer("context_length"));
    if (has("attention.key_length")) {
      out.put("head_dim", integer("attention.key_length"));
    }
    new GgufRotary(file, family).into(out, headWidth());
    if (WINDOWED.contains(family) && has(WINDOW) && integer(WINDOW) > 0) {
      out.put("sliding_window", integer(WINDOW));
    }
    if (family.equals("gemma2") || family.equals("gemma3")) {
      laterGemma(out);
    }
  }

  private long headWidth() {
    return has("attention.key_length")
        ? integer("attention.key_length")
        : integer("embedding_length") / Math.max(1, heads());
  }

  private void laterGemma(ObjectNode out) {
    for (var cap : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
      if (has(cap)) {
        out.put(cap, number(cap));
      }
    }
    out.put("query_pre_attn_scalar", scalar());
    if (family.equals("gemma2") && !has(WINDOW)) {
      out.put("sliding_window", 4096);
    }
    var kinds = out.putArray("layer_types");
    for (long l = 0; l < integer("block_count"); l++) {
      kinds.add(looksThroughWindow(l) ? "sliding_attention" : "full_attention");
    }
  }

  /// Of scores: the width of a head, but in the largest of each kind the width over the heads.
  private double scalar() {
    if (has("attention.scale")) {
      return Math.pow(number("attention.scale"), -2);
    }
    boolean largest = integer("block_count") == (family.equals("gemma2") ? 46 : 62);
    return largest ? integer("embedding_length") / Math.max(1, heads()) : headWidth();
  }

  /// All layers but every second (Gemma 2) or sixth (Gemma 3), or as the file says.
  private boolean looksThroughWindow(long layer) {
    if (family.equals("gemma3") && !(has(WINDOW) && integer(WINDOW) > 0)) {
      return false;
    }
    if (has(PATTERN) && file.isList(family + "." + PATTERN)) {
      var listed = file.list(family + "." + PATTERN);
      return layer < listed.size() && !String.valueOf(listed.get((int) layer)).matches("0|false");
    }
    long every = has(PATTERN) ? integer(PATTERN) : family.equals("gemma2") ? 2 : 6;
    return every == 0 || layer % every < every - 1;
  }

  private void refuseUnknown() {
    for (var key : file.keys()) {
      var own = key.startsWith(family + ".") ? key.substring(family.length() + 1) : "";
      if (!own.isEmpty() && !file.isNought(key) && !reads(own)) {
        throw new BadInput(
            "%s sets '%s', which for a %s is not built; refusing rather than computing something else"
                .formatted(file.path(), key, family));
      }
    }
    boolean ahead = has("attention.causal") && !file.bool(family + ".attention.causal", true);
    if (ahead && !family.equals("bert")) {
      throw new BadInput(file.path() + " looks ahead (attention.causal = false), not built");
    }
    if (has("attention.value_length") && integer("attention.value_length") != headWidth()) {
      throw new BadInput(file.path() + " has values of another width than its keys, not built");
    }
  }

  private boolean reads(String key) {
    return switch (family) {
      case "bert" -> BERT.contains(key);
      case "gemma2" -> READ.contains(key) || LATER_GEMMA.contains(key);
      case "gemma3" ->
          READ.contains(key) || LATER_GEMMA.contains(key) || key.equals("rope.freq_base_swa");
      case "phi3" -> READ.contains(key) || key.equals(WINDOW);
      default -> READ.contains(key);
    };
  }

  private boolean has(String key) {
    return file.hasKey(family + "." + key);
  }

  private long integer(String key) {
    return file.integer(family + "." + key);
  }

  private double number(String key) {
    return file.number(family + "." + key);
  }
}
