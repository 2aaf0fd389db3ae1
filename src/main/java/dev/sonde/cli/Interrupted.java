package dev.sonde.cli;

import com.google.errorprone.annotations.MustBeClosed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Supplier;

/// While it is open, a Ctrl-C (or a polite kill) ends with a line that says how to go on. The exit
/// code is the shell's own for the signal: 130 for Ctrl-C.
final class Interrupted implements AutoCloseable {
  private final Thread line = new Thread(this::say);
  private volatile Path kept = Path.of("");

  private Interrupted() {}

  @MustBeClosed
  static Interrupted watch() {
    var out = new Interrupted();
    Runtime.getRuntime().addShutdownHook(out.line);
    return out;
  }

  private void say() {
    System.err.println(
        kept.toString().isEmpty()
            ? "\nsonde: interrupted before anything was finished"
            : "\nsonde: interrupted; what is finished is kept in %s and the same command goes on from there, as does: sonde probe --resume %s"
                .formatted(kept, kept));
  }

  /// Work that keeps what it finishes beside `note`. If it fails before it has finished anything,
  /// the note goes too.
  <T> T keeping(Unfinished note, Supplier<T> work) {
    note.write();
    kept = note.folder();
    boolean done = false;
    try {
      var out = work.get();
      done = true;
      return out;
    } finally {
      if (!done) {
        note.forgetIfEmpty();
      }
    }
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
