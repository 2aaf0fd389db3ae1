package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// Phi 1 to 2 and Phi 3. Li et al., *Textbooks Are All You Need II* (2023): attention and MLP in
/// parallel behind one layer norm, a part of each head turned, biases everywhere, the head too. Phi
/// 3 (Abdin et al. 2024) is Llama's block with queries, keys and values in one matrix and gate and
/// up in another.
final class Phi {
  private Phi() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    double eps = config.number("layer_norm_eps", 1e-5);
    var activation = Activation.named(config.text("hidden_act", "gelu_new"));
    int turned = (int) (shape.dHead() * Rotary.part(config, "partial_rotary_factor", 0.5));
    var rotary = Rotary.over(config, turned, 10000);
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      var own = at + "self_attn.";
      var norms =
          config.bool("qk_layernorm", false)
              ? SelfAttention.HeadNorms.each(
                  Norm.Layer.of(weights, own + "q_layernorm", shape.dHead(), eps),
                  Norm.Layer.of(weights, own + "k_layernorm", shape.dHead(), eps))
              : SelfAttention.HeadNorms.NONE;
      var norm = Norm.Layer.of(weights, at + "input_layernorm", d, eps);
      blocks.add(
          new Block.Parallel(
              norm,
              new SelfAttention(
                  parts.separate(weights, own, "q_proj", "k_proj", "v_proj", shape),
                  norms,
                  rotary,
                  attention,
                  parts.dense(weights, own + "dense", d, shape.heads() * shape.dHead())),
              norm,
              new Mlp(
                  parts.dense(weights, at + "mlp.fc1", shape.dMlp(), d),
                  activation,
                  parts.dense(weights, at + "mlp.fc2", d, shape.dMlp()))));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "final_layernorm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }

  static Family three(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    int m = shape.dMlp();
    double eps = config.number("rms_norm_eps", 1e-5);
    var activation = Activation.named(config.text("hidden_act", "silu"));
    Rotary.mustBe(config, List.of("default", "longrope", "su"));
    var rotary = Rotary.ofPart(config, shape.dHead(), 1);
    var attention =
        new Attention(shape, 1 / Math.sqrt(shape.dHead()))
            .within(config.integer("sliding_window", 0));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      blocks.add(
          new Block.Serial(
              Norm.Rms.of(weights, at + "input_layernorm", d, eps),
              new SelfAttention(
                  parts.stacked(weights, at + "self_attn.qkv_proj", shape),
                  SelfAttention.HeadNorms.NONE,
                  rotary,
                  attention,
                  parts.dense(weights, at + "self_attn.o_proj", d, shape.heads() * shape.dHead())),
              Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
              new Mlp.Gated(
                  parts.rows(weights, at + "mlp.gate_up_proj", 2 * m, d, 0, m),
                  parts.rows(weights, at + "mlp.gate_up_proj", 2 * m, d, m, m),
                  activation,
                  parts.dense(weights, at + "mlp.down_proj", d, m))));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Rms.of(weights, "norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }
}
