package dev.sonde.weights;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/// A GGUF control vector, as llama.cpp's `--control-vector` reads it: architecture `controlvector`,
/// a float32 tensor `direction.N` for what is added to the residual stream after block N, N from 1
/// (llama.cpp counts blocks from 0 and has no `direction.0`).
public final class ControlVector {
  private static final int ALIGNMENT = 32;
  private static final int STRING = 8;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 0;

  private ControlVector() {}

  /// Writes the file, whole or not at all.
  ///
  /// @throws BadInput if there is no direction, one is for a block below 1, or widths differ
  public static void write(
      Path file, String model, String description, Map<Integer, double[]> directions) {
    if (directions.isEmpty()) {
      throw new BadInput(
          "a control vector needs a direction after block 1 or a later one; llama.cpp takes none after block 0");
    }
    var sorted = new TreeMap<>(directions);
    mustFit(sorted);
    var all = ByteBuffer.wrap(bytes(sorted, model, description));
    AtomicFile.write(
        file,
        channel -> {
          while (all.hasRemaining()) {
            channel.write(all);
          }
        });
  }

  private static void mustFit(NavigableMap<Integer, double[]> sorted) {
    int width = sorted.firstEntry().getValue().length;
    sorted.forEach((block, direction) -> {
      if (block < 1 || direction.length != width) {
        throw new BadInput(
            "direction %d has %d numbers; blocks begin at 1 and all directions have the width of the first, %d"
                .formatted(block, direction.length, width));
      }
    });
  }

  private static byte[] bytes(
      NavigableMap<Integer, double[]> sorted, String model, String description) {
    int width = sorted.firstEntry().getValue().length;
    var out = new Bytes();
    out.bytes("GGUF".getBytes(StandardCharsets.US_ASCII)).int32(3);
    out.int64(sorted.size()).int64(5);
    out.text("general.architecture").int32(STRING).text("controlvector");
    out.text("general.description").int32(STRING).text(description);
    out.text("general.name").int32(STRING).text("sonde");
    out.text("controlvector.model_hint").int32(STRING).text(model);
    out.text("controlvector.layer_count").int32(INT32).int32(sorted.size());
    long size = Math.ceilDiv(width * 4L, ALIGNMENT) * ALIGNMENT;
    long at = 0;
    for (int block : sorted.keySet()) {
      out.text("direction." + block).int32(1).int64(width).int32(FLOAT32).int64(at);
      at += size;
    }
    out.pad();
    for (var direction : sorted.values()) {
      for (double v : direction) {
        out.int32(Float.floatToRawIntBits((float) v));
      }
      out.pad();
    }
    return out.all.toByteArray();
  }

  /// Little-endian.
  private static final class Bytes {
    private final ByteArrayOutputStream all = new ByteArrayOutputStream();

    Bytes bytes(byte[] bytes) {
      all.writeBytes(bytes);
      return this;
    }

    Bytes int32(int value) {
      return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    Bytes int64(long value) {
      return bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    Bytes text(String text) {
      var utf8 = text.getBytes(StandardCharsets.UTF_8);
      return int64(utf8.length).bytes(utf8);
    }

    void pad() {
      while (all.size() % ALIGNMENT != 0) {
        all.write(0);
      }
    }
  }
}
