package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the tensors of a GGUF file are called in the reference library, by architecture, and what
/// llama.cpp's converter did to their numbers.
final class GgufNames {
  private static final Map<String, String> ROOT =
      Map.of(
          "token_embd.weight", "model.embed_tokens.weight",
          "output_norm.weight", "model.norm.weight",
          "output.weight", "lm_head.weight");
  private static final Map<String, String> LLAMA =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));
  private static final Map<String, String> SANDWICHED =
      with(
          LLAMA,
          Map.of(
              "post_attention_norm", "post_attention_layernorm",
              "ffn_norm", "pre_feedforward_layernorm",
              "post_ffw_norm", "post_feedforward_layernorm"));
  private static final Map<String, String> PHI_3 =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_qkv", "self_attn.qkv_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm",
          "ffn_up", "mlp.gate_up_proj",
          "ffn_down", "mlp.down_proj");
  private static final Map<String, String> GPT_2_ROOT =
      Map.of(
          "token_embd.weight", "transformer.wte.weight",
          "position_embd.weight", "transformer.wpe.weight",
          "output_norm.weight", "transformer.ln_f.weight",
          "output_norm.bias", "transformer.ln_f.bias",
          "output.weight", "lm_head.weight");
  private static final Map<String, String> GPT_2 =
      Map.of(
          "attn_norm", "ln_1",
          "attn_qkv", "attn.c_attn",
          "attn_output", "attn.c_proj",
          "ffn_norm", "ln_2",
          "ffn_up", "mlp.c_fc",
          "ffn_down", "mlp.c_proj");
  private static final Map<String, String> BERT_ROOT =
      Map.of(
          "token_embd.weight", "embeddings.word_embeddings.weight",
          "position_embd.weight", "embeddings.position_embeddings.weight",
          "token_types.weight", "embeddings.token_type_embeddings.weight",
          "token_embd_norm.weight", "embeddings.LayerNorm.weight",
          "token_embd_norm.bias", "embeddings.LayerNorm.bias");
  private static final Map<String, String> BERT =
      Map.of(
          "attn_q", "attention.self.query",
          "attn_k", "attention.self.key",
          "attn_v", "attention.self.value",
          "attn_output", "attention.output.dense",
          "attn_output_norm", "attention.output.LayerNorm",
          "ffn_up", "intermediate.dense",
          "ffn_down", "output.dense",
          "layer_output_norm", "output.LayerNorm");
  private static final Map<String, GgufNames> KNOWN = new TreeMap<>();

  static {
    for (var family : List.of("llama", "qwen2", "qwen3", "gemma")) {
      KNOWN.put(family, new GgufNames(family, ROOT, "model.layers.", LLAMA));
    }
    for (var family : List.of("gemma2", "gemma3")) {
      KNOWN.put(family, new GgufNames(family, ROOT, "model.layers.", SANDWICHED));
    }
    KNOWN.put("phi3", new GgufNames("phi3", ROOT, "model.layers.", PHI_3));
    KNOWN.put("gpt2", new GgufNames("gpt2", GPT_2_ROOT, "transformer.h.", GPT_2));
    KNOWN.put("bert", new GgufNames("bert", BERT_ROOT, "encoder.layer.", BERT));
  }

  private final String family;
  private final Map<String, String> root;
  private final String blocks;
  private final Map<String, String> inBlock;

  private GgufNames(
      String family, Map<String, String> root, String blocks, Map<String, String> inBlock) {
    this.family = family;
    this.root = root;
    this.blocks = blocks;
    this.inBlock = inBlock;
  }

  private static Map<String, String> with(Map<String, String> some, Map<String, String> more) {
    var out = new HashMap<>(some);
    out.putAll(more);
    return Map.copyOf(out);
  }

  /// @throws BadInput for an architecture that is not built
  static GgufNames of(Gguf file) {
    var family = file.text("general.architecture");
    var out = KNOWN.get(family);
    if (out == null) {
      throw new BadInput(
          "%s holds a '%s'; of GGUF files %s are built"
              .formatted(file.path(), family, String.join(", ", known())));
    }
    return out;
  }

  static List<String> known() {
    return List.copyOf(KNOWN.keySet());
  }

  String family() {
    return family;
  }

  /// @throws BadInput for a tensor that no such network has
  String hub(String name) {
    var whole = root.get(name);
    if (whole != null) {
      return whole;
    }
    var parts = name.split("\\.");
    var known = parts.length == 4 && parts[0].equals("blk") ? inBlock.get(parts[2]) : null;
    if (known == null) {
      throw new BadInput(
          "the GGUF file holds a tensor '%s', which no %s has; refusing rather than leaving it out"
              .formatted(name, family));
    }
    return blocks + parts[1] + "." + known + "." + parts[3];
  }

  /// Rows of queries and keys that lie in pairs of neighbours.
  boolean rotaryPairs(String name) {
    return family.equals("llama") && (name.contains(".attn_q.") || name.contains(".attn_k."));
  }

  /// Norms that were stored with 1 added.
  boolean fromOne(String name) {
    return family.startsWith("gemma") && name.endsWith("norm.weight");
  }

  /// Matrices that the reference library holds as `[in, out]`.
  boolean turned(String name) {
    return family.equals("gpt2")
        && name.startsWith("blk.")
        && name.endsWith(".weight")
        && !name.endsWith("norm.weight");
  }
}
