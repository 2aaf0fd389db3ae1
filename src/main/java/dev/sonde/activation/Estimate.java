package dev.sonde.activation;

import dev.sonde.io.Progress;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;

/// What a capture will take, before it runs.
public record Estimate(long rows, long bytes, long tokens) {
  private static final int TIMED_TEXTS = 32;

  public static Estimate of(Capture capture, List<Tokens> texts) {
    long rows =
        capture.sites().stream()
            .mapToLong(s -> texts.stream().mapToLong(t -> s.position().rows(t)).sum())
            .sum();
    return new Estimate(rows, bytes(capture, texts), texts.stream().mapToLong(Tokens::size).sum());
  }

  /// Memory at its peak and time from here to the end, of a capture to a [Store].
  public record Outlook(long peakBytes, Duration time) {}

  /// Times some of the texts, spread over all of them, on the workers that will do the rest. The
  /// peak counts the weights (twice where kernels pack them), the rows of one shard (and their copy
  /// on the way to it), and what the packs that run side by side make within a block.
  public static Outlook outlook(
      Capture capture, List<Tokens> texts, Workers workers, InstantSource clock) {
    var some = spread(texts);
    capture.run(some, workers, Progress.NONE);
    var from = clock.instant();
    capture.run(some, workers, Progress.NONE);
    var took = Duration.between(from, clock.instant());
    double share = tokens(texts) / (double) Math.max(1, tokens(some));
    long shard = bytes(capture, texts) * Math.min(Manifest.TEXTS, texts.size()) / texts.size();
    long packs = capture.workingBytes(texts) * workers.count();
    return new Outlook(
        capture.weightBytes() + 2 * shard + packs,
        Duration.ofMillis(Math.round(took.toMillis() * share)));
  }

  private static List<Tokens> spread(List<Tokens> texts) {
    int step = Math.max(1, texts.size() / TIMED_TEXTS);
    return IntStream.iterate(0, i -> i < texts.size(), i -> i + step)
        .limit(TIMED_TEXTS)
        .mapToObj(texts::get)
        .toList();
  }

  private static long tokens(List<Tokens> texts) {
    return texts.stream().mapToLong(Tokens::size).sum();
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
