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

/// GPT-2. Radford et al., *Language Models are Unsupervised Multitask Learners* (2019): norm before
/// each sublayer, learnt positions, queries, keys and values in one matrix, all matrices stored
/// `[in, out]`.
final class Gpt2 implements Family {
  private final Architecture shape;
  private final List<Block> blocks = new ArrayList<>();
  private final Tensor words;
  private final Tensor places;
  private final Norm last;
  private final Dense unembed;

  private record Block(
      Norm attnNorm, Dense qkv, Attention attention, Dense out, Norm mlpNorm, Mlp mlp) {}

  private Gpt2(Architecture shape, ModelConfig config, Weights all, Parts parts) {
    this.shape = shape;
    var weights = all.has("transformer.wte.weight") ? all.within("transformer.") : all;
    int d = shape.dModel();
    double eps = config.number("layer_norm_epsilon", 1e-5);
    var activation = Activation.named(config.text("activation_function", "gelu_new"));
    words = weights.get("wte.weight", shape.vocabulary(), d);
    places = weights.get("wpe.weight", shape.context(), d);
    for (int l = 0; l < shape.layers(); l++) {
      var at = "h." + l + ".";
      blocks.add(
          new Block(
              Norm.Layer.of(weights, at + "ln_1", d, eps),
              parts.transposed(weights, at + "attn.c_attn", 3 * d, d),
              new Attention(shape, scale(config, l, shape.dHead())),
              parts.transposed(weights, at + "attn.c_proj", d, d),
              Norm.Layer.of(weights, at + "ln_2", d, eps),
              new Mlp(
                  parts.transposed(weights, at + "mlp.c_fc", shape.dMlp(), d),
                  activation,
                  parts.transposed(weights, at + "mlp.c_proj", d, shape.dMlp()))));
    }
    last = Norm.Layer.of(weights, "ln_f", d, eps);
    boolean untied = !config.bool("tie_word_embeddings", true) && all.has("lm_head.weight");
    unembed =
        Dense.of(
            untied ? all.get("lm_head.weight", shape.vocabulary(), d) : words, parts.kernels());
  }

  static Family of(ModelConfig config, Weights weights, Parts parts) {
    config.mustBe("add_cross_attention", "false");
    int width = config.integer("n_embd");
    int heads = config.integer("n_head");
    var shape =
        new Architecture(
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
    return new Gpt2(shape, config, weights, parts);
  }

  private static double scale(ModelConfig config, int layer, int dHead) {
    double scale = config.bool("scale_attn_weights", true) ? 1 / Math.sqrt(dHead) : 1;
    return config.bool("scale_attn_by_inverse_layer_idx", false) ? scale / (layer + 1) : scale;
  }

  @Override
  public Architecture architecture() {
    return shape;
  }

  @Override
  public Set<Place> places() {
    var out = EnumSet.allOf(Place.class);
    out.removeAll(Set.of(Place.RESID_MID_SUM, Place.RESID_POST_SUM));
    return out;
  }

  @Override
  public Map<String, Place> reference() {
    return Map.of("attn_raw", Place.ATTN_OUT, "mlp_raw", Place.MLP_OUT);
  }

  @Override
  public Tensor embed(Pass pass) {
    var token = pass.at(Place.TOKEN_EMBED, Nn.embedding(words, pass.batch().ids()));
    var position = pass.at(Place.POS_EMBED, Nn.embedding(places, pass.batch().positions(0)));
    return pass.at(Place.EMBED, token.plus(position));
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
    int d = shape.dModel();
    var qkv = block.qkv.apply(x); // [token, 3 * d_model]
    var q = Parts.split(qkv.narrow(1, 0, d), shape.heads());
    var k = Parts.split(qkv.narrow(1, d, d), shape.heads());
    var v = Parts.split(qkv.narrow(1, 2L * d, d), shape.heads());
    return block.out.apply(block.attention.mix(q, k, v, l, pass));
  }

  @Override
  public void finish(Tensor resid, Pass pass) {
    var normed = pass.at(Place.LN_FINAL, last.apply(resid));
    if (pass.watches(Place.LOGITS)) {
      var _ = pass.at(Place.LOGITS, unembed.apply(normed));
    }
  }
}
