package dev.sonde.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes a file that is whole or absent: a temporary file beside it, forced to the disk, renamed.
public final class AtomicFile {
  private AtomicFile() {}

  /// Fills the file; may throw as it likes.
  @FunctionalInterface
  public interface Body {
    void write(FileChannel channel) throws IOException;
  }

  /// Writes `target` through `body`; when that fails nothing is left behind.
  ///
  /// @throws BadInput if the folder cannot be written or the disk is full
  public static void write(Path target, Body body) {
    var temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      try (var channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE)) {
        body.write(channel);
        channel.force(true);
      }
      move(temporary, target);
    } catch (IOException e) {
      throw unwritable(target, e);
    } finally {
      remove(temporary);
    }
  }

  public static void writeString(Path target, String text) {
    write(
        target,
        channel -> {
          OutputStream out = Channels.newOutputStream(channel);
          out.write(text.getBytes(StandardCharsets.UTF_8));
        });
  }

  /// The error for a place that cannot be written, with what to do.
  public static BadInput unwritable(Path target, IOException cause) {
    var reason =
        cause instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : cause instanceof java.nio.file.AccessDeniedException
                ? "permission denied"
                : String.valueOf(cause.getMessage());
    return new BadInput(
        "%s cannot be written (%s); free some space or name another folder (--out, SONDE_HOME)"
            .formatted(target, reason),
        cause);
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void remove(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // a leftover temporary file is no reason to hide the first error
    }
  }
}
