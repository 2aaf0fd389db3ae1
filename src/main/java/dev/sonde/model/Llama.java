package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Llama 1 to 3 and models of the same blocks (SmolLM). Touvron et al., *LLaMA* (2023): RMS norm
/// before each sublayer, rotary positions, gated MLP, from Llama 2 on heads that share keys and
/// values.
final class Llama implements Family {
  private final Architecture shape;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor words;
  private final Rotary rotary;
  private final Attention attention;
  private final Norm last;
  private final Dense unembed;

  private record Block(
      Norm attnNorm, Dense query, Dense key, Dense value, Dense out, Norm mlpNorm, Mlp.Gated mlp) {}

  private Llama(Architecture shape, ModelConfig config, Weights all, Parts parts) {
    this.shape = shape;
    var weights = all.has("model.embed_tokens.weight") ? all.within("model.") : all;
    int d = shape.dModel();
    double eps = config.number("rms_norm_eps", 1e-6);
    words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    rotary = Rotary.of(config, shape.dHead());
    attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var activation = Activation.named(config.text("hidden_act", "silu"));
    for (int l = 0; l < shape.layers(); l++) {
      blocks.add(block(weights, "layers." + l + ".", eps, activation, parts));
    }
    last = Norm.Rms.of(weights, "norm", d, eps);
    boolean tied = config.bool("tie_word_embeddings", false);
    unembed =
        Dense.of(tied ? words : all.get("lm_head.weight", shape.vocabulary(), d), parts.kernels());
  }

  static Family of(ModelConfig config, Weights weights, Parts parts) {
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    var shape =
        new Architecture(
            config.modelType(),
            config.integer("num_hidden_layers"),
            width,
            heads,
            config.integer("num_key_value_heads", heads),
            config.has("head_dim") ? config.integer("head_dim") : Parts.headWidth(width, heads),
            config.integer("intermediate_size"),
            config.integer("vocab_size"),
            config.integer("max_position_embeddings"),
            true,
            false);
    return new Llama(shape, config, weights, parts);
  }

  private Block block(Weights weights, String at, double eps, Activation activation, Parts parts) {
    int d = shape.dModel();
    int queries = shape.heads() * shape.dHead();
    int keys = shape.keyValueHeads() * shape.dHead();
    return new Block(
        Norm.Rms.of(weights, at + "input_layernorm", d, eps),
        parts.dense(weights, at + "self_attn.q_proj", queries, d),
        parts.dense(weights, at + "self_attn.k_proj", keys, d),
        parts.dense(weights, at + "self_attn.v_proj", keys, d),
        parts.dense(weights, at + "self_attn.o_proj", d, queries),
        Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
        new Mlp.Gated(
            parts.dense(weights, at + "mlp.gate_proj", shape.dMlp(), d),
            parts.dense(weights, at + "mlp.up_proj", shape.dMlp(), d),
            activation,
            parts.dense(weights, at + "mlp.down_proj", d, shape.dMlp())));
  }

  @Override
  public Architecture architecture() {
    return shape;
  }

  @Override
  public Set<Place> places() {
    var out = EnumSet.allOf(Place.class);
    out.removeAll(Set.of(Place.RESID_MID_SUM, Place.RESID_POST_SUM, Place.POS_EMBED));
    return out;
  }

  @Override
  public Map<String, Place> reference() {
    return Map.of("attn_raw", Place.ATTN_OUT, "mlp_raw", Place.MLP_OUT);
  }

  @Override
  public Tensor embed(Pass pass) {
    var token = pass.at(Place.TOKEN_EMBED, Nn.embedding(words, pass.batch().ids()));
    return pass.at(Place.EMBED, token);
  }

  @Override
  public Tensor block(int l, Tensor resid, Pass pass) {
    var block = blocks.get(l);
    resid = pass.at(Place.RESID_PRE, l, resid);
    var attnOut = pass.at(Place.ATTN_OUT, l, attend(block, l, block.attnNorm.apply(resid), pass));
    resid = pass.at(Place.RESID_MID, l, resid.plus(attnOut));
    var mlpOut = pass.at(Place.MLP_OUT, l, block.mlp.apply(block.mlpNorm.apply(resid), l, pass));
    return pass.at(Place.RESID_POST, l, resid.plus(mlpOut));
  }

  private Tensor attend(Block block, int l, Tensor x, Pass pass) {
    var angles = rotary.tables(pass.batch());
    var q = rotary.turn(Parts.split(block.query.apply(x), shape.heads()), angles);
    var k = rotary.turn(Parts.split(block.key.apply(x), shape.keyValueHeads()), angles);
    var v = Parts.split(block.value.apply(x), shape.keyValueHeads());
    return block.out.apply(attention.mix(q, k, v, l, pass));
  }

  @Override
  public void finish(Tensor resid, Pass pass) {
    var normed = pass.at(Place.LN_FINAL, last.apply(resid));
    if (pass.watches(Place.LOGITS)) {
      var _ = pass.at(Place.LOGITS, unembed.apply(normed));
    }
  }
}
