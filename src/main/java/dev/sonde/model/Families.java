package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.weights.ModelConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which family reads which `model_type`: a new family is one file and one line here.
public final class Families {
  private static final Map<String, Loader> LOADERS =
      new TreeMap<>(
          Map.of(
              "bert", Bert::bert,
              "roberta", Bert::roberta,
              "distilbert", Bert::distilbert,
              "gpt2", Gpt2::of,
              "llama", Llama::of));

  private Families() {}

  /// Builds a network from its configuration and weights.
  @FunctionalInterface
  interface Loader {
    Family load(ModelConfig config, Weights weights, Parts parts);
  }

  /// The `model_type`s that can be opened.
  public static Set<String> known() {
    return Set.copyOf(LOADERS.keySet());
  }

  static Loader of(ModelConfig config) {
    var loader = LOADERS.get(config.modelType());
    if (loader == null) {
      throw new BadInput(
          "the architecture '%s' is not built yet; known are %s"
              .formatted(config.modelType(), String.join(", ", LOADERS.keySet())));
    }
    return loader;
  }
}
