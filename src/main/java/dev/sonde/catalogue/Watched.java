package dev.sonde.catalogue;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// A stream that is cut off when nothing comes for a while: a connection that is open and silent
/// would otherwise be waited for without end.
final class Watched extends FilterInputStream {
  private final AtomicLong reads = new AtomicLong();
  private final Thread guard;

  Watched(InputStream in, Duration silence) {
    super(in);
    guard = Thread.ofVirtual().start(() -> watch(silence));
  }

  private void watch(Duration silence) {
    try {
      for (long before = -1; before != reads.get(); ) {
        before = reads.get();
        Thread.sleep(silence);
      }
      in.close();
    } catch (InterruptedException | IOException e) {
      // the transfer is over
    }
  }

  @Override
  public int read() throws IOException {
    int out = in.read();
    reads.incrementAndGet();
    return out;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    int out = in.read(buffer, from, length);
    reads.incrementAndGet();
    return out;
  }

  @Override
  public void close() throws IOException {
    guard.interrupt();
    in.close();
  }
}
