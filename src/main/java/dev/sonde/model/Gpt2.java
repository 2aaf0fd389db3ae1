package dev.sonde.model;

import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// GPT-2. Radford et al., *Language Models are Unsupervised Multitask Learners* (2019): norm before
/// each sublayer, learnt positions, queries, keys and values in one matrix, all matrices stored
/// `[in, out]`.
final class Gpt2 {
  private Gpt2() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    config.mustBe("add_cross_attention", "false");
    var shape = shape(config);
    var weights = Parts.under(all, "transformer.", "wte.weight");
    int d = shape.dModel();
    double eps = config.number("layer_norm_epsilon", 1e-5);
    var activation = Activation.named(config.text("activation_function", "gelu_new"));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "h." + l + ".";
      blocks.add(
          new Block.Serial(
              Norm.Layer.of(weights, at + "ln_1", d, eps),
              new SelfAttention(
                  heads(weights, at + "attn.c_attn", d, parts),
                  SelfAttention.HeadNorms.NONE,
                  Rotation.NONE,
                  new Attention(shape, scale(config, l, shape.dHead())),
                  parts.transposed(weights, at + "attn.c_proj", d, d)),
              Norm.Layer.of(weights, at + "ln_2", d, eps),
              new Mlp(
                  parts.transposed(weights, at + "mlp.c_fc", shape.dMlp(), d),
                  activation,
                  parts.transposed(weights, at + "mlp.c_proj", d, shape.dMlp()))));
    }
    var words = weights.get("wte.weight", shape.vocabulary(), d);
    var places = weights.get("wpe.weight", shape.context(), d);
    boolean untied = !config.bool("tie_word_embeddings", true) && all.has("lm_head.weight");
    var unembed =
        untied
            ? List.of(parts.dense(all, "lm_head", shape.vocabulary(), d))
            : List.of(parts.tied(words));
    var end = Decoder.End.of(Norm.Layer.of(weights, "ln_f", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.placed(words, places), blocks, end);
  }

  /// The shape under the names that GPT-2 and GPT-J use.
  static Architecture shape(ModelConfig config) {
    int width = config.integer("n_embd");
    int heads = config.integer("n_head");
    return new Architecture(
        config.modelType(),
        config.integer("n_layer"),
        width,
        heads,
        heads,
        Parts.headWidth(width, heads),
        config.integer("n_inner", 4 * width),
        config.integer("vocab_size"),
        config.integer("n_positions"),
        true,
        false);
  }

  /// What writes to the residual stream begins narrower.
  static Initial begins(String name, ModelConfig config) {
    var plain = Initial.plain(name, config);
    return name.endsWith("c_proj.weight") ? plain.shared(config.integer("n_layer")) : plain;
  }

  /// `[d_model, q | k | v]` → three layers.
  private static SelfAttention.Heads heads(Weights weights, String name, int d, Parts parts) {
    var stored = weights.get(name + ".weight", d, 3L * d);
    var bias = weights.get(name + ".bias", 3L * d);
    return new SelfAttention.Heads(
        third(stored, bias, 0, d, parts),
        third(stored, bias, d, d, parts),
        third(stored, bias, 2 * d, d, parts));
  }

  private static Dense third(Tensor stored, Tensor bias, int from, int d, Parts parts) {
    return Dense.of(
        Lasting.tensor(() -> stored.narrow(1, from, d).transpose(0, 1)),
        Lasting.tensor(() -> bias.narrow(0, from, d)),
        parts.kernels());
  }

  private static double scale(ModelConfig config, int layer, int dHead) {
    double scale = config.bool("scale_attn_weights", true) ? 1 / Math.sqrt(dHead) : 1;
    return config.bool("scale_attn_by_inverse_layer_idx", false) ? scale / (layer + 1) : scale;
  }
}
