package dev.sonde.cli;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Options from a YAML file: every long option without its dashes is a key. What the command line
/// says goes before what the file says.
final class ConfigFile implements CommandLine.IDefaultValueProvider {
  private final Map<String, String> values;

  private ConfigFile(Map<String, String> values) {
    this.values = values;
  }

  /// The file that `--config` names, if it is there.
  static ConfigFile in(String... args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--config") && i + 1 < args.length) {
        return read(Path.of(args[i + 1]));
      }
      if (args[i].startsWith("--config=")) {
        return read(Path.of(args[i].substring("--config=".length())));
      }
    }
    return new ConfigFile(Map.of());
  }

  private static ConfigFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInput("there is no file %s (--config)".formatted(file));
    }
    try {
      var tree = new YAMLMapper().readTree(Files.readString(file));
      if (!tree.isObject()) {
        throw new BadInput("%s: expected lines such as 'model: bert-base-uncased'".formatted(file));
      }
      var values = new LinkedHashMap<String, String>();
      for (var entry : tree.properties()) {
        values.put(entry.getKey(), text(entry.getValue()));
      }
      return new ConfigFile(values);
    } catch (IOException | JacksonException e) {
      throw new BadInput(
          "%s is no YAML: %s"
              .formatted(file, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static String text(JsonNode node) {
    if (node.isArray()) {
      return node.valueStream().map(ConfigFile::text).collect(Collectors.joining(","));
    }
    return node.isString() ? node.stringValue() : node.toString();
  }

  /// @throws BadInput if the file has a key that is no option of the command
  void mustFit(List<OptionSpec> options) {
    var unknown = new TreeSet<>(values.keySet());
    options.forEach(o -> unknown.remove(key(o)));
    if (!unknown.isEmpty()) {
      throw new BadInput(
          "the --config file has %s, which this command does not know; it knows %s"
              .formatted(
                  String.join(", ", unknown),
                  options.stream()
                      .map(ConfigFile::key)
                      .sorted()
                      .collect(Collectors.joining(", "))));
    }
  }

  @Override
  public @Nullable String defaultValue(ArgSpec spec) {
    return spec instanceof OptionSpec option ? values.get(key(option)) : null;
  }

  private static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }
}
