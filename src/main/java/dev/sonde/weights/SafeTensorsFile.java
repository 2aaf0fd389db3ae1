package dev.sonde.weights;

import dev.sonde.io.AtomicFile;
import dev.sonde.tensor.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// A safetensors file to be written: tensors sorted by name, the same bytes for the same content.
public final class SafeTensorsFile {
  private static final int CHUNK = 1 << 20;

  private final Map<String, Part> parts = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  private record Part(DType type, List<Long> shape, MemorySegment bytes) {}

  /// Numbers as they are to lie in the file, little-endian, row-major; nothing is copied until
  /// written.
  public SafeTensorsFile with(String name, DType type, MemorySegment bytes, long... shape) {
    long numbers = 1;
    var sizes = new ArrayList<Long>();
    for (long n : shape) {
      numbers *= n;
      sizes.add(n);
    }
    if (bytes.byteSize() != numbers * type.bytes()) {
      throw new IllegalArgumentException(
          "'%s' of shape %s takes %d bytes, not %d"
              .formatted(name, sizes, numbers * type.bytes(), bytes.byteSize()));
    }
    parts.put(name, new Part(type, List.copyOf(sizes), bytes));
    return this;
  }

  public SafeTensorsFile with(String name, float[] values, long... shape) {
    return with(name, DType.FLOAT32, MemorySegment.ofArray(values), shape);
  }

  public SafeTensorsFile with(String name, double[] values, long... shape) {
    return with(name, DType.FLOAT64, MemorySegment.ofArray(values), shape);
  }

  public SafeTensorsFile with(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /// Writes the whole file or nothing.
  public void write(Path target) {
    AtomicFile.write(target, this::write);
  }

  private void write(FileChannel channel) throws IOException {
    var header = header();
    var start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    start.putLong(header.length).put(header).flip();
    all(channel, start);
    var buffer = ByteBuffer.allocateDirect(CHUNK);
    for (var part : parts.values()) {
      for (long at = 0; at < part.bytes.byteSize(); at += CHUNK) {
        int size = (int) Math.min(CHUNK, part.bytes.byteSize() - at);
        MemorySegment.copy(part.bytes, at, MemorySegment.ofBuffer(buffer.clear()), 0, size);
        all(channel, buffer.limit(size));
      }
    }
  }

  private static void all(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /// The JSON header, padded with blanks to a multiple of eight.
  private byte[] header() {
    var json = JsonMapper.shared().createObjectNode();
    if (!metadata.isEmpty()) {
      var meta = json.putObject("__metadata__");
      metadata.forEach(meta::put);
    }
    long at = 0;
    for (var part : parts.entrySet()) {
      var entry = json.putObject(part.getKey());
      entry.put("dtype", part.getValue().type.safetensors());
      var shape = entry.putArray("shape");
      part.getValue().shape.forEach(shape::add);
      var offsets = entry.putArray("data_offsets");
      offsets.add(at);
      at += part.getValue().bytes.byteSize();
      offsets.add(at);
    }
    var text = json.toString();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat((8 - bytes % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }
}
