package dev.sonde.chat;

import dev.sonde.io.BadInput;
import dev.sonde.weights.Gguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where chat templates are kept.
final class TemplateFiles {
  private static final long LARGEST = 64L << 20;
  private static final String KEY = "tokenizer.chat_template";

  private TemplateFiles() {}

  static ChatTemplate open(Path folder, String name) {
    var config = folder.resolve("tokenizer_config.json");
    var file = folder.resolve("chat_template.jinja");
    var named = folder.resolve("additional_chat_templates").resolve(name + ".jinja");
    try {
      JsonNode json =
          Files.isRegularFile(config) ? json(config) : JsonMapper.shared().createObjectNode();
      if (!name.equals("default") && plain(name) && Files.isRegularFile(named)) {
        return new ChatTemplate(text(named), special(json));
      }
      if (name.equals("default") && Files.isRegularFile(file)) {
        return new ChatTemplate(text(file), special(json));
      }
      return new ChatTemplate(within(json.path("chat_template"), folder, name), special(json));
    } catch (IOException | JacksonException e) {
      throw new BadInput(
          "the chat template of %s cannot be read: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static boolean plain(String name) {
    return !name.contains("/") && !name.contains("\\") && !name.contains("..");
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(text(file));
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new BadInput("%s has more than %d bytes".formatted(file, LARGEST));
    }
    return Files.readString(file);
  }

  private static String within(JsonNode node, Path folder, String name) {
    if (node.isString() && name.equals("default")) {
      return node.asString();
    }
    var names = new ArrayList<String>();
    for (var one : node.isArray() ? node : JsonMapper.shared().createArrayNode()) {
      if (one.path("name").asString("").equals(name) && one.path("template").isString()) {
        return one.path("template").asString();
      }
      names.add(one.path("name").asString(""));
    }
    throw new BadInput(
        names.isEmpty()
            ? "%s has no chat template '%s': neither chat_template.jinja nor chat_template in tokenizer_config.json"
                .formatted(folder, name)
            : "%s has no chat template '%s'; it has %s"
                .formatted(folder, name, String.join(", ", names)));
  }

  /// Every `…_token`, a text or an object with its text.
  private static Map<String, String> special(JsonNode config) {
    var out = new LinkedHashMap<String, String>();
    for (var property : config.properties()) {
      var value = property.getValue();
      var text = value.isObject() ? value.path("content") : value;
      if (property.getKey().endsWith("_token") && text.isString()) {
        out.put(property.getKey(), text.asString());
      }
    }
    return out;
  }

  static ChatTemplate of(Gguf file) {
    if (!file.hasKey(KEY)) {
      throw new BadInput(
          "%s has no chat template: its metadata lacks %s".formatted(file.path(), KEY));
    }
    var special = new LinkedHashMap<String, String>();
    for (var name : new String[] {"bos", "eos", "unknown", "padding"}) {
      var key = "tokenizer.ggml." + name + "_token_id";
      if (file.hasKey(key)) {
        special.put(spelt(name) + "_token", token(file, file.integer(key)));
      }
    }
    return new ChatTemplate(file.text(KEY), special);
  }

  private static String spelt(String name) {
    return switch (name) {
      case "unknown" -> "unk";
      case "padding" -> "pad";
      default -> name;
    };
  }

  private static String token(Gguf file, long id) {
    var tokens = file.list("tokenizer.ggml.tokens");
    if (id < 0 || id >= tokens.size() || !(tokens.get((int) id) instanceof String token)) {
      throw new BadInput("%s names a token %d, which it does not have".formatted(file.path(), id));
    }
    return token;
  }
}
