package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// GPT-J. Wang and Komatsuzaki (2021): attention and MLP in parallel behind one norm, the first
/// `rotary_dim` numbers of each head turned in neighbouring pairs, a head with a bias.
final class GptJ {
  private GptJ() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = Gpt2.shape(config);
    var weights = Parts.under(all, "transformer.", "wte.weight");
    int d = shape.dModel();
    double eps = config.number("layer_norm_epsilon", 1e-5);
    var activation = Activation.named(config.text("activation_function", "gelu_new"));
    // without rotary_dim the reference makes angles for d_model and turns whole heads with the
    // first
    int turned = config.integer("rotary_dim", shape.dHead());
    var rotary = Rotary.neighbours(config, turned);
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "h." + l + ".";
      var norm = Norm.Layer.of(weights, at + "ln_1", d, eps);
      blocks.add(
          new Block.Parallel(
              norm,
              new SelfAttention(
                  parts.separate(weights, at + "attn.", "q_proj", "k_proj", "v_proj", shape),
                  SelfAttention.HeadNorms.NONE,
                  rotary,
                  attention,
                  parts.dense(weights, at + "attn.out_proj", d, d)),
              norm,
              new Mlp(
                  parts.dense(weights, at + "mlp.fc_in", shape.dMlp(), d),
                  activation,
                  parts.dense(weights, at + "mlp.fc_out", d, shape.dMlp()))));
    }
    var words = weights.get("wte.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "ln_f", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }
}
