package dev.sonde.cli;

import dev.sonde.data.ImageTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Images in place of texts, for networks that read images.
final class ImageOptions {
  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "images instead of texts: a table with a column of paths (relative to the table), a folder of PNG or JPEG files, or a folder of folders that are named after their class")
  private Path images = Path.of("");

  boolean asked() {
    return !images.toString().isEmpty();
  }

  /// `column`: that of the paths, or empty.
  Optional<ImageTable> table(String column) {
    return asked() ? Optional.of(ImageTable.read(images, column)) : Optional.empty();
  }

  /// Positions of images where none were asked for, as the defaults are those of texts.
  List<String> positions(CommandSpec spec, List<String> given, List<String> texts) {
    boolean named = spec.commandLine().getParseResult().hasMatchedOption("--position");
    return asked() && !named && given.equals(texts) ? List.of("first", "mean") : given;
  }
}
