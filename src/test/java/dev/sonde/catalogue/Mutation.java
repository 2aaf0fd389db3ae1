package dev.sonde.catalogue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// Damages files: cuts, flips, splices, huge lengths, deep nesting, one name for another.
public final class Mutation {
  private static final long[] HUGE = {
    -1,
    0,
    1,
    255,
    1L << 31,
    (1L << 31) - 1,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final List<String> LITERALS =
      List.of(
          "null",
          "true",
          "[]",
          "{}",
          "\"\"",
          "-1",
          "0",
          "1e400",
          "1.5",
          "[[1]]",
          "{\"a\":{}}",
          "99999999999999999999",
          "4294967295",
          "2147483647",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"a\\nb\"");
  private static final Pattern WORD = Pattern.compile("\"[^\"]{0,60}\"");
  private static final Pattern VALUE = Pattern.compile("(?<=[:\\[,])[ ]?[^\\s:,\\[\\]{}]+");

  private final SplittableRandom random;

  public Mutation(SplittableRandom random) {
    this.random = random;
  }

  public byte[] of(byte[] whole, boolean text) {
    var out = whole;
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      out = text && random.nextInt(3) > 0 ? written(out) : raw(out);
    }
    return out;
  }

  private byte[] raw(byte[] in) {
    if (in.length < 16) {
      return in;
    }
    int at = place(in);
    int length = 1 + random.nextInt(Math.min(64, in.length - at));
    return switch (random.nextInt(8)) {
      case 0 -> Arrays.copyOf(in, random.nextInt(in.length));
      case 1 -> flipped(in);
      case 2 -> joined(in, at, new byte[0], at + length);
      case 3 -> joined(in, at, Arrays.copyOfRange(in, at, at + length), at);
      case 4 -> {
        int from = place(in);
        yield joined(
            in, at, Arrays.copyOfRange(in, from, from + length), Math.min(in.length, at + length));
      }
      case 5 -> huge(in, at, 8);
      case 6 -> huge(in, at, 4);
      default -> {
        var noise = new byte[length];
        random.nextBytes(noise);
        yield joined(in, at, noise, at + length);
      }
    };
  }

  /// Half of the places are near the beginning, where headers are.
  private int place(byte[] in) {
    return random.nextInt(random.nextBoolean() ? Math.min(in.length, 1500) : in.length);
  }

  private byte[] flipped(byte[] in) {
    var out = in.clone();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      out[place(in)] ^= (byte) (1 << random.nextInt(8));
    }
    return out;
  }

  private byte[] huge(byte[] in, int at, int width) {
    var number =
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(HUGE[random.nextInt(HUGE.length)])
            .array();
    return joined(in, at, Arrays.copyOf(number, width), Math.min(in.length, at + width));
  }

  private static byte[] joined(byte[] in, int head, byte[] middle, int tail) {
    var out = new byte[head + middle.length + in.length - tail];
    System.arraycopy(in, 0, out, 0, head);
    System.arraycopy(middle, 0, out, head, middle.length);
    System.arraycopy(in, tail, out, head + middle.length, in.length - tail);
    return out;
  }

  private byte[] written(byte[] in) {
    var text = new String(in, StandardCharsets.UTF_8);
    var out =
        switch (random.nextInt(4)) {
          case 0 -> nested(text);
          case 1 -> replaced(text, WORD, word(text));
          case 2 -> replaced(text, VALUE, word(text));
          default -> replaced(text, VALUE, LITERALS.get(random.nextInt(LITERALS.size())));
        };
    return out.getBytes(StandardCharsets.UTF_8);
  }

  private String nested(String text) {
    int at = random.nextInt(text.length() + 1);
    var one = List.of("[", "{\"a\":", "{%if a%}", "(", "{\"type\":\"Sequence\",\"a\":[");
    var deep = one.get(random.nextInt(one.size())).repeat(1 << random.nextInt(15));
    return text.substring(0, at) + deep + text.substring(at);
  }

  private String word(String text) {
    var all = WORD.matcher(text).results().map(r -> r.group()).toList();
    return all.isEmpty() ? "\"\"" : all.get(random.nextInt(all.size()));
  }

  private String replaced(String text, Pattern what, String by) {
    var all = what.matcher(text).results().toList();
    if (all.isEmpty()) {
      return text;
    }
    var one = all.get(random.nextInt(all.size()));
    return text.substring(0, one.start()) + by + text.substring(one.end());
  }
}
