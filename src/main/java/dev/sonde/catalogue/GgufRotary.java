package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Rotary positions out of a GGUF file as `rope_parameters`: base, part of the head, and how they
/// are stretched (linear, yarn, or factors by dimension that lie in tensors).
final class GgufRotary {
  private static final String FREE = "rope_freqs.weight";
  private static final String LONG = "rope_factors_long.weight";
  private static final String SHORT = "rope_factors_short.weight";

  private final Gguf file;
  private final String family;

  GgufRotary(Gguf file, String family) {
    this.file = file;
    this.family = family;
  }

  void into(ObjectNode out, long width) {
    var base = number("rope.freq_base", family.equals("gemma3") ? 1e6 : 10000);
    var own = JsonMapper.shared().createObjectNode();
    own.put("rope_theta", base);
    scaling(own);
    long turned = has("rope.dimension_count") ? integer("rope.dimension_count") : width;
    if (turned < 2 || turned > width || turned % 2 != 0) {
      throw new BadInput(
          "%s turns %d of the %d numbers of a head; the file is damaged"
              .formatted(file.path(), turned, width));
    }
    if (turned < width) {
      own.put("partial_rotary_factor", share(turned, width));
    }
    if (!family.equals("gemma3")) {
      out.set("rope_parameters", own);
      return;
    }
    var kinds = out.putObject("rope_parameters");
    kinds.set("full_attention", own);
    var near = kinds.putObject("sliding_attention");
    near.put("rope_type", "default");
    near.put("rope_theta", number("rope.freq_base_swa", 10000));
  }

  /// `turned / width`, so that the whole part of its product with `width` is `turned` again.
  private static double share(long turned, long width) {
    double out = (double) turned / width;
    return (long) (width * out) < turned ? Math.nextUp(out) : out;
  }

  private void scaling(ObjectNode out) {
    var type = has("rope.scaling.type") ? file.text(family + ".rope.scaling.type") : "none";
    boolean linear = type.equals("linear") || (type.equals("none") && has("rope.scale_linear"));
    if (file.has(LONG) || file.has(SHORT)) {
      original(out);
      factors(out, SHORT, LONG);
    } else if (file.has(FREE)) {
      // Llama 3.1's stretching, worked out for each dimension by the converter
      factors(out, FREE, FREE);
    } else if (linear) {
      out.put("rope_type", "linear");
      out.put("factor", number("rope.scaling.factor", number("rope.scale_linear", 1)));
    } else if (type.equals("yarn")) {
      yarn(out);
    } else if (type.equals("none")) {
      out.put("rope_type", "default");
    } else {
      throw new BadInput(
          "%s stretches its rotary positions by '%s'; none, linear, yarn and tensors of factors are built"
              .formatted(file.path(), type));
    }
  }

  private void factors(ObjectNode out, String near, String far) {
    out.put("rope_type", "longrope");
    out.put("attention_factor", number("rope.scaling.attn_factor", 1));
    var shorter = out.putArray("short_factor");
    for (float factor : file.floats(near)) {
      shorter.add(factor);
    }
    var longer = out.putArray("long_factor");
    for (float factor : file.floats(far)) {
      longer.add(factor);
    }
  }

  /// Peng et al., *YaRN* (2023); the scale of scores times a factor of the file's own.
  private void yarn(ObjectNode out) {
    double factor = number("rope.scaling.factor", 1);
    double own = number("rope.scaling.yarn_attn_factor", number("rope.scaling.attn_factor", 1));
    out.put("rope_type", "yarn");
    out.put("factor", factor);
    original(out);
    out.put("beta_fast", number("rope.scaling.yarn_beta_fast", 32));
    out.put("beta_slow", number("rope.scaling.yarn_beta_slow", 1));
    if (own != 1) {
      out.put("attention_factor", own * (factor > 1 ? 0.1 * Math.log(factor) + 1 : 1));
    }
  }

  private void original(ObjectNode out) {
    if (has("rope.scaling.original_context_length")) {
      out.put("original_max_position_embeddings", integer("rope.scaling.original_context_length"));
    }
  }

  private boolean has(String key) {
    return file.hasKey(family + "." + key);
  }

  private long integer(String key) {
    return file.integer(family + "." + key);
  }

  private double number(String key, double otherwise) {
    return has(key) ? file.number(family + "." + key) : otherwise;
  }
}
