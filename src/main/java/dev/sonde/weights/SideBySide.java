package dev.sonde.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Pieces of a file, each made and written at its place, as many side by side as there are
/// processors.
final class SideBySide {
  private static final int CHUNK = 1 << 20;

  private final FileChannel channel;
  private final Flush flush;
  private final List<Runnable> pieces = new ArrayList<>();
  private final AtomicBoolean failed = new AtomicBoolean();
  private final ThreadLocal<ByteBuffer> buffers =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK));

  SideBySide(FileChannel channel, Flush flush) {
    this.channel = channel;
    this.flush = flush;
  }

  void add(long at, Supplier<MemorySegment> bytes) {
    pieces.add(() -> write(at, bytes.get()));
  }

  /// Returns when all is written, or one has failed and the others have ended.
  void write() throws IOException {
    try (var threads = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      var all =
          pieces.stream()
              .map(piece -> CompletableFuture.runAsync(() -> unlessFailed(piece), threads))
              .toArray(CompletableFuture<?>[]::new);
      CompletableFuture.allOf(all).join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case UncheckedIOException cause -> throw cause.getCause();
        case RuntimeException cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  private void unlessFailed(Runnable piece) {
    if (failed.get()) {
      return;
    }
    try {
      piece.run();
    } catch (RuntimeException | Error e) {
      failed.set(true);
      throw e;
    }
  }

  private void write(long at, MemorySegment bytes) {
    var buffer = buffers.get();
    try {
      for (long from = 0; from < bytes.byteSize(); from += CHUNK) {
        int size = (int) Math.min(CHUNK, bytes.byteSize() - from);
        MemorySegment.copy(bytes, from, MemorySegment.ofBuffer(buffer.clear()), 0, size);
        buffer.limit(size);
        while (buffer.hasRemaining()) {
          var _ = channel.write(buffer, at + from + buffer.position());
        }
      }
      flush.wrote(bytes.byteSize());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
