package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;

/// Gemma 1, 2 and 3 (text). Gemma Team (2024, 2024, 2025): words scaled by `sqrt(d_model)`, norms
/// that store what is added to 1. Gemma 2 and 3 norm what a sublayer gives out too, before it is
/// added (`attn_raw` and `mlp_raw` before that norm), and look through a window in most layers;
/// Gemma 2 caps scores and logits, Gemma 3 norms queries and keys and turns windowed layers with a
/// base of their own.
final class Gemma {
  private final ModelConfig config;
  private final Architecture shape;
  private final Weights weights;
  private final Parts parts;
  private final double eps;
  private final Activation activation;

  private Gemma(ModelConfig config, Weights all, Parts parts, String activation) {
    config.mustBe("use_bidirectional_attention", "false");
    this.config = config;
    this.parts = parts;
    this.activation = Activation.named(activation);
    shape = Parts.shape(config);
    weights = Parts.under(all, "model.", "embed_tokens.weight");
    eps = config.number("rms_norm_eps", 1e-6);
  }

  static Family one(ModelConfig config, Weights all, Parts parts) {
    // "gelu" is what the first files say, and never meant the exact one
    var named = config.text("hidden_act", "gelu_pytorch_tanh");
    var own = new Gemma(config, all, parts, named.equals("gelu") ? "gelu_pytorch_tanh" : named);
    return own.first(all);
  }

  static Family two(ModelConfig config, Weights all, Parts parts) {
    var named = config.text("hidden_activation", "gelu_pytorch_tanh");
    return new Gemma(config, all, parts, named).later(all, 2, l -> l % 2 == 0);
  }

  static Family three(ModelConfig config, Weights all, Parts parts) {
    var named = config.text("hidden_activation", "gelu_pytorch_tanh");
    int every =
        config.integer("_sliding_window_pattern", config.integer("sliding_window_pattern", 6));
    return new Gemma(config, all, parts, named).later(all, 3, l -> (l + 1) % every != 0);
  }

  private Family first(Weights all) {
    var rotary = Rotary.of(config, shape.dHead());
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      blocks.add(
          new Block.Serial(
              norm(at + "input_layernorm"),
              attend(at, SelfAttention.HeadNorms.NONE, rotary, attention),
              norm(at + "post_attention_layernorm"),
              parts.gated(weights, at + "mlp.", shape.dModel(), shape.dMlp(), activation)));
    }
    return whole(all, blocks, 0);
  }

  private Family later(Weights all, int version, java.util.function.IntPredicate windowed) {
    var kinds =
        config.texts(
            "layer_types",
            shape.layers(),
            l -> windowed.test(l) ? "sliding_attention" : "full_attention");
    double scale = Math.pow(config.number("query_pre_attn_scalar", 256), -0.5);
    // Gemma 3 carries the key, but the reference does not read it
    double cap = version == 2 ? config.number("attn_logit_softcapping", 0) : 0;
    double local = version == 3 ? config.number("rope_local_base_freq", 10000) : 10000;
    double theta = config.number("rope_theta", version == 3 ? 1e6 : 10000);
    var far = Rotary.ofKind(config, "full_attention", shape.dHead(), theta);
    var near =
        version == 3 ? Rotary.ofKind(config, "sliding_attention", shape.dHead(), local) : far;
    int window = config.integer("sliding_window", 4096);
    var attention = new Attention(shape, scale).capped(cap);
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      boolean sliding = kinds.get(l).equals("sliding_attention");
      blocks.add(
          tempered(
              "layers." + l + ".",
              sliding ? near : far,
              sliding ? attention.within(window) : attention));
    }
    return whole(all, blocks, config.number("final_logit_softcapping", 0));
  }

  private Block tempered(String at, Rotary rotary, Attention attention) {
    var names = at + "self_attn.";
    var norms =
        weights.has(names + "q_norm.weight")
            ? SelfAttention.HeadNorms.each(
                Norm.Rms.fromOne(weights, names + "q_norm", shape.dHead(), eps),
                Norm.Rms.fromOne(weights, names + "k_norm", shape.dHead(), eps))
            : SelfAttention.HeadNorms.NONE;
    return new Block.Tempered(
        norm(at + "input_layernorm"),
        attend(at, norms, rotary, attention),
        norm(at + "post_attention_layernorm"),
        norm(at + "pre_feedforward_layernorm"),
        parts.gated(weights, at + "mlp.", shape.dModel(), shape.dMlp(), activation),
        norm(at + "post_feedforward_layernorm"),
        1);
  }

  private SelfAttention attend(
      String at, SelfAttention.HeadNorms norms, Rotary rotary, Attention attention) {
    int wide = shape.heads() * shape.dHead();
    return new SelfAttention(
        parts.separate(weights, at + "self_attn.", "q_proj", "k_proj", "v_proj", shape),
        norms,
        rotary,
        attention,
        parts.dense(weights, at + "self_attn.o_proj", shape.dModel(), wide));
  }

  private Norm norm(String name) {
    return Norm.Rms.fromOne(weights, name, shape.dModel(), eps);
  }

  private Family whole(Weights all, java.util.List<Block> blocks, double cap) {
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), shape.dModel());
    var start = Decoder.Start.scaled(words, (float) Math.sqrt(shape.dModel()));
    var unembed = parts.unembed(config, true, all, "lm_head", words);
    var end =
        new Decoder.End(
            norm("norm"), java.util.List.of(), Decoder.Identity.SUBLAYER, unembed, 1, cap);
    return Decoder.of(shape, start, blocks, end);
  }
}
