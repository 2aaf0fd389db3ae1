package dev.sonde.catalogue;

import dev.sonde.tensor.Scope;
import dev.sonde.weights.ModelConfig;
import dev.sonde.weights.SafeTensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A folder of safetensors as llama.cpp's converter would write it: conversion/llama.py, gemma.py,
/// phi.py, gpt2.py, bert.py and the tensor map of its gguf package, in which the longer names go
/// first.
final class GgufCase {
  private static final List<Map.Entry<String, String>> NAMES =
      List.of(
          Map.entry("model.embed_tokens", "token_embd"),
          Map.entry("model.norm", "output_norm"),
          Map.entry("lm_head", "output"),
          Map.entry("model.layers.", "blk."),
          Map.entry("transformer.wte", "token_embd"),
          Map.entry("transformer.wpe", "position_embd"),
          Map.entry("transformer.ln_f", "output_norm"),
          Map.entry("transformer.h.", "blk."),
          Map.entry("ln_1", "attn_norm"),
          Map.entry("ln_2", "ffn_norm"),
          Map.entry("attn.c_attn", "attn_qkv"),
          Map.entry("attn.c_proj", "attn_output"),
          Map.entry("mlp.c_fc", "ffn_up"),
          Map.entry("mlp.c_proj", "ffn_down"),
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("pre_feedforward_layernorm", "ffn_norm"),
          Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
          Map.entry("self_attn.qkv_proj", "attn_qkv"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.k_proj", "attn_k"),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("self_attn.q_norm", "attn_q_norm"),
          Map.entry("self_attn.k_norm", "attn_k_norm"),
          Map.entry("mlp.gate_up_proj", "ffn_up"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"),
          Map.entry("embeddings.word_embeddings", "token_embd"),
          Map.entry("embeddings.position_embeddings", "position_embd"),
          Map.entry("embeddings.token_type_embeddings", "token_types"),
          Map.entry("embeddings.LayerNorm", "token_embd_norm"),
          Map.entry("encoder.layer.", "blk."),
          Map.entry("attention.self.query", "attn_q"),
          Map.entry("attention.self.key", "attn_k"),
          Map.entry("attention.self.value", "attn_v"),
          Map.entry("attention.output.dense", "attn_output"),
          Map.entry("attention.output.LayerNorm", "attn_output_norm"),
          Map.entry("intermediate.dense", "ffn_up"),
          Map.entry("output.dense", "ffn_down"),
          Map.entry("output.LayerNorm", "layer_output_norm"),
          Map.entry("bert.", ""));

  private final TinyGguf out = new TinyGguf();
  private final ModelConfig config;
  private final String arch;
  private final boolean conventions;

  private GgufCase(Path folder, boolean conventions) {
    this.conventions = conventions;
    config = ModelConfig.read(folder.resolve("config.json"));
    arch = config.modelType().replace("_text", "");
    out.with("general.architecture", arch);
    switch (arch) {
      case "gpt2" -> gpt2();
      case "bert" -> bert();
      default -> llama();
    }
    tensors(folder);
  }

  static TinyGguf of(Path folder) {
    return new GgufCase(folder, true).out;
  }

  /// The numbers as they lie in the safetensors.
  static TinyGguf withoutConventions(Path folder) {
    return new GgufCase(folder, false).out;
  }

  private void tokens(int count) {
    var tokens = new ArrayList<String>(List.of("<unk>", "<s>", "</s>"));
    var types = new ArrayList<Integer>(List.of(2, 3, 3));
    var scores = new ArrayList<Float>(List.of(0f, 0f, 0f));
    for (int i = 3; i < count; i++) {
      tokens.add("t" + i);
      types.add(1);
      scores.add(-(float) i);
    }
    out.with("tokenizer.ggml.model", "llama").with("tokenizer.ggml.tokens", tokens);
    out.with("tokenizer.ggml.token_type", types).with("tokenizer.ggml.scores", scores);
    out.with("tokenizer.ggml.merges", List.of());
  }

  private void bert() {
    var words = new ArrayList<String>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    for (int i = 5; i < config.integer("vocab_size"); i++) {
      words.add((i % 3 == 0 ? "##" : "") + "t" + i);
    }
    words(out, words);
    key("block_count", config.integer("num_hidden_layers"));
    key("context_length", config.integer("max_position_embeddings"));
    key("embedding_length", config.integer("hidden_size"));
    key("feed_forward_length", config.integer("intermediate_size"));
    key("attention.head_count", config.integer("num_attention_heads"));
    key("attention.layer_norm_epsilon", config.number("layer_norm_eps"));
    key("attention.causal", false);
    key("pooling_type", 1);
  }

  /// A vocabulary of WordPiece: what begins a word gets its mark, what goes on loses it.
  static void words(TinyGguf out, List<String> words) {
    var special = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
    var tokens = new ArrayList<String>();
    var types = new ArrayList<Integer>();
    for (var word : words) {
      boolean marks = special.contains(word);
      tokens.add(marks ? word : word.startsWith("##") ? word.substring(2) : "\u2581" + word);
      types.add(marks ? 3 : 1);
    }
    out.with("tokenizer.ggml.model", "bert").with("tokenizer.ggml.tokens", tokens);
    out.with("tokenizer.ggml.token_type", types).with("tokenizer.ggml.token_type_count", 2);
    var names = List.of("padding", "unknown", "cls", "seperator", "mask");
    for (int i = 0; i < names.size(); i++) {
      int id = words.indexOf(special.get(i));
      out.with("tokenizer.ggml.%s_token_id".formatted(names.get(i)), id);
    }
  }

  private void gpt2() {
    tokens(config.integer("vocab_size"));
    key("block_count", config.integer("n_layer"));
    key("context_length", config.integer("n_positions"));
    key("embedding_length", config.integer("n_embd"));
    key("feed_forward_length", 4 * config.integer("n_embd"));
    key("attention.head_count", config.integer("n_head"));
    key("attention.layer_norm_epsilon", config.number("layer_norm_epsilon"));
  }

  private void llama() {
    tokens(config.integer("vocab_size"));
    int heads = config.integer("num_attention_heads");
    int width = config.integer("head_dim", config.integer("hidden_size") / heads);
    key("block_count", config.integer("num_hidden_layers"));
    key("context_length", config.integer("max_position_embeddings"));
    key("embedding_length", config.integer("hidden_size"));
    key("feed_forward_length", config.integer("intermediate_size"));
    key("attention.head_count", heads);
    key("attention.head_count_kv", config.integer("num_key_value_heads"));
    key("attention.layer_norm_rms_epsilon", config.number("rms_norm_eps"));
    if (arch.startsWith("gemma") || arch.equals("qwen3")) {
      key("attention.key_length", width);
      key("attention.value_length", width);
    }
    for (var cap : List.of("attn_logit_softcapping", "final_logit_softcapping")) {
      if (config.has(cap)) {
        key(cap, config.number(cap));
      }
    }
    if (List.of("gemma2", "gemma3", "phi3").contains(arch)) {
      key("attention.sliding_window", config.integer("sliding_window", 0));
    }
    if (arch.equals("gemma3")) {
      key("attention.sliding_window_pattern", every(config));
    }
    rotary(width);
  }

  /// The full layer among windowed ones: which place it has.
  private static int every(ModelConfig config) {
    var kinds = config.texts("layer_types", config.integer("num_hidden_layers"), l -> "");
    return kinds.indexOf("full_attention") + 1;
  }

  private void rotary(int width) {
    var whole = config.nested("rope_parameters");
    var rope = whole.has("full_attention") ? whole.nested("full_attention") : whole;
    if (!arch.equals("gemma") && !arch.equals("gemma2")) {
      key("rope.freq_base", rope.number("rope_theta"));
    }
    int turned = (int) (width * rope.number("partial_rotary_factor", 1));
    if (arch.equals("phi3") || arch.equals("llama")) {
      key("rope.dimension_count", turned);
    }
    switch (rope.text("rope_type")) {
      case "linear", "yarn" -> {
        key("rope.scaling.type", rope.text("rope_type"));
        key("rope.scaling.factor", rope.number("factor"));
        if (rope.has("original_max_position_embeddings")) {
          int original = rope.integer("original_max_position_embeddings");
          key("rope.scaling.original_context_length", original);
        }
      }
      case "longrope" -> longRope(rope, turned);
      case "llama3" -> llama3(rope, width);
      default -> {}
    }
  }

  private void longRope(ModelConfig rope, int turned) {
    int original = rope.integer("original_max_position_embeddings");
    double scale = (double) config.integer("max_position_embeddings") / original;
    key("rope.scaling.original_context_length", original);
    key("rope.scaling.attn_factor", Math.sqrt(1 + Math.log(scale) / Math.log(original)));
    for (var which : List.of("long", "short")) {
      var factors = rope.numbers(which + "_factor", turned / 2);
      out.with("rope_factors_" + which + ".weight", List.of(turned / 2L), floats(factors));
    }
  }

  private void llama3(ModelConfig rope, int width) {
    double base = rope.number("rope_theta");
    double factor = rope.number("factor");
    double low = rope.number("low_freq_factor");
    double high = rope.number("high_freq_factor");
    double original = rope.integer("original_max_position_embeddings");
    var factors = new ArrayList<Double>();
    for (int i = 0; i < width; i += 2) {
      double wave = 2 * Math.PI * Math.pow(base, (double) i / width);
      double smooth = (original / wave - low) / (high - low);
      factors.add(
          wave < original / high
              ? 1
              : wave > original / low ? factor : 1 / ((1 - smooth) / factor + smooth));
    }
    out.with("rope_freqs.weight", List.of(width / 2L), floats(factors));
  }

  private static float[] floats(List<Double> numbers) {
    var out = new float[numbers.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = numbers.get(i).floatValue();
    }
    return out;
  }

  private void key(String key, Object value) {
    out.with(arch + "." + key, value);
  }

  private void tensors(Path folder) {
    try (var file = SafeTensors.open(folder);
        var scope = Scope.open()) {
      for (var name : file.names()) {
        if (name.startsWith("cls.")) {
          continue; // left out by the converter: heads over the encoder
        }
        var tensor = file.get(name);
        var shape = new ArrayList<Long>();
        for (int i = 0; i < tensor.rank(); i++) {
          shape.add(tensor.size(i));
        }
        one(name, shape, tensor.toFloats());
      }
    }
  }

  private void one(String name, List<Long> shape, float[] numbers) {
    if (conventions && arch.startsWith("gemma") && name.endsWith("norm.weight")) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] += 1;
      }
    }
    boolean turned = name.matches(".*(c_attn|c_proj|c_fc)\\.weight");
    int columns = Math.toIntExact(shape.getLast());
    int rows = numbers.length / columns;
    var moved = numbers.clone();
    boolean query = name.contains("q_proj");
    boolean pairs = conventions && arch.equals("llama") && (query || name.contains("k_proj"));
    int heads = pairs ? config.integer(query ? "num_attention_heads" : "num_key_value_heads") : 1;
    int half = rows / heads / 2;
    for (int r = 0; r < rows && (turned || pairs); r++) {
      // [head, 2, half] becomes [head, half, 2]
      int at = r % (2 * half);
      int to = pairs ? r - at + 2 * (at % half) + at / half : r;
      for (int c = 0; c < columns; c++) {
        moved[turned && conventions ? c * rows + r : to * columns + c] = numbers[r * columns + c];
      }
    }
    out.with(gguf(name), turned ? shape.reversed() : shape, moved);
  }

  private String gguf(String name) {
    var out = name;
    for (var entry : NAMES) {
      out = out.replace(entry.getKey(), entry.getValue());
    }
    boolean sandwiched = arch.equals("gemma2") || arch.equals("gemma3");
    return out.replace("post_attention_layernorm", sandwiched ? "post_attention_norm" : "ffn_norm");
  }
}
