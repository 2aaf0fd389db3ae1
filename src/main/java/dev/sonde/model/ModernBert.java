package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// ModernBERT. Warner et al. (2024): an encoder of serial blocks with norms before the sublayers
/// (none before the first attention), rotary positions of two bases, every third layer global and
/// the others local, gated MLPs, and a masked-word head of its own.
final class ModernBert {
  private final ModelConfig config;
  private final Architecture shape;
  private final Weights weights;
  private final Parts parts;

  private ModernBert(ModelConfig config, Weights all, Parts parts) {
    this.config = config;
    this.parts = parts;
    var causal = Parts.shape(config);
    shape =
        new Architecture(
            causal.family(),
            causal.layers(),
            causal.dModel(),
            causal.heads(),
            causal.heads(),
            Parts.headWidth(causal.dModel(), causal.heads()),
            causal.dMlp(),
            causal.vocabulary(),
            causal.context(),
            false,
            false);
    weights = Parts.under(all, "model.", "embeddings.tok_embeddings.weight");
  }

  static Family of(ModelConfig config, Weights all, Parts parts) {
    return new ModernBert(config, all, parts).whole(all);
  }

  /// No number far out; what writes to the residual stream, and the head, begin narrower.
  static Initial begins(String name, ModelConfig config) {
    var plain = Initial.plain(name, config).cutAt(config.number("initializer_cutoff_factor", 3));
    boolean out =
        name.endsWith("Wo.weight")
            || name.endsWith("head.dense.weight")
            || name.endsWith("decoder.weight");
    return out ? plain.shared(config.integer("num_hidden_layers")) : plain;
  }

  private Family whole(Weights all) {
    int every = config.integer("global_attn_every_n_layers", 3);
    var kinds =
        config.texts(
            "layer_types",
            shape.layers(),
            l -> l % every == 0 ? "full_attention" : "sliding_attention");
    double theta = config.number("global_rope_theta", 160000);
    var far = Rotary.ofKind(config, "full_attention", shape.dHead(), theta);
    double local = config.number("local_rope_theta", 10000);
    var near = Rotary.ofKind(config, "sliding_attention", shape.dHead(), local);
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var limited = attention.within(config.integer("local_attention", 128) / 2);
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      boolean sliding = kinds.get(l).equals("sliding_attention");
      blocks.add(block(l, sliding ? limited : attention, sliding ? near : far));
    }
    int d = shape.dModel();
    var words = weights.get("embeddings.tok_embeddings.weight", shape.vocabulary(), d);
    var start = Decoder.Start.normed(words, norm(weights, "embeddings.norm"));
    return Decoder.of(shape, start, blocks, end(all, words));
  }

  private Decoder.End end(Weights all, Tensor words) {
    var last = norm(weights, "final_norm");
    if (!all.has("head.dense.weight")) {
      return Decoder.End.of(last, List.of(parts.tied(words))); // an encoder without a head
    }
    int d = shape.dModel();
    var head =
        new Head(
            parts.dense(all, "head.dense", d, d),
            Activation.named(config.text("classifier_activation", "gelu")),
            norm(all, "head.norm"));
    boolean tied = config.bool("tie_word_embeddings", true);
    var weight = tied ? words : all.get("decoder.weight", shape.vocabulary(), d);
    var unembed =
        all.has("decoder.bias")
            ? Dense.of(weight, all.get("decoder.bias", shape.vocabulary()), parts.kernels())
            : Dense.of(weight, parts.kernels());
    return new Decoder.End(last, List.of(), head, List.of(unembed), 1, 0);
  }

  /// `norm(act(dense(x)))`.
  private record Head(Dense dense, Activation activation, Norm norm) implements Sublayer {
    @Override
    public Tensor apply(Tensor x, int layer, Pass pass) {
      return norm.apply(activation.apply(dense.apply(x)));
    }

    @Override
    public Set<Place> places() {
      return Set.of();
    }
  }

  private Block block(int l, Attention attention, Rotary rotary) {
    var at = "layers." + l + ".";
    int d = shape.dModel();
    int m = shape.dMlp();
    return new Block.Serial(
        l == 0 ? Norm.NONE : norm(weights, at + "attn_norm"),
        new SelfAttention(
            parts.stacked(weights, at + "attn.Wqkv", shape),
            SelfAttention.HeadNorms.NONE,
            rotary,
            attention,
            parts.dense(weights, at + "attn.Wo", d, d)),
        norm(weights, at + "mlp_norm"),
        new Mlp.Gated(
            parts.rows(weights, at + "mlp.Wi", 2 * m, d, 0, m),
            parts.rows(weights, at + "mlp.Wi", 2 * m, d, m, m),
            Activation.named(config.text("hidden_activation", "gelu")),
            parts.dense(weights, at + "mlp.Wo", d, m)));
  }

  private Norm norm(Weights from, String name) {
    return Norm.Layer.of(
        from,
        name,
        shape.dModel(),
        config.number("norm_eps", 1e-5),
        config.bool("norm_bias", false));
  }
}
