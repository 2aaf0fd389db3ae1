package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.Arrays;
import java.util.List;

/// Rotary position embedding: pairs (i, i + d/2) of a head's numbers are turned by `position *
/// frequency_i`.
///
/// Su et al., *RoFormer* (2021), in the half-split layout of the Llama weights of Hugging Face.
/// Scalings for longer contexts: linear, dynamic (NTK), yarn (Peng et al. 2023, section 3) and
/// llama3. Frequencies and angles are float32 as in the reference library, since its rounding is
/// part of what a model computes.
///
/// `dynamic` and `longrope` depend on the length of a text: here on that of the text itself, never
/// on its neighbours in a batch (unless [Batch#alike] asks for it, as the reference does).
final class Rotary implements Rotation {
  private static final int WIDEST = 1 << 16;

  private final Settings settings;

  /// What config.json says; `original` is the context before it was stretched.
  record Settings(
      String type,
      double theta,
      int dim,
      int context,
      boolean neighbours,
      ModelConfig keys,
      ModelConfig origin) {}

  private Rotary(Settings settings) {
    this.settings = settings;
    if (settings.dim < 0 || settings.dim > WIDEST) {
      throw new BadInput(
          "config.json turns %,d numbers of a head by rotary positions, from 0 to %,d are expected; is the file damaged?"
              .formatted(settings.dim, WIDEST));
    }
    var _ = frequencies(1); // refuses an unknown type at the door
  }

  /// Reads `rope_parameters` (transformers 5) or `rope_theta` with `rope_scaling` (before), over
  /// the whole width of a head.
  ///
  /// @throws BadInput for a part of a head under a scaling, where the reference fails; without a
  ///   scaling it turns whole heads whatever the part
  static Rotary of(ModelConfig config, int dHead) {
    boolean whole = part(config, "partial_rotary_factor", 1) == 1;
    if (!whole && !type(ropeKeys(config)).equals("default")) {
      throw new BadInput(
          "config.json asks for partial_rotary_factor with rope type '%s', which a %s does not have"
              .formatted(type(ropeKeys(config)), config.modelType()));
    }
    return over(config, dHead, 10000);
  }

  /// Over the part of a head that the configuration names.
  static Rotary ofPart(ModelConfig config, int dHead, double otherwise) {
    double part = part(config, "partial_rotary_factor", otherwise);
    if (!(part >= 0 && part <= 1)) {
      throw new BadInput(
          "config.json asks for partial_rotary_factor %s; a part of a head is from 0 to 1"
              .formatted(part));
    }
    return over(config, (int) (dHead * part), 10000);
  }

  private static String type(ModelConfig keys) {
    return keys.has("rope_type") ? keys.text("rope_type") : keys.text("type", "default");
  }

  /// @throws BadInput if the configuration asks for another type than these
  static void mustBe(ModelConfig config, List<String> types) {
    var type = type(ropeKeys(config));
    if (!types.contains(type)) {
      throw new BadInput(
          "config.json asks for rope type '%s', which a %s does not have: only %s"
              .formatted(type, config.modelType(), String.join(", ", types)));
    }
  }

  /// The longest text: `max_position_embeddings`, times the factor of a scaling that stretches it
  /// as texts grow.
  static int context(ModelConfig config) {
    int context = config.integer("max_position_embeddings", 1 << 20);
    var keys = ropeKeys(config);
    return type(keys).equals("dynamic") ? (int) (context * keys.number("factor")) : context;
  }

  /// The share of a head that is turned, by its name of before transformers 5.
  static double part(ModelConfig config, String key, double otherwise) {
    return ropeKeys(config).number("partial_rotary_factor", config.number(key, otherwise));
  }

  /// Over the first `dim` numbers of a head; `theta` where the configuration has none.
  static Rotary over(ModelConfig config, int dim, double theta) {
    return of(config, ropeKeys(config), dim, config.number("rope_theta", theta));
  }

  /// For one kind of layer (`full_attention`, `sliding_attention`) where kinds have their own;
  /// `theta` where the configuration is of before transformers 5, which scales full attention only.
  static Rotary ofKind(ModelConfig config, String kind, int dHead, double theta) {
    var whole = ropeKeys(config);
    boolean full = kind.equals("full_attention");
    var keys = whole.has(kind) ? whole.nested(kind) : full ? whole : config.empty();
    return of(config, keys, dHead, theta);
  }

  /// Turns neighbours (2i, 2i + 1) rather than halves, without scaling, as GPT-J does.
  static Rotary neighbours(ModelConfig config, int dim) {
    return new Rotary(new Settings("default", 10000, dim, 0, true, config.empty(), config.empty()));
  }

  private static Rotary of(ModelConfig config, ModelConfig keys, int dim, double otherwise) {
    double theta = keys.has("rope_theta") ? keys.number("rope_theta") : otherwise;
    var type = type(keys);
    int context = config.integer("max_position_embeddings", 2048);
    var origin = keys.has("original_max_position_embeddings") ? keys : config;
    return new Rotary(new Settings(type, theta, dim, context, false, keys, origin));
  }

  private static ModelConfig ropeKeys(ModelConfig config) {
    if (config.has("rope_parameters")) {
      return config.nested("rope_parameters");
    }
    return config.has("rope_scaling") ? config.nested("rope_scaling") : config.empty();
  }

