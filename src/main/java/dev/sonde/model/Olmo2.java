package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// OLMo 2. Team OLMo (2024): no norm before a sublayer but one after it, before what it gives is
/// added (`attn_raw`, `mlp_raw` before that norm); norms over all queries and all keys together.
final class Olmo2 {
  private Olmo2() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    int wide = shape.heads() * shape.dHead();
    double eps = config.number("rms_norm_eps", 1e-5);
    var activation = Activation.named(config.text("hidden_act", "silu"));
    var rotary = Rotary.of(config, shape.dHead());
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      var own = at + "self_attn.";
      var norms =
          SelfAttention.HeadNorms.wide(
              Norm.Rms.of(weights, own + "q_norm", wide, eps),
              Norm.Rms.of(weights, own + "k_norm", shape.keyValueHeads() * shape.dHead(), eps));
      blocks.add(
          new Block.Tempered(
              Norm.NONE,
              new SelfAttention(
                  parts.separate(weights, own, "q_proj", "k_proj", "v_proj", shape),
                  norms,
                  rotary,
                  attention,
                  parts.dense(weights, own + "o_proj", d, wide)),
              Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
              Norm.NONE,
              parts.gated(weights, at + "mlp.", d, shape.dMlp(), activation),
              Norm.Rms.of(weights, at + "post_feedforward_layernorm", d, eps),
              1));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Rms.of(weights, "norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }
}
