package dev.sonde.evidence;

import java.util.Arrays;
import java.util.stream.LongStream;

/// Runs of characters of a text, hashed, and their MinHash signature (Broder 1997).
final class Shingles {
  private Shingles() {}

  /// The distinct hashes of all runs of `length` characters of the plain text, ascending; a shorter
  /// text is one run.
  static long[] of(String text, int length) {
    var plain = Duplicates.plain(text);
    var runs = Math.max(1, plain.length() - length + 1);
    return LongStream.range(0, runs)
        .map(i -> hash(plain, (int) i, Math.min(plain.length(), (int) i + length)))
        .sorted()
        .distinct()
        .toArray();
  }

  /// Of every hash function the least value over the runs: two texts agree in a place with the
  /// probability that is their Jaccard similarity.
  static long[] signature(long[] shingles, int functions) {
    var out = new long[functions];
    Arrays.fill(out, Long.MAX_VALUE);
    for (long s : shingles) {
      for (int f = 0; f < functions; f++) {
        out[f] = Math.min(out[f], mix(s ^ (f + 1) * 0x9E3779B97F4A7C15L));
      }
    }
    return out;
  }

  /// The share of runs that two texts have in common, of those that either has.
  static double jaccard(long[] a, long[] b) {
    int both = 0;
    for (int i = 0, j = 0; i < a.length && j < b.length; ) {
      int side = Long.compare(a[i], b[j]);
      both += side == 0 ? 1 : 0;
      i += side <= 0 ? 1 : 0;
      j += side >= 0 ? 1 : 0;
    }
    return (double) both / (a.length + b.length - both);
  }

  private static long hash(String text, int from, int to) {
    long h = 0x51_7C_C1_B7_27_22_0A_95L;
    for (int i = from; i < to; i++) {
      h = mix(h ^ text.charAt(i));
    }
    return h;
  }

  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
