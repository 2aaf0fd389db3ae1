package dev.sonde.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Sends what lies in a file on to the disk while more is written, so that little is left to wait
/// for at the end.
final class Flush implements AutoCloseable {
  /// Bytes after which it begins again.
  private static final long PORTION = 64L << 20;

  private final FileChannel channel;
  private final ExecutorService disk = Executors.newSingleThreadExecutor();
  private CompletableFuture<?> forced = CompletableFuture.completedFuture(null);
  private long since;

  Flush(FileChannel channel) {
    this.channel = channel;
  }

  /// So many bytes more lie in the file.
  synchronized void wrote(long bytes) throws IOException {
    since += bytes;
    if (since >= PORTION && forced.isDone()) {
      mustHaveArrived();
      since = 0;
      forced = CompletableFuture.runAsync(this::force, disk);
    }
  }

  private void force() {
    try {
      channel.force(false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A system tells of a failure once: whoever forces the file again would not hear of it.
  private void mustHaveArrived() throws IOException {
    try {
      forced.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof UncheckedIOException cause
          ? cause.getCause()
          : new IOException(e);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    disk.close();
    mustHaveArrived();
  }
}
