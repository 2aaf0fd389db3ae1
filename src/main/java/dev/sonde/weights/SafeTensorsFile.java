package dev.sonde.weights;

import dev.sonde.io.AtomicFile;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// A safetensors file to be written: tensors sorted by name, the same bytes for the same content.
public final class SafeTensorsFile {
  private final Map<String, Part> parts = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  private record Part(DType type, List<Long> shape, long size, Supplier<MemorySegment> bytes) {}

  /// Numbers as they are to lie in the file, little-endian, row-major; nothing is copied until
  /// written.
  public SafeTensorsFile with(String name, DType type, MemorySegment bytes, long... shape) {
    long size = Arrays.stream(shape).reduce(type.bytes(), (a, b) -> a * b);
    mustBe(name, size, bytes);
    return with(name, type, () -> bytes, shape);
  }

  /// Numbers that are made when they are written, a few tensors ahead and side by side, so that
  /// never all of them are in memory. Which thread makes which changes nothing.
  public SafeTensorsFile with(
      String name, DType type, Supplier<MemorySegment> bytes, long... shape) {
    long size = Arrays.stream(shape).reduce(type.bytes(), (a, b) -> a * b);
    parts.put(name, new Part(type, Arrays.stream(shape).boxed().toList(), size, bytes));
    return this;
  }

  private static void mustBe(String name, long size, MemorySegment bytes) {
    if (bytes.byteSize() != size) {
      throw new IllegalArgumentException(
          "'%s' takes %d bytes by its shape, not %d".formatted(name, size, bytes.byteSize()));
    }
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

  /// Writes the whole file or nothing. Returns the digest of its bytes.
  public Digest write(Path target) {
    var sha = Digest.sha256();
    AtomicFile.write(target, channel -> write(channel, sha));
    return Digest.of(sha);
  }

  /// The same without a digest: tensors are made and written side by side, each at its place, on
  /// every processor. For files of which the digest would take longer than all else.
  public void writeSideBySide(Path target) {
    AtomicFile.write(
        target,
        channel -> {
          var start = start();
          long at = start.remaining();
          all(channel, start);
          try (var flush = new Flush(channel)) {
            var pieces = new SideBySide(channel, flush);
            for (var part : parts.entrySet()) {
              pieces.add(at, () -> made(part.getKey(), part.getValue()));
              at += part.getValue().size;
            }
            pieces.write();
          }
        });
  }

  private static MemorySegment made(String name, Part part) {
    var bytes = part.bytes.get();
    mustBe(name, part.size, bytes);
    return bytes;
  }

  private ByteBuffer start() {
    var header = header();
    var start = ByteBuffer.allocate(8 + header.length).order(ByteOrder.LITTLE_ENDIAN);
    return start.putLong(header.length).put(header).flip();
  }

  private void write(FileChannel channel, MessageDigest sha) throws IOException {
    var start = start();
    sha.update(start.duplicate());
    all(channel, start);
    var waiting = new ArrayDeque<CompletableFuture<MemorySegment>>();
    var next = parts.values().iterator();
    int ahead = Runtime.getRuntime().availableProcessors() + 1;
    try (var out = new Tee(channel, sha);
        var threads = Executors.newFixedThreadPool(ahead - 1)) {
      try {
        for (var part : parts.entrySet()) {
          while (waiting.size() < ahead && next.hasNext()) {
            waiting.add(CompletableFuture.supplyAsync(next.next().bytes, threads));
          }
          var bytes = made(waiting.remove());
          mustBe(part.getKey(), part.getValue().size, bytes);
          out.write(bytes);
        }
      } finally {
        // nothing may still read its source when this returns
        waiting.forEach(w -> w.exceptionally(e -> MemorySegment.NULL).join());
      }
    }
  }

  private static MemorySegment made(CompletableFuture<MemorySegment> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  static void all(FileChannel channel, ByteBuffer buffer) throws IOException {
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
      at += part.getValue().size;
      offsets.add(at);
    }
    var text = json.toString();
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat((8 - bytes % 8) % 8)).getBytes(StandardCharsets.UTF_8);
  }
}