  @Override
  public Tensor turn(Tensor heads, Pass pass) {
    var wide = Nn.wide(heads); // and so it stays: scores are sums over what is turned
    return turn(wide, tables(pass, wide.type()));
  }

  private Tensor turn(Tensor heads, Tables tables) {
    int dim = settings.dim;
    int whole = (int) heads.size(2);
    var turned = dim < whole ? heads.narrow(2, 0, dim) : heads;
    var out = turned.times(tables.cos).plus(partners(turned).times(tables.sin));
    return dim < whole ? Tensor.cat(2, List.of(out, heads.narrow(2, dim, whole - dim))) : out;
  }

  /// In the place of each number that with which it is turned.
  private Tensor partners(Tensor heads) {
    int half = settings.dim / 2;
    if (!settings.neighbours) {
      return Tensor.cat(2, List.of(heads.narrow(2, half, half), heads.narrow(2, 0, half)));
    }
    var pairs = heads.reshape(heads.size(0), heads.size(1), half, 2);
    return Tensor.cat(3, List.of(pairs.narrow(3, 1, 1), pairs.narrow(3, 0, 1)))
        .reshape(heads.shape());
  }

  /// For every token of a batch the cosine for each number of a head and the sine for its partner,
  /// negative for the first of a pair: `[token, 1, dim]`. Made once a pass for all layers.
  private record Tables(Tensor cos, Tensor sin) {}

  /// The numbers of [Tables] on the heap.
  private record Angles(List<float[]> cosAndSin) {}

  private Tables tables(Pass pass, DType type) {
    int rows = pass.batch().rows();
    int dim = settings.dim;
    var both =
        pass.tensors(
            this,
            () -> {
              var angles = angles(pass.batch()).cosAndSin;
              return List.of(
                  Tensor.of(angles.getFirst(), rows, 1, dim).to(type),
                  Tensor.of(angles.getLast(), rows, 1, dim).to(type));
            });
    return new Tables(both.getFirst(), both.getLast());
  }

  private Angles angles(Batch batch) {
    int half = settings.dim / 2;
    int step = settings.neighbours ? 1 : half;
    var cos = new float[batch.rows() * settings.dim];
    var sin = new float[batch.rows() * settings.dim];
    for (var block : batch.blocks()) {
      var frequencies = frequencies(batch.turnedAs(block));
      batch.turnedOtherwise(!Arrays.equals(frequencies, frequencies(block.total())));
      mustFit(block, frequencies);
      float scale = (float) attentionFactor();
      for (int row = 0; row < block.rows(); row++) {
        int at = (block.first() + row) * settings.dim;
        for (int i = 0; i < half; i++) {
          float angle = (block.past() + row % block.length()) * frequencies[i];
          int first = at + (settings.neighbours ? 2 * i : i);
          cos[first] = (float) Math.cos(angle) * scale;
          cos[first + step] = cos[first];
          sin[first + step] = (float) Math.sin(angle) * scale;
          sin[first] = -sin[first + step];
        }
      }
    }
    return new Angles(List.of(cos, sin));
  }

  /// Keys that a cache holds were turned by the frequencies of a shorter text.
  private void mustFit(Batch.Block block, float[] frequencies) {
    if (block.past() > 0 && !Arrays.equals(frequencies, frequencies(block.past()))) {
      throw new BadInput(
          "rope type '%s' turns a text of %d tokens otherwise than its first %d, so that what a cache holds of these no longer fits; stay within %d tokens, or run the whole text without a cache"
              .formatted(settings.type, block.total(), block.past(), (int) constantUpTo()));
    }
  }

  /// The length of texts up to which all are turned alike.
  private double constantUpTo() {
    return settings.type.equals("dynamic") ? settings.context : originalContext();
  }

  private float[] frequencies(int length) {
    return switch (settings.type) {
      case "default" -> inverse(settings.theta);
      case "linear" -> scaled(inverse(settings.theta), 1 / settings.keys.number("factor"));
      case "dynamic" -> inverse(dynamicTheta(length));
      case "llama3" -> llama3();
      case "yarn" -> yarn();
      case "longrope", "su" -> longRope(length);
      default ->
          throw new BadInput(
              "config.json asks for rope type '%s', which is not built; known are default, linear, dynamic, llama3, yarn, longrope"
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

  /// Ding et al., *LongRoPE* (2024): factors by dimension, others for texts beyond the original
  /// context.
  private float[] longRope(int length) {
    var key = length > originalContext() ? "long_factor" : "short_factor";
    var factors = settings.keys.numbers(key, settings.dim / 2);
    var out = inverse(settings.theta);
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (out[i] / factors.get(i));
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
    var keys = settings.keys;
    boolean longRope = settings.type.equals("longrope") || settings.type.equals("su");
    if (!longRope && !settings.type.equals("yarn")) {
      return 1;
    }
    if (keys.has("attention_factor")) {
      return keys.number("attention_factor");
    }
    if (longRope) {
      double stretch = yarnFactor();
      return stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(originalContext()));
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
    return settings.origin.number("original_max_position_embeddings", settings.context);
  }

  static List<String> types() {
    return List.of("default", "linear", "dynamic", "llama3", "yarn", "longrope");
  }
}
