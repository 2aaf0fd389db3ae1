package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/// By what a file is known again without being read: its place, its size, when it was last changed
/// (by its owner, and where systems keep that, in any way), and what is made of it.
record Stamp(String text) {
  private static final String NAME = "source.txt";

  static Stamp of(Path file, String form) {
    try {
      var real = file.toRealPath();
      var seen = Files.readAttributes(real, BasicFileAttributes.class);
      boolean unix = real.getFileSystem().supportedFileAttributeViews().contains("unix");
      var changed = unix ? Files.getAttribute(real, "unix:ctime") : "";
      return new Stamp(
          "%s\n%d bytes\n%s %s\nform %s\n"
              .formatted(real, seen.size(), seen.lastModifiedTime(), changed, form));
    } catch (IOException e) {
      throw new BadInput("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  /// The folder under `models` that was made of just this file.
  Optional<Path> folder(Path models, String stem) {
    if (!Files.isDirectory(models)) {
      return Optional.empty();
    }
    try (var all = Files.newDirectoryStream(models, p -> named(p, stem))) {
      for (var folder : all) {
        if (text.equals(Files.readString(folder.resolve(NAME)))) {
          return Optional.of(folder);
        }
      }
    } catch (IOException e) {
      // not told: the file is read
    }
    return Optional.empty();
  }

  private static boolean named(Path folder, String stem) {
    return folder.getFileName().toString().startsWith(stem + "-")
        && Files.isRegularFile(folder.resolve(NAME));
  }

  /// Notes in a folder what it was made of.
  void note(Path folder) {
    try {
      AtomicFile.writeString(folder.resolve(NAME), text);
    } catch (BadInput e) {
      // not kept: the file is read again next time
    }
  }
}
