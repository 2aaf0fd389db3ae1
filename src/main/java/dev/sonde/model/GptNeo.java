package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// GPT-Neo. Black et al. (2021): GPT-2 without scaled scores, every layer global or local (the last
/// `window_size` places), matrices stored `[out, in]`.
final class GptNeo {
  private GptNeo() {}

  static Family of(ModelConfig config, Weights all, Parts parts) {
    var shape = shape(config);
    int width = shape.dModel();
    int layers = shape.layers();
    var kinds = kinds(config, layers);
    var weights = Parts.under(all, "transformer.", "wte.weight");
    double eps = config.number("layer_norm_epsilon", 1e-5);
    var activation = Activation.named(config.text("activation_function", "gelu_new"));
    int window = config.integer("window_size", 256);
    var blocks = new ArrayList<Block>();
    for (int l = 0; l < layers; l++) {
      var at = "h." + l + ".";
      var own = at + "attn.attention.";
      var attention = new Attention(shape, 1);
      blocks.add(
          new Block.Serial(
              Norm.Layer.of(weights, at + "ln_1", width, eps),
              new SelfAttention(
                  parts.separate(weights, own, "q_proj", "k_proj", "v_proj", shape),
                  SelfAttention.HeadNorms.NONE,
                  Rotation.NONE,
                  kinds.get(l).equals("local") ? attention.within(window) : attention,
                  parts.dense(weights, own + "out_proj", width, width)),
              Norm.Layer.of(weights, at + "ln_2", width, eps),
              new Mlp(
                  parts.dense(weights, at + "mlp.c_fc", shape.dMlp(), width),
                  activation,
                  parts.dense(weights, at + "mlp.c_proj", width, shape.dMlp()))));
    }
    var words = weights.get("wte.weight", shape.vocabulary(), width);
    var places = weights.get("wpe.weight", shape.context(), width);
    var unembed = parts.unembed(config, true, all, "lm_head", words);
    var end = Decoder.End.of(Norm.Layer.of(weights, "ln_f", width, eps), unembed);
    return Decoder.of(shape, Decoder.Start.placed(words, places), blocks, end);
  }

  private static Architecture shape(ModelConfig config) {
    int width = config.integer("hidden_size");
    int heads = config.integer("num_heads");
    return new Architecture(
        config.modelType(),
        config.integer("num_layers"),
        width,
        heads,
        heads,
        Parts.headWidth(width, heads),
        config.integer("intermediate_size", 4 * width),
        config.integer("vocab_size"),
        config.integer("max_position_embeddings"),
        true,
        false);
  }

  private static List<String> kinds(ModelConfig config, int layers) {
    if (config.has("attention_types")) {
      var kinds = config.repeated("attention_types");
      if (kinds.size() != layers || !Set.of("global", "local").containsAll(kinds)) {
        throw new BadInput(
            "config.json: attention_types should say global or local for each of %d layers, but says %s"
                .formatted(layers, kinds));
      }
      return kinds;
    }
    if (!config.has("attention_layers")) {
      throw new BadInput("config.json of a GPT-Neo needs attention_layers, a kind for each layer");
    }
    return config.texts("attention_layers", layers, l -> "global");
  }
}
