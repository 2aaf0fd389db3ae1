package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// OPT. Zhang et al. (2022): learnt positions counted from 2, norm before each sublayer, or, in the
/// 350M model, after each sum, with embeddings narrower than the stream.
final class Opt {
  private Opt() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = shape(config);
    int width = shape.dModel();
    var weights = under(all);
    var activation = Activation.named(config.text("activation_function", "relu"));
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      blocks.add(block(config, weights, "layers." + l + ".", attention, activation, parts));
    }
    int narrow = config.integer("word_embed_proj_dim", width);
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), narrow);
    var places = weights.get("embed_positions.weight", shape.context() + 2, width);
    var into =
        narrow == width
            ? List.<dev.sonde.tensor.Dense>of()
            : List.of(parts.dense(weights, "project_in", width, narrow));
    var start = new Decoder.Start(words, 1, into, List.of(places), 2, Norm.NONE);
    boolean normed = !shape.normLast() && !config.bool("_remove_final_layer_norm", false);
    var norm = normed ? norm(config, weights, "final_layer_norm") : Norm.NONE;
    var out =
        narrow == width
            ? List.<dev.sonde.tensor.Dense>of()
            : List.of(parts.dense(weights, "project_out", narrow, width));
    var unembed = parts.unembed(config, true, all, "lm_head", words);
    return Decoder.of(
        shape, start, blocks, new Decoder.End(norm, out, Decoder.Identity.SUBLAYER, unembed, 1, 0));
  }

  private static Architecture shape(ModelConfig config) {
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    return new Architecture(
        config.modelType(),
        config.integer("num_hidden_layers"),
        width,
        heads,
        heads,
        Parts.headWidth(width, heads),
        config.integer("ffn_dim"),
        config.integer("vocab_size"),
        config.integer("max_position_embeddings"),
        true,
        !config.bool("do_layer_norm_before", true));
  }

  private static Weights under(Weights all) {
    var inner = Parts.under(all, "model.", "decoder.embed_tokens.weight");
    return Parts.under(inner, "decoder.", "embed_tokens.weight");
  }

  private static Block block(
      ModelConfig config,
      Weights weights,
      String at,
      Attention attention,
      Activation activation,
      Parts parts) {
    var shape = attention.shape();
    int d = shape.dModel();
    var attn =
        new SelfAttention(
            parts.separate(weights, at + "self_attn.", "q_proj", "k_proj", "v_proj", shape),
            SelfAttention.HeadNorms.NONE,
            Rotation.NONE,
            attention,
            parts.dense(weights, at + "self_attn.out_proj", d, d));
    var mlp =
        new Mlp(
            parts.dense(weights, at + "fc1", shape.dMlp(), d),
            activation,
            parts.dense(weights, at + "fc2", d, shape.dMlp()));
    var attnNorm = norm(config, weights, at + "self_attn_layer_norm");
    var mlpNorm = norm(config, weights, at + "final_layer_norm");
    return shape.normLast()
        ? new Block.NormLast(attn, attnNorm, mlp, mlpNorm)
        : new Block.Serial(attnNorm, attn, mlpNorm, mlp);
  }

  private static Norm norm(ModelConfig config, Weights weights, String name) {
    int width = config.integer("hidden_size");
    return config.bool("layer_norm_elementwise_affine", true)
        ? Norm.Layer.of(weights, name, width, 1e-5)
        : Norm.Layer.plain(weights, width, 1e-5);
  }
}
