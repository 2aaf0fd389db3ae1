package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/// Rotary position embedding: pairs (i, i + d/2) of a head's numbers are turned by `position *
/// frequency_i`.
///
/// Su et al., *RoFormer* (2021), in the half-split layout of the Llama weights of Hugging Face.
/// Scalings for longer contexts: linear, dynamic (NTK), yarn (Peng et al. 2023, section 3) and
/// llama3. Frequencies and angles are float32 as in the reference library, since its rounding is
/// part of what a model computes.
///
/// `dynamic` depends on the length of a text beyond `max_position_embeddings`: here on that of the
/// text itself, never on its neighbours in a batch.
final class Rotary {
  private final Settings settings;

  /// What config.json says; `original` is the context before it was stretched.
  record Settings(String type, double theta, int dim, int context, ModelConfig keys) {}

  private Rotary(Settings settings) {
    this.settings = settings;
    var _ = frequencies(1); // refuses an unknown type at the door
  }

  /// Reads `rope_parameters` (transformers 5) or `rope_theta` with `rope_scaling` (before).
  static Rotary of(ModelConfig config, int dHead) {
    var keys = ropeKeys(config);
    double theta =
        keys.has("rope_theta") ? keys.number("rope_theta") : config.number("rope_theta", 10000.0);
    var type = keys.has("rope_type") ? keys.text("rope_type") : keys.text("type", "default");
    int context = config.integer("max_position_embeddings");
    double part = keys.number("partial_rotary_factor", config.number("partial_rotary_factor", 1.0));
    return new Rotary(new Settings(type, theta, (int) (dHead * part), context, keys));
  }

  private static ModelConfig ropeKeys(ModelConfig config) {
    if (config.has("rope_parameters")) {
      return config.nested("rope_parameters");
    }
    return config.has("rope_scaling") ? config.nested("rope_scaling") : config.empty();
  }

  /// heads `[token, head, d_head]` → turned.
  Tensor turn(Tensor heads, Tables tables) {
    int dim = settings.dim;
    int whole = (int) heads.size(2);
    var first = heads.narrow(2, 0, dim / 2);
    var second = heads.narrow(2, dim / 2, dim / 2);
    var parts = new ArrayList<Tensor>();
    parts.add(first.times(tables.cos).minus(second.times(tables.sin)));
    parts.add(second.times(tables.cos).plus(first.times(tables.sin)));
    if (dim < whole) {
      parts.add(heads.narrow(2, dim, whole - dim));
    }
    return Tensor.cat(2, parts);
  }

  /// Cosines and sines for every token of a batch, `[token, 1, d/2]`: made once a pass.
  record Tables(Tensor cos, Tensor sin) {}

  Tables tables(Batch batch) {
    int half = settings.dim / 2;
    var cos = new float[batch.rows() * half];
    var sin = new float[batch.rows() * half];
    for (var block : batch.blocks()) {
      var frequencies = frequencies(block.length());
      float scale = (float) attentionFactor();
      for (int row = 0; row < block.rows(); row++) {
        int at = (block.first() + row) * half;
        for (int i = 0; i < half; i++) {
          float angle = (row % block.length()) * frequencies[i];
          cos[at + i] = (float) Math.cos(angle) * scale;
          sin[at + i] = (float) Math.sin(angle) * scale;
        }
      }
    }
    return new Tables(Tensor.of(cos, batch.rows(), 1, half), Tensor.of(sin, batch.rows(), 1, half));
  }

  private float[] frequencies(int length) {
    return switch (settings.type) {
      case "default" -> inverse(settings.theta);
      case "linear" -> scaled(inverse(settings.theta), 1 / settings.keys.number("factor"));
      case "dynamic" -> inverse(dynamicTheta(length));
      case "llama3" -> llama3();
      case "yarn" -> yarn();
      default ->
          throw new BadInput(
              "config.json asks for rope type '%s', which is not built; known are default, linear, dynamic, llama3, yarn"
                  .formatted(settings.type));
    };
  }

  private float[] inverse(double theta) {
    var out = new float[settings.dim / 2];
    for (int i = 0; i < out.length; i++) {
      out[i] = 1.0f / (float) Math.pow((float) theta, 2f * i / settings.dim);
    }
    return out;
  }

  private static float[] scaled(float[] frequencies, double by) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (frequencies[i] * by);
    }
    return frequencies;
  }

  private double dynamicTheta(int length) {
    double factor = settings.keys.number("factor");
    double seen = Math.max(length, settings.context);
    double dim = settings.dim;
    return settings.theta
        * Math.pow(factor * seen / settings.context - (factor - 1), dim / (dim - 2));
  }

  private float[] llama3() {
    double factor = settings.keys.number("factor");
    double low = settings.keys.number("low_freq_factor");
    double high = settings.keys.number("high_freq_factor");
    double original = originalContext();
    var out = inverse(settings.theta);
    for (int i = 0; i < out.length; i++) {
      double wave = 2 * Math.PI / out[i];
      if (wave > original / low) {
        out[i] = (float) (out[i] / factor);
      } else if (wave >= original / high) {
        double smooth = (original / wave - low) / (high - low);
        out[i] = (float) ((1 - smooth) * out[i] / factor + smooth * out[i]);
      }
    }
    return out;
  }

  private float[] yarn() {
    double factor = yarnFactor();
    int half = settings.dim / 2;
    double low = correction(settings.keys.number("beta_fast", 32));
    double high = correction(settings.keys.number("beta_slow", 1));
    if (settings.keys.bool("truncate", true)) {
      low = Math.floor(low);
      high = Math.ceil(high);
    }
    low = Math.max(low, 0);
    high = Math.min(high, settings.dim - 1);
    double width = high == low ? 0.001 : high - low;
    var out = inverse(settings.theta);
    for (int i = 0; i < half; i++) {
      double keep = 1 - Math.clamp((i - low) / width, 0, 1);
      out[i] = (float) (out[i] / factor * (1 - keep) + out[i] * keep);
    }
    return out;
  }

  private double correction(double rotations) {
    return settings.dim
        * Math.log(originalContext() / (rotations * 2 * Math.PI))
        / (2 * Math.log(settings.theta));
  }

  private double yarnFactor() {
    return settings.keys.has("factor")
        ? settings.keys.number("factor")
        : settings.context / originalContext();
  }

  private double attentionFactor() {
    if (!settings.type.equals("yarn")) {
      return 1;
    }
    var keys = settings.keys;
    if (keys.has("attention_factor")) {
      return keys.number("attention_factor");
    }
    double factor = yarnFactor();
    return keys.has("mscale") && keys.has("mscale_all_dim")
        ? magnitude(factor, keys.number("mscale"))
            / magnitude(factor, keys.number("mscale_all_dim"))
        : magnitude(factor, 1);
  }

  private static double magnitude(double factor, double by) {
    return factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1;
  }

  private double originalContext() {
    return settings.keys.number("original_max_position_embeddings", settings.context);
  }

  static List<String> types() {
    return List.of("default", "linear", "dynamic", "llama3", "yarn");
  }
}
