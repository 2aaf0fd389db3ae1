package dev.sonde.model;

import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// Mixtures of experts with Llama's attention: Mixtral (Jiang et al. 2024) and Qwen 3 MoE. The
/// router's scores are the point `router`; neurons of single experts have no point.
final class Mixtral {
  private Mixtral() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var activation = Activation.named(config.text("hidden_act", "silu"));
    int count = config.integer("num_local_experts");
    int chosen = config.integer("num_experts_per_tok");
    int window = config.integer("sliding_window", 0);
    return of(
        config,
        all,
        parts,
        (l, attention) -> attention.within(window),
        (weights, at, shape) ->
            experts(
                weights,
                at + "block_sparse_moe.",
                List.of("w1", "w3", "w2"),
                new Size(count, chosen, shape.dModel(), shape.dMlp(), true),
                activation,
                parts));
  }

  /// Some layers may be dense: those of `mlp_only_layers`, and all that `decoder_sparse_step`
  /// skips. A window limits all layers.
  static Family qwen3(ModelConfig config, Weights all, Parts parts) {
    var activation = Activation.named(config.text("hidden_act", "silu"));
    int count = config.integer(config.has("num_experts") ? "num_experts" : "num_local_experts");
    int chosen = config.integer("num_experts_per_tok");
    int width = config.integer("moe_intermediate_size");
    boolean normed = config.bool("norm_topk_prob", false);
    boolean limited = config.bool("use_sliding_window", false);
    int window = limited ? config.integer("sliding_window", 0) : 0;
    return of(
        config,
        all,
        parts,
        (l, attention) -> attention.within(window),
        (weights, at, shape) ->
            weights.has(at + "mlp.gate.weight")
                ? experts(
                    weights,
                    at + "mlp.",
                    List.of("gate_proj", "up_proj", "down_proj"),
                    new Size(count, chosen, shape.dModel(), width, normed),
                    activation,
                    parts)
                : parts.gated(weights, at + "mlp.", shape.dModel(), shape.dMlp(), activation));
  }

  private record Size(int count, int chosen, int dModel, int dMlp, boolean normed) {}

  @FunctionalInterface
  private interface Feed {
    Sublayer of(Weights weights, String at, Architecture shape);
  }

  private static Experts experts(
      Weights weights,
      String at,
      List<String> names,
      Size size,
      Activation activation,
      Parts parts) {
    var out = new ArrayList<Mlp.Gated>();
    for (int e = 0; e < size.count; e++) {
      var own = at + "experts." + e + ".";
      out.add(parts.gated(weights, own, names, size.dModel, size.dMlp, activation));
    }
    var router = parts.exact(weights, at + "gate", size.count, size.dModel);
    return new Experts(router, out, size.chosen, size.normed);
  }

  private static Family of(
      ModelConfig config, Weights all, Parts parts, Llama.Windows windows, Feed feed) {
    var shape = Parts.shape(config);
    var weights = Parts.under(all, "model.", "embed_tokens.weight");
    int d = shape.dModel();
    double eps = config.number("rms_norm_eps", 1e-5);
    var rotary = Rotary.of(config, shape.dHead());
    var attention = new Attention(shape, 1 / Math.sqrt(shape.dHead()));
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < shape.layers(); l++) {
      var at = "layers." + l + ".";
      blocks.add(
          new Block.Serial(
              Norm.Rms.of(weights, at + "input_layernorm", d, eps),
              Llama.attention(
                  weights, at + "self_attn.", windows.at(l, attention), rotary, eps, parts),
              Norm.Rms.of(weights, at + "post_attention_layernorm", d, eps),
              feed.of(weights, at, shape)));
    }
    var words = weights.get("embed_tokens.weight", shape.vocabulary(), d);
    var unembed = parts.unembed(config, false, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Rms.of(weights, "norm", d, eps), unembed);
    return Decoder.of(shape, Decoder.Start.of(words), blocks, end);
  }
}
