package dev.sonde.token;

import dev.sonde.provenance.Digest;
import java.nio.file.Path;
import java.util.function.Supplier;

/// An image as a network takes it: `channels x height x width` numbers, channel by channel, row by
/// row. They are read from the file when asked for, so that a set may be larger than memory.
///
/// `digest` is that of the file's bytes.
public record Pixels(
    Path file, Digest digest, int channels, int height, int width, Supplier<float[]> reader) {
  /// @throws dev.sonde.io.BadInput if the file is no sound image
  public float[] numbers() {
    return reader.get();
  }
}
