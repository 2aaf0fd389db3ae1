package dev.sonde.model;

import dev.sonde.weights.ModelConfig;

/// How the numbers of one weight begin before training: normal around 0 with standard deviation
/// `std`, none further than `cutoff` of them away (0: however far); row `zeroRow` is 0 (-1: none);
/// or, if `waves`, no draw at all but the sines and cosines of Vaswani et al. (2017), section 3.5.
///
/// The rules are those of `_init_weights` in transformers 5. Norms begin at what changes nothing,
/// biases at 0, in every family.
record Initial(double std, double cutoff, int zeroRow, boolean waves) {
  /// The rule of a family, by the name of a weight.
  @FunctionalInterface
  interface Rule {
    Initial of(String name, ModelConfig config);
  }

  /// Every weight alike, with the configuration's `initializer_range` (in OPT `init_std`).
  static Initial plain(String name, ModelConfig config) {
    double std = config.number("initializer_range", config.number("init_std", 0.02));
    return new Initial(std == 0 ? 0.02 : std, 0, -1, false);
  }

  /// Likewise, but the word embedding of the padding token is 0.
  static Initial padded(String name, ModelConfig config) {
    var plain = plain(name, config);
    boolean words = name.endsWith("embed_tokens.weight") || name.endsWith("word_embeddings.weight");
    return words ? plain.withZeroRow(config) : plain;
  }

  Initial withZeroRow(ModelConfig config) {
    return new Initial(std, cutoff, config.integer("pad_token_id", -1), waves);
  }

  /// Narrower by the `2 layers` sublayers that write to the residual stream.
  Initial shared(int layers) {
    return new Initial(std / Math.sqrt(2.0 * layers), cutoff, zeroRow, waves);
  }

  Initial cutAt(double deviations) {
    return new Initial(std, deviations, zeroRow, waves);
  }

  Initial asWaves() {
    return new Initial(std, cutoff, zeroRow, true);
  }
}
