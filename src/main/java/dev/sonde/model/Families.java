package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.weights.ModelConfig;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which family reads which `model_type`: a new family is one file and one line here.
public final class Families {
  private static final Map<String, Loader> LOADERS = new TreeMap<>();

  static {
    LOADERS.put("bert", Bert::bert);
    LOADERS.put("bloom", Bloom::of);
    LOADERS.put("distilbert", Bert::distilbert);
    LOADERS.put("falcon", Falcon::of);
    LOADERS.put("gemma", Gemma::one);
    LOADERS.put("gemma2", Gemma::two);
    LOADERS.put("gemma3_text", Gemma::three);
    LOADERS.put("gpt2", Gpt2::of);
    LOADERS.put("gpt_neo", GptNeo::of);
    LOADERS.put("gpt_neox", GptNeox::of);
    LOADERS.put("gptj", GptJ::of);
    LOADERS.put("granite", Granite::of);
    LOADERS.put("llama", Llama::of);
    LOADERS.put("mistral", Llama::mistral);
    LOADERS.put("mixtral", Mixtral::of);
    LOADERS.put("modernbert", ModernBert::of);
    LOADERS.put("olmo2", Olmo2::of);
    LOADERS.put("opt", Opt::of);
    LOADERS.put("phi", Phi::of);
    LOADERS.put("phi3", Phi::three);
    LOADERS.put("qwen2", Llama::qwen);
    LOADERS.put("qwen3", Llama::qwen);
    LOADERS.put("qwen3_moe", Mixtral::qwen3);
    LOADERS.put("roberta", Bert::roberta);
    LOADERS.put("stablelm", StableLm::of);
    LOADERS.put("vit", Vit::of);
  }

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
