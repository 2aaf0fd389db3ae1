package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// GPT-NeoX and Pythia. Black et al. (2022), Biderman et al. (2023): attention and MLP in parallel
/// behind norms of their own (or serial), queries, keys and values stored head by head, a part of
/// each head turned.
final class GptNeox {
  private GptNeox() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "gpt_neox.", "embed_in.weight");
    int d = shape.dModel();
    double eps = config.number("layer_norm_eps", 1e-5);
    boolean parallel = config.bool("use_parallel_residual", true);
    var activation = Activation.named(config.text("hidden_act", "gelu"));
    int turned = (int) (shape.dHead() * Rotary.part(config, "rotary_pct", 0.25));
    var rotary = Rotary.over(config, turned, config.number("rotary_emb_base", 10000));
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      var attn =
          new SelfAttention(
              parts.grouped(weights, at + "attention.query_key_value", shape, shape.heads()),
              SelfAttention.HeadNorms.NONE,
              rotary,
              attention,
              parts.dense(weights, at + "attention.dense", d, d));
      var mlp =
          new Mlp(
              parts.dense(weights, at + "mlp.dense_h_to_4h", shape.dMlp(), d),
              activation,
              parts.dense(weights, at + "mlp.dense_4h_to_h", d, shape.dMlp()));
      var first = Norm.Layer.of(weights, at + "input_layernorm", d, eps);
      var second = Norm.Layer.of(weights, at + "post_attention_layernorm", d, eps);
      blocks.add(
          parallel
              ? new Block.Parallel(first, attn, second, mlp)
              : new Block.Serial(first, attn, second, mlp));
    }
    var words = weights.get("embed_in.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "embed_out", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "final_layer_norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }
}
