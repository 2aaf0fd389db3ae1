package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.Map;

/// BLOOM. BigScience (2022): a norm behind the word embeddings, positions by ALiBi alone, queries,
/// keys and values stored head by head. The reference's modules add the residual stream themselves:
/// its `attn_raw` is `resid_mid`, its `mlp_raw` is `resid_post`.
final class Bloom {
  private Bloom() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    config.mustBe("apply_residual_connection_post_layernorm", "false");
    if (config.integer("pretraining_tp", 1) > 1) {
      config.mustBe("slow_but_exact", "false"); // leaves out biases
    }
    var shape = shape(config);
    int width = shape.dModel();
    int heads = shape.heads();
    var weights = Parts.under(all, "transformer.", "word_embeddings.weight");
    double eps = config.number("layer_norm_epsilon", 1e-5);
    var attention =
        new Attention(shape, 1 / Math.sqrt(shape.dHead())).biased(new Alibi(heads, 1, false));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "h." + l + ".";
      blocks.add(
          new Block.Serial(
              Norm.Layer.of(weights, at + "input_layernorm", width, eps),
              new SelfAttention(
                  parts.grouped(weights, at + "self_attention.query_key_value", shape, heads),
                  SelfAttention.HeadNorms.NONE,
                  Rotation.NONE,
                  attention,
                  parts.dense(weights, at + "self_attention.dense", width, width)),
              Norm.Layer.of(weights, at + "post_attention_layernorm", width, eps),
              new Mlp(
                  parts.dense(weights, at + "mlp.dense_h_to_4h", shape.dMlp(), width),
                  Activation.GELU_TANH,
                  parts.dense(weights, at + "mlp.dense_4h_to_h", width, shape.dMlp()))));
    }
    var words = weights.get("word_embeddings.weight", shape.vocabulary(), width);
    var start =
        Decoder.Start.normed(
            words, Norm.Layer.of(weights, "word_embeddings_layernorm", width, eps));
    var unembed = parts.unembed(config, true, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "ln_f", width, eps), unembed);
    var modules = Map.of("attn_raw", Place.RESID_MID, "mlp_raw", Place.RESID_POST);
    return new Decoder(shape, start, blocks, end, modules);
  }

  private static Architecture shape(ModelConfig config) {
    int width = config.integer("hidden_size");
    int heads = config.integer(config.has("n_head") ? "n_head" : "num_attention_heads");
    return new Architecture(
        config.modelType(),
        config.integer(config.has("n_layer") ? "n_layer" : "num_hidden_layers"),
        width,
        heads,
        heads,
        Parts.headWidth(width, heads),
        4 * width,
        config.integer("vocab_size"),
        1 << 20,
        true,
        false);
  }
}
