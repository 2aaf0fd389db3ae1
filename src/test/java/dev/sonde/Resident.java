package dev.sonde;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// The memory that the process holds (heap, libraries, what was mapped) while something is done
/// many times: once warm it must not grow. Where the system does not tell, nothing is measured, and
/// the line printed says so.
public final class Resident {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long ROOM = 24L << 20;

  private final int warm;
  private final int step;
  private final List<Long> seen = new ArrayList<>();

  /// `count`: how often it will be done; the first third warms up.
  public Resident(int count) {
    warm = Math.max(1, count / 3);
    step = Math.max(1, count / 6);
  }

  /// After each, counted from 0.
  public void after(int i) {
    int past = i + 1 - warm;
    if (past >= 0 && past % step == 0) {
      bytes().ifPresent(seen::add);
    }
  }

  /// Bytes, with the heap's garbage gone.
  static OptionalLong bytes() {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    System.gc();
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(l -> l.startsWith("VmRSS:"))
          .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The least of the second half of what was seen over the least of the first half: what is kept
  /// for good. Peaks of either half are no growth.
  public long grown() {
    if (seen.size() < 4) {
      return 0;
    }
    int half = seen.size() / 2;
    long before = seen.subList(0, half).stream().mapToLong(n -> n).min().orElseThrow();
    long after = seen.subList(half, seen.size()).stream().mapToLong(n -> n).min().orElseThrow();
    return after - before;
  }

  public void mustNotHaveGrown() {
    assertThat(grown()).as("bytes that the process holds beyond those of before").isLessThan(ROOM);
  }

  @Override
  public String toString() {
    return seen.size() < 4
        ? "resident memory not measured"
        : String.format(
            Locale.ROOT,
            "resident %d MiB, grown by %.1f",
            seen.getLast() >> 20,
            grown() / 1048576.0);
  }
}
