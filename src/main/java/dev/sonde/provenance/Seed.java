package dev.sonde.provenance;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// The origin of everything random. A child seed depends on its purpose, so that a new consumer of
/// randomness does not shift the others.
public record Seed(long value) {
  public Seed forPurpose(String purpose) {
    long h = value ^ 0x9E3779B97F4A7C15L;
    for (byte b : purpose.getBytes(StandardCharsets.UTF_8)) {
      h = mix((h ^ (b & 0xff)) * 0x100000001B3L);
    }
    return new Seed(mix(h));
  }

  public Seed forPurpose(String purpose, long index) {
    return new Seed(mix(forPurpose(purpose).value ^ mix(index + 0x632BE59BD9B4E019L)));
  }

  public SplittableRandom generator() {
    return new SplittableRandom(value);
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
