package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// StableLM. Bellagente et al., *Stable LM 2* (2024): Llama's sublayers under layer norms, a part
/// of each head turned, serial or parallel, optionally a norm for each query and key head.
final class StableLm {
  private StableLm() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    double eps = config.number("layer_norm_eps", 1e-5);
    boolean parallel = config.bool("use_parallel_residual", false);
    var activation = Activation.named(config.text("hidden_act", "silu"));
    int turned = (int) (shape.dHead() * Rotary.part(config, "partial_rotary_factor", 0.25));
    var rotary = Rotary.over(config, turned, 10000);
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      var norm = Norm.Layer.of(weights, at + "input_layernorm", d, eps);
      var attn = attend(config, weights, at + "self_attn.", attention, rotary, parts);
      var mlp = parts.gated(weights, at + "mlp.", d, shape.dMlp(), activation);
      blocks.add(
          parallel
              ? new Block.Parallel(norm, attn, norm, mlp)
              : new Block.Serial(
                  norm,
                  attn,
                  Norm.Layer.of(weights, at + "post_attention_layernorm", d, eps),
                  mlp));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }

  private static SelfAttention attend(
      ModelConfig config,
      Weights weights,
      String at,
      Attention attention,
      Rotary rotary,
      Parts parts) {
    var shape = attention.shape();
    double eps = config.number("layer_norm_eps", 1e-5);
    var norms = SelfAttention.HeadNorms.NONE;
    if (config.bool("qk_layernorm", false)) {
      norms =
          SelfAttention.HeadNorms.each(
              Norm.PerHead.of(weights, at + "q_layernorm.norms", shape.heads(), shape.dHead(), eps),
              Norm.PerHead.of(
                  weights, at + "k_layernorm.norms", shape.keyValueHeads(), shape.dHead(), eps));
    }
    return new SelfAttention(
        parts.separate(weights, at, "q_proj", "k_proj", "v_proj", shape),
        norms,
        rotary,
        attention,
        parts.dense(weights, at + "o_proj", shape.dModel(), shape.heads() * shape.dHead()));
  }
}
