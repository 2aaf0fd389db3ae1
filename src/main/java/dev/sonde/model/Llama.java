package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// Llama 1 to 3 and what has the same blocks (SmolLM), Mistral, Qwen 2 and 3. Touvron et al.,
/// *LLaMA* (2023): RMS norm before each sublayer, rotary positions, gated MLP, heads that share
/// keys and values. Mistral looks back `sliding_window` places (Jiang et al. 2023); Qwen 2 has
/// biases at queries, keys and values, Qwen 3 norms over each query and key head.
final class Llama {
  private Llama() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    return of(config, all, parts, (l, attention) -> attention);
  }

  static Family mistral(ModelConfig config, Weights all, Parts parts) {
    int window = config.integer("sliding_window", 0);
    return of(config, all, parts, (l, attention) -> attention.within(window));
  }

  /// Qwen limits the layers named in `layer_types`, before transformers 5 those from
  /// `max_window_layers` on.
  static Family qwen(ModelConfig config, Weights all, Parts parts) {
    return of(config, all, parts, windows(config));
  }

  static Windows windows(ModelConfig config) {
    boolean used = config.bool("use_sliding_window", false) && config.has("sliding_window");
    int window = used ? config.integer("sliding_window") : 0;
    int from = config.integer("max_window_layers", 28);
    var kinds =
        config.texts(
            "layer_types",
            config.integer("num_hidden_layers"),
            l -> l >= from ? "sliding_attention" : "full_attention");
    return (l, attention) ->
        kinds.get(l).equals("sliding_attention") ? attention.within(window) : attention;
  }

  /// How far a layer looks back.
  @FunctionalInterface
  interface Windows {
    Attention at(int layer, Attention attention);
  }

  private static Family of(ModelConfig config, Weights all, Parts parts, Windows windows) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    double eps = config.number("rms_norm_eps", 1e-6);
    var activation = Activation.named(config.text("hidden_act", "silu"));
    var rotary = Rotary.of(config, shape.dHead());
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      blocks.add(
          new Block.Serial(
              Norm.Rms.of(weights, at + "input_layernorm", d, eps),
              attention(weights, at + "self_attn.", windows.at(l, attention), rotary, eps, parts),
              Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
              parts.gated(weights, at + "mlp.", d, shape.dMlp(), activation)));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Rms.of(weights, "norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }

  /// Queries, keys, values, out, with norms over query and key heads where the file has them.
  static SelfAttention attention(
      Weights weights, String at, Attention attention, Rotation rotation, double eps, Parts parts) {
    var shape = attention.shape();
    int dHead = shape.dHead();
    var norms =
        weights.has(at + "q_norm.weight")
            ? SelfAttention.HeadNorms.each(
                Norm.Rms.of(weights, at + "q_norm", dHead, eps),
                Norm.Rms.of(weights, at + "k_norm", dHead, eps))
            : SelfAttention.HeadNorms.NONE;
    return new SelfAttention(
        parts.separate(weights, at, "q_proj", "k_proj", "v_proj", shape),
        norms,
        rotation,
        attention,
        parts.dense(weights, at + "o_proj", shape.dModel(), shape.heads() * dHead));
  }
}
