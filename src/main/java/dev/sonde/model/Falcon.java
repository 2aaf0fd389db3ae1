package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.Map;

/// Falcon. Almazrouei et al. (2023), in its three forms: 7B (`multi_query`: one key and value for
/// all heads, parallel behind one norm), 40B and 180B (`new_decoder_architecture`: keys and values
/// by groups, parallel behind one or two norms), and RW (serial, ALiBi).
///
/// ALiBi enters the scores once, as in training; the eager code of transformers (5.18 to 5.23) adds
/// it to the mask and to the scores, its fused code once ([Parts#asEager]).
final class Falcon {
  private final ModelConfig config;
  private final Architecture shape;
  private final Weights weights;
  private final Parts parts;
  private final boolean grouped;
  private final boolean parallel;

  private Falcon(ModelConfig config, Weights all, Parts parts) {
    this.config = config;
    this.parts = parts;
    weights = Parts.under(all, "transformer.", "word_embeddings.weight");
    grouped = config.bool("new_decoder_architecture", false);
    parallel = config.bool("parallel_attn", true);
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    boolean one = config.bool("multi_query", true);
    int keys = grouped ? config.integer("num_kv_heads", heads) : one ? 1 : heads;
    shape =
        new Architecture(
            config.modelType(),
            config.integer("num_hidden_layers"),
            width,
            heads,
            keys,
            Parts.headWidth(width, heads),
            config.integer("ffn_hidden_size", 4 * width),
            config.integer("vocab_size"),
            Rotary.context(config),
            true,
            false);
  }

  static Family of(ModelConfig config, Weights all, Parts parts) {
    return new Falcon(config, all, parts).whole(all);
  }

  private double biasScale(double once) {
    return parts.asEager(
            "ALiBi is added twice, as the reference's eager code does; every other command adds it once, as its fused code and the training do")
        ? 2 * once
        : once;
  }

  private Family whole(Weights all) {
    double scale = 1 / Math.sqrt(shape.dHead());
    boolean alibi = config.bool("alibi", false);
    var plain = new Attention(shape, scale);
    var attention = alibi ? plain.biased(new Alibi(shape.heads(), biasScale(scale), true)) : plain;
    var rotation = alibi ? Rotation.NONE : Rotary.of(config, shape.dHead());
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      blocks.add(block("h." + l + ".", attention, rotation));
    }
    int d = shape.dModel();
    var words = weights.get("word_embeddings.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, true, all, "lm_head", words);
    // the reference adds what attention gives into the MLP's output, in place
    var mlpRaw = parallel || grouped ? Place.BLOCK_OUT : Place.MLP_OUT;
    return new Decoder(
        shape,
        Decoder.Start.of(words),
        blocks,
        Decoder.End.of(norm("ln_f"), unembed),
        Map.of("attn_raw", Place.ATTN_OUT, "mlp_raw", mlpRaw));
  }

  private Block block(String at, Attention attention, Rotation rotation) {
    int d = shape.dModel();
    var attn =
        new SelfAttention(
            parts.grouped(
                weights, at + "self_attention.query_key_value", shape, shape.keyValueHeads()),
            SelfAttention.HeadNorms.NONE,
            rotation,
            attention,
            parts.dense(weights, at + "self_attention.dense", d, d));
    var activation = Activation.named(config.text("activation", "gelu"));
    var mlp =
        new Mlp(
            parts.dense(weights, at + "mlp.dense_h_to_4h", shape.dMlp(), d),
            activation,
            parts.dense(weights, at + "mlp.dense_4h_to_h", d, shape.dMlp()));
    if (grouped && config.integer("num_ln_in_parallel_attn", 2) == 2) {
      return new Block.Parallel(norm(at + "ln_attn"), attn, norm(at + "ln_mlp"), mlp);
    }
    var first = norm(at + "input_layernorm");
    return parallel || grouped
        ? new Block.Parallel(first, attn, first, mlp)
        : new Block.Serial(first, attn, norm(at + "post_attention_layernorm"), mlp);
  }

  private Norm norm(String name) {
    double eps = config.number("layer_norm_epsilon", 1e-5);
    return Norm.Layer.of(weights, name, shape.dModel(), eps);
  }
}
