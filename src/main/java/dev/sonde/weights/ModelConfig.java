package dev.sonde.weights;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// A model's `config.json`: its numbers by name, each with an error that names file and key.
public final class ModelConfig {
  private static final long LARGEST = 16L << 20;

  /// What a message quotes at most.
  private static final int LONGEST = 300;

  private final String origin;
  private final JsonNode json;

  private ModelConfig(String origin, JsonNode json) {
    this.origin = origin;
    this.json = json;
  }

  /// @throws BadInput if the file is missing, too large or no JSON object
  public static ModelConfig read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput(
          "%s is missing: a model is a folder with config.json, *.safetensors and a tokenizer"
              .formatted(file));
    }
    try {
      if (Files.size(file) > LARGEST) {
        throw new BadInput(
            "%s has %d bytes: that is no config.json".formatted(file, Files.size(file)));
      }
      return parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  public static ModelConfig parse(String origin, String text) {
    try {
      var json = JsonMapper.shared().readTree(text);
      if (!json.isObject()) {
        throw new BadInput(origin + " should hold a JSON object { … }, but holds something else");
      }
      return new ModelConfig(origin, json);
    } catch (JacksonException e) {
      throw new BadInput("%s is no JSON: %s".formatted(origin, e.getOriginalMessage()), e);
    }
  }

  /// No keys at all, of the same origin.
  public ModelConfig empty() {
    return new ModelConfig(origin, JsonNodeFactory.instance.objectNode());
  }

  /// With the keys that are absent here (not those that are null) as `defaults` has them.
  public ModelConfig or(ModelConfig defaults) {
    var all = JsonNodeFactory.instance.objectNode();
    defaults.json.properties().forEach(p -> all.set(p.getKey(), p.getValue()));
    json.properties().forEach(p -> all.set(p.getKey(), p.getValue()));
    return new ModelConfig(origin, all);
  }

  /// The family, as the reference library names it.
  public String modelType() {
    return text("model_type");
  }

  /// False for a key that is absent or null.
  public boolean has(String key) {
    return json.has(key) && !json.get(key).isNull();
  }

  public boolean isObject(String key) {
    return json.path(key).isObject();
  }

  public ModelConfig nested(String key) {
    var node = required(key);
    if (!node.isObject()) {
      throw wrong(key, "an object", node);
    }
    return new ModelConfig(origin + " » " + key, node);
  }

  /// How many keys there are.
  public int size() {
    return json.size();
  }

  public int integer(String key) {
    var node = required(key);
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw wrong(key, "an integer", node);
    }
    return node.intValue();
  }

  public int integer(String key, int fallback) {
    return has(key) ? integer(key) : fallback;
  }

  public double number(String key) {
    var node = required(key);
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw wrong(key, "a number", node);
    }
    return node.doubleValue();
  }

  public double number(String key, double fallback) {
    return has(key) ? number(key) : fallback;
  }

  /// A list of `count` numbers.
  public List<Double> numbers(String key, int count) {
    var node = required(key);
    var out = new ArrayList<Double>();
    node.forEach(n -> out.add(n.isNumber() ? n.doubleValue() : Double.NaN));
    if (!node.isArray() || out.size() != count || out.contains(Double.NaN)) {
      throw wrong(key, "a list of %d numbers".formatted(count), node);
    }
    return out;
  }

  /// A list of `count` texts; `otherwise` says what each is where the key is absent.
  public List<String> texts(String key, int count, IntFunction<String> otherwise) {
    if (!has(key)) {
      return IntStream.range(0, count).mapToObj(otherwise).toList();
    }
    var node = required(key);
    var out = new ArrayList<String>();
    node.forEach(n -> out.add(n.asString("")));
    if (!node.isArray() || out.size() != count) {
      throw wrong(key, "a list of %d texts".formatted(count), node);
    }
    return out;
  }

  /// A list of whole numbers, empty where the key is absent; a number alone is a list of one.
  public List<Integer> integers(String key) {
    var out = new ArrayList<Integer>();
    if (has(key) && required(key).isIntegralNumber()) {
      out.add(integer(key));
    } else if (has(key)) {
      required(key).forEach(n -> out.add(n.asInt(-1)));
    }
    return out;
  }

  /// Two numbers, or one that stands for both.
  public List<Integer> pair(String key, int fallback) {
    if (!has(key)) {
      return List.of(fallback, fallback);
    }
    var found = integers(key);
    if (found.isEmpty() || found.size() > 2 || found.stream().anyMatch(n -> n < 1)) {
      throw wrong(key, "a whole number or two", required(key));
    }
    return List.of(found.getFirst(), found.getLast());
  }

  /// Lists of texts, each with how often it comes: `[[["a", "b"], 2]]` is a, b, a, b.
  public List<String> repeated(String key) {
    var out = new ArrayList<String>();
    for (var part : required(key)) {
      int times = part.path(1).asInt(-1);
      if (!part.path(0).isArray() || times < 0 || times > 10_000) {
        throw wrong(key, "pairs of a list of texts and a number", required(key));
      }
      for (int i = 0; i < times; i++) {
        part.path(0).forEach(n -> out.add(n.asString("")));
      }
    }
    return out;
  }

  public String text(String key) {
    var node = required(key);
    if (!node.isString()) {
      throw wrong(key, "a text", node);
    }
    return node.stringValue();
  }

  public String text(String key, String fallback) {
    return has(key) ? text(key) : fallback;
  }

  public boolean bool(String key, boolean fallback) {
    if (!has(key)) {
      return fallback;
    }
    var node = required(key);
    if (!node.isBoolean()) {
      throw wrong(key, "true or false", node);
    }
    return node.booleanValue();
  }

  /// A key that changes what the network computes, of which only one value is built; absent means
  /// that value.
  ///
  /// @throws BadInput for any other
  public void mustBe(String key, String value) {
    if (!has(key)) {
      return;
    }
    var node = required(key);
    var found = node.isString() ? node.stringValue() : node.toString();
    if (!found.equals(value)) {
      throw new BadInput(
          "%s has %s = %s, which is not built: only %s is; refusing rather than computing something else"
              .formatted(origin, key, brief(found), value));
    }
  }

  private JsonNode required(String key) {
    if (!has(key)) {
      throw new BadInput(
          "%s lacks the key '%s'; is it the config.json of this model?".formatted(origin, key));
    }
    return json.get(key);
  }

  private BadInput wrong(String key, String expected, JsonNode found) {
    return new BadInput(
        "%s: '%s' should be %s, but is %s"
            .formatted(origin, key, expected, brief(found.toString())));
  }

  /// On one line, the beginning of it if it is long.
  private static String brief(String found) {
    var line = found.replaceAll("\\R", " ");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + " …";
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
