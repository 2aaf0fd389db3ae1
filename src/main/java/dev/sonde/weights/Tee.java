package dev.sonde.weights;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Bytes on their way into a file and into a digest, both side by side.
final class Tee implements AutoCloseable {
  private static final int CHUNK = 1 << 20;
  private static final int BUFFERS = 4;

  private final FileChannel channel;
  private final MessageDigest digest;
  private final Flush flush;
  private final ExecutorService hashing = Executors.newSingleThreadExecutor();
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

  /// A buffer, and whether its last content has passed the digest.
  private record Chunk(ByteBuffer buffer, CompletableFuture<?> digested) {}

  Tee(FileChannel channel, MessageDigest digest) {
    this.channel = channel;
    this.digest = digest;
    flush = new Flush(channel);
  }

  void write(MemorySegment bytes) throws IOException {
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      int size = (int) Math.min(CHUNK, bytes.byteSize() - at);
      var buffer = free(size).clear();
      MemorySegment.copy(bytes, at, MemorySegment.ofBuffer(buffer), 0, size);
      var same = buffer.limit(size).duplicate();
      chunks.add(new Chunk(buffer, CompletableFuture.runAsync(() -> digest.update(same), hashing)));
      SafeTensorsFile.all(channel, buffer);
      flush.wrote(size);
    }
  }

  private ByteBuffer free(int size) {
    if (chunks.size() < BUFFERS) {
      return ByteBuffer.allocateDirect(Math.max(size, CHUNK / 16));
    }
    var chunk = chunks.remove();
    chunk.digested.join();
    return chunk.buffer.capacity() < size ? ByteBuffer.allocateDirect(CHUNK) : chunk.buffer;
  }

  /// Returns when all bytes have passed the digest.
  @Override
  public void close() throws IOException {
    hashing.close();
    flush.close();
  }
}
