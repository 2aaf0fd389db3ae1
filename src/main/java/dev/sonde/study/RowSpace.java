package dev.sonde.study;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.data.Matrix;
import dev.sonde.io.AtomicFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Room for matrices of rows: on the heap while they are small, else in a file that is mapped and
/// gone when this is closed.
final class RowSpace implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Path folder;
  private final boolean onDisk;

  private RowSpace(Path folder, boolean onDisk) {
    this.folder = folder;
    this.onDisk = onDisk;
  }

  /// `bytes` is what will be asked for in all; beyond `heap` it goes to files in `folder`.
  @MustBeClosed
  static RowSpace of(long bytes, long heap, Path folder) {
    return new RowSpace(folder, bytes > heap);
  }

  boolean onDisk() {
    return onDisk;
  }

  /// A float32 matrix of zeros whose segment may be written to.
  ///
  /// @throws dev.sonde.io.BadInput if the file cannot be made
  Matrix matrix(int rows, int cols) {
    if (!onDisk) {
      return Matrix.ofFloats(rows, cols, new float[Math.multiplyExact(rows, cols)]);
    }
    try {
      Files.createDirectories(folder);
      var file = Files.createTempFile(folder, "rows", ".tmp");
      try (var channel =
          FileChannel.open(
              file,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE)) {
        long bytes = 4L * rows * cols;
        return Matrix.mapped(
            rows, cols, channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena));
      }
    } catch (IOException e) {
      throw AtomicFile.unwritable(folder, e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
