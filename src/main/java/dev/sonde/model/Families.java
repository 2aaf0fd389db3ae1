package dev.sonde.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sonde.io.BadInput;
import dev.sonde.weights.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// Which family reads which `model_type`: a new family is one file and one line here.
public final class Families {
  private static final Map<String, Loader> LOADERS = new TreeMap<>();
  private static final Map<String, Initial.Rule> INITIAL = new TreeMap<>();
  private static final ModelConfig DEFAULTS = defaults();

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

    INITIAL.put("bloom", Initial::plain);
    INITIAL.put("distilbert", Bert::distilbertBegins);
    INITIAL.put("falcon", Initial::plain);
    INITIAL.put("gpt2", Gpt2::begins);
    INITIAL.put("modernbert", ModernBert::begins);
    INITIAL.put("roberta", Bert::robertaBegins);
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

  /// The configuration with what the reference library takes for keys that are absent
  /// (defaults.json, written by bench/reference_cases.py; sizes have none).
  ///
  /// @throws BadInput for weights that were quantised for another library
  static ModelConfig complete(ModelConfig config) {
    if (config.has("quantization_config")) {
      throw new BadInput(
          "config.json has a quantization_config, which is not built: take the model's plain weights, or a GGUF file");
    }
    var own = config.modelType();
    return DEFAULTS.has(own) ? config.or(DEFAULTS.nested(own)) : config;
  }

  private static ModelConfig defaults() {
    var name = "defaults.json";
    try (var in = Objects.requireNonNull(Families.class.getResourceAsStream(name), name)) {
      return ModelConfig.parse(name, new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How the weights of a network begin.
  static Initial.Rule initial(ModelConfig config) {
    return INITIAL.getOrDefault(config.modelType(), Initial::padded);
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
