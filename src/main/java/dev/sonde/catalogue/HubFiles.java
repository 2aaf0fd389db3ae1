package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which of a repository's files make a model: its description, its tokenizer, its weights as
/// safetensors. Everything else stays where it is; pickle files are never fetched.
final class HubFiles {
  static final String INDEX = "model.safetensors.index.json";

  private static final String CONFIG = "config.json";
  private static final String SINGLE = "model.safetensors";
  private static final List<String> DESCRIPTION =
      List.of(
          CONFIG,
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "vocab.txt",
          "generation_config.json",
          "preprocessor_config.json",
          "chat_template.jinja");

  private HubFiles() {}

  /// The small files, and the weights or their index last.
  ///
  /// @throws BadInput if there is no config.json or no safetensors
  static List<String> wanted(HubId id, Collection<String> listed) {
    if (!id.file().isEmpty()) {
      if (!listed.contains(id.file())) {
        throw new BadInput(
            "%s has no file %s; its GGUF files are: %s"
                .formatted(id.repository(), id.file(), some(listed, ".gguf")));
      }
      return List.of(id.file());
    }
    boolean single = listed.contains(SINGLE);
    if (!single && !listed.contains(INDEX)) {
      throw noWeights(id, listed);
    }
    if (!listed.contains(CONFIG)) {
      throw new BadInput(
          "%s has no config.json, so it is no model that Sonde can read".formatted(id));
    }
    var out = new java.util.ArrayList<>(DESCRIPTION);
    out.retainAll(listed);
    out.add(single ? SINGLE : INDEX);
    return List.copyOf(out);
  }

  private static BadInput noWeights(HubId id, Collection<String> listed) {
    var gguf = some(listed, ".gguf");
    if (!gguf.isEmpty()) {
      return new BadInput(
          "%s holds its weights as GGUF: name the file, as in --model %s/FILE; it has %s"
              .formatted(id, id.repository(), gguf));
    }
    var pickle = some(listed, ".bin", ".pt", ".pth", ".ckpt", ".pkl");
    return new BadInput(
        pickle.isEmpty()
            ? "%s holds neither %s nor %s; choose a repository that has one of them"
                .formatted(id, SINGLE, INDEX)
            : "%s holds its weights only as pickle (%s), which can run code when it is read and is never fetched; choose a repository or a revision (%s@REVISION) with %s"
                .formatted(id, pickle, id.repository(), SINGLE));
  }

  private static String some(Collection<String> listed, String... endings) {
    var found =
        listed.stream()
            .filter(n -> List.of(endings).stream().anyMatch(n::endsWith))
            .sorted()
            .toList();
    return found.stream().limit(12).collect(Collectors.joining(", "))
        + (found.size() > 12 ? " and %d more".formatted(found.size() - 12) : "");
  }

  /// The files that an index names.
  ///
  /// @throws BadInput if it cannot be read, or names one that lies elsewhere
  static List<String> shards(Path index) {
    try {
      var shards = new TreeSet<String>();
      JsonMapper.shared()
          .readTree(Files.readString(index))
          .path("weight_map")
          .forEach(shard -> shards.add(shard.asString()));
      for (var shard : shards) {
        if (!HubId.safe(shard) || shard.contains("/") || !shard.endsWith(".safetensors")) {
          throw new BadInput(
              "%s names the shard '%s', which is no file beside it".formatted(index, shard));
        }
      }
      if (shards.isEmpty()) {
        throw new BadInput("%s names no shards".formatted(index));
      }
      return List.copyOf(shards);
    } catch (IOException | JacksonException e) {
      throw new BadInput("%s cannot be read: %s".formatted(index, e.getMessage()), e);
    }
  }

  /// Whether a folder holds all that is needed to open it.
  static boolean whole(Path folder) {
    boolean described =
        has(folder, CONFIG)
            && (has(folder, "tokenizer.json")
                || has(folder, "vocab.txt")
                || has(folder, "preprocessor_config.json"));
    if (!described || has(folder, SINGLE) || !has(folder, INDEX)) {
      return described && has(folder, SINGLE);
    }
    try {
      return shards(folder.resolve(INDEX)).stream().allMatch(shard -> has(folder, shard));
    } catch (BadInput e) {
      return false;
    }
  }

  private static boolean has(Path folder, String name) {
    return Files.isRegularFile(folder.resolve(name));
  }
}
