package dev.sonde.cli;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// While it is open, a Ctrl-C (or a polite kill) ends with a line that says how to go on. The exit
/// code is the shell's own for the signal: 130 for Ctrl-C.
final class Interrupted implements AutoCloseable {
  private final Thread line;

  private Interrupted(Thread line) {
    this.line = line;
  }

  /// `keep`: where finished sites are kept.
  @MustBeClosed
  static Interrupted watch(Path keep) {
    var line =
        new Thread(() ->
            System.err.println(
                "\nsonde: interrupted; what is finished is kept in %s and the same command goes on from there"
                    .formatted(keep)));
    Runtime.getRuntime().addShutdownHook(line);
    return new Interrupted(line);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(line);
    } catch (IllegalStateException e) {
      // the end has begun: the line is being said
    }
  }

  /// What was kept of a run that has ended well.
  static void remove(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
