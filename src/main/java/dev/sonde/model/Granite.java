package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// Granite 3. IBM Granite Team (2024): Llama's blocks under four multipliers: of the embeddings, of
/// the scores (instead of `1 / sqrt(d_head)`), of what each sublayer adds (`attn_raw`, `mlp_raw`
/// before it), and a divisor of the logits.
final class Granite {
  private Granite() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    double eps = config.number("rms_norm_eps", 1e-6);
    var activation = Activation.named(config.text("hidden_act", "silu"));
    var rotary = Rotary.of(config, shape.dHead());
    var attention = new Attention(shape, config.number("attention_multiplier", 1));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      blocks.add(
          new Block.Tempered(
              Norm.Rms.of(weights, at + "input_layernorm", d, eps),
              Llama.attention(weights, at + "self_attn.", attention, rotary, eps, parts),
              Norm.NONE,
              Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
              parts.gated(weights, at + "mlp.", d, shape.dMlp(), activation),
              Norm.NONE,
              config.number("residual_multiplier", 1)));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end =
        new Decoder.End(
            Norm.Rms.of(weights, "norm", d, eps),
            List.of(),
            Decoder.Identity.SUBLAYER,
            unembed,
            config.number("logits_scaling", 1),
            0);
    var start = Decoder.Start.scaled(words, config.number("embedding_multiplier", 1));
    return Decoder.of(shape, start, blocks, end);
  }
}
