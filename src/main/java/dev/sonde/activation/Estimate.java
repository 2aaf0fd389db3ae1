package dev.sonde.activation;

import dev.sonde.token.Tokens;
import java.util.List;

/// What a capture will take, before it runs.
public record Estimate(long rows, long bytes, long tokens) {
  public static Estimate of(Capture capture, List<Tokens> texts) {
    long rows =
        capture.sites().stream()
            .mapToLong(s -> texts.stream().mapToLong(t -> s.position().rows(t)).sum())
            .sum();
    return new Estimate(rows, bytes(capture, texts), texts.stream().mapToLong(Tokens::size).sum());
  }

  /// Bytes of the float32 rows of all sites.
  static long bytes(Capture capture, List<Tokens> texts) {
    long bytes = 0;
    for (var site : capture.sites()) {
      long rows = texts.stream().mapToLong(t -> site.position().rows(t)).sum();
      bytes += rows * capture.width(site.point()) * 4;
    }
    return bytes;
  }
}
