package dev.sonde.weights;

import dev.sonde.io.BadInput;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// How GGUF stores numbers: plain, or in blocks that share scales. Decoded in float32, operation by
/// operation as ggml's reference does. Layouts: ggml-quants of ggml-org/ggml.
public enum Quant {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  IQ4_NL(20, 32, 18),
  IQ4_XS(23, 256, 136),
  BF16(30, 1, 2);

  private static final int[] LEVELS = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int code;
  private final int block;
  private final int size;

  Quant(int code, int block, int size) {
    this.code = code;
    this.block = block;
    this.size = size;
  }

  static Quant of(int code, String tensor) {
    return Arrays.stream(values())
        .filter(q -> q.code == code)
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "tensor '%s' is of GGUF type %d, which is not built; known are %s"
                    .formatted(tensor, code, Arrays.toString(values()))));
  }

  /// Numbers that share a block.
  public int block() {
    return block;
  }

  /// Of so many numbers.
  long bytes(long count) {
    return Math.multiplyExact(count / block, size);
  }

  void decode(MemorySegment from, float[] out) {
    switch (this) {
      case F32 -> MemorySegment.copy(from, FLOAT, 0, out, 0, out.length);
      case F16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = half(from, 2L * i);
        }
      }
      case BF16 -> {
        for (int i = 0; i < out.length; i++) {
          out[i] = Float.intBitsToFloat((from.get(SHORT, 2L * i) & 0xffff) << 16);
        }
      }
      case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 -> {
        for (int b = 0; b < out.length / block; b++) {
          legacy(from, (long) b * size, out, b * block);
        }
      }
      default -> {
        for (int b = 0; b < out.length / block; b++) {
          one(from.asSlice((long) b * size, size), out, b * block);
        }
      }
    }
  }

  /// A block of 32 with one scale, and with a least value where there are two.
  private void legacy(MemorySegment m, long at, float[] y, int o) {
    float d = half(m, at);
    switch (this) {
      case Q4_0 -> nibbles(m, at + 2, y, o, d, -8, -0f);
      case Q4_1 -> nibbles(m, at + 4, y, o, d, 0, half(m, at + 2));
      case Q5_0 -> nibbles(m, at + 6, y, o, d, -16, -0f, m.get(INT, at + 2));
      case Q8_0 -> {
        for (int i = 0; i < 32; i++) {
          y[o + i] = d * m.get(ValueLayout.JAVA_BYTE, at + 2 + i);
        }
      }
      default -> nibbles(m, at + 8, y, o, d, 0, half(m, at + 2), m.get(INT, at + 4));
    }
  }

  private void one(MemorySegment m, float[] y, int o) {
    switch (this) {
      case Q2_K -> q2(m, y, o);
      case Q3_K -> q3(m, y, o);
      case Q4_K -> q45(m, 16, -1, y, o);
      case Q5_K -> q45(m, 48, 16, y, o);
      case Q6_K -> q6(m, y, o);
      case IQ4_NL -> levels(m, 2, half(m, 0), y, o);
      case IQ4_XS -> {
        int high = m.get(SHORT, 2) & 0xffff;
        for (int i = 0; i < 8; i++) {
          int low = (u8(m, 4 + i / 2) >> (4 * (i % 2))) & 15;
          int scale = low | (((high >> (2 * i)) & 3) << 4);
          levels(m, 8 + 16 * i, half(m, 0) * (scale - 32), y, o + 32 * i);
        }
      }
      default -> throw new IllegalStateException(this + " has no blocks of its own");
    }
  }

  /// 32 numbers of 4 bits, the low halves first. Without a least value `min` is -0, which leaves
  /// the sign of a zero alone.
  private static void nibbles(
      MemorySegment m, long at, float[] y, int o, float d, int shift, float min) {
    for (int i = 0; i < 16; i++) {
      int both = u8(m, at + i);
      y[o + i] = d * ((both & 15) + shift) + min;
      y[o + i + 16] = d * ((both >> 4) + shift) + min;
    }
  }

  /// The same with a fifth bit each in `high`.
  private static void nibbles(
      MemorySegment m, long at, float[] y, int o, float d, int shift, float min, int high) {
    for (int i = 0; i < 16; i++) {
      int both = u8(m, at + i);
      int low = (both & 15) | ((high >>> i) & 1) << 4;
      int up = (both >> 4) | ((high >>> (i + 16)) & 1) << 4;
      y[o + i] = d * (low + shift) + min;
      y[o + i + 16] = d * (up + shift) + min;
    }
  }

  private static void levels(MemorySegment m, int at, float d, float[] y, int o) {
    for (int i = 0; i < 16; i++) {
      int byteHere = u8(m, at + i);
      y[o + i] = d * LEVELS[byteHere & 15];
      y[o + i + 16] = d * LEVELS[byteHere >> 4];
    }
  }

  private static void q2(MemorySegment m, float[] y, int o) {
    float d = half(m, 80);
    float min = half(m, 82);
    for (int i = 0; i < 256; i++) {
      int scale = u8(m, i / 16);
      int q = (u8(m, 16 + 32 * (i / 128) + i % 32) >> (2 * ((i / 32) % 4))) & 3;
      y[o + i] = d * (scale & 15) * q - min * (scale >> 4);
    }
  }

  private static void q3(MemorySegment m, float[] y, int o) {
    float d = half(m, 108);
    for (int i = 0; i < 256; i++) {
      int s = i / 16;
      int low = (u8(m, 96 + s % 8) >> (4 * (s / 8))) & 15;
      int scale = low | (((u8(m, 104 + s % 4) >> (2 * (s / 4))) & 3) << 4);
      int q = (u8(m, 32 + 32 * (i / 128) + i % 32) >> (2 * ((i / 32) % 4))) & 3;
      boolean high = (u8(m, i % 32) & (1 << (i / 32))) != 0;
      y[o + i] = d * (scale - 32) * (q - (high ? 0 : 4));
    }
  }

  /// Q4_K and Q5_K: `quants` is where the nibbles begin, `fifth` where the fifth bits do (-1:
  /// none).
  private static void q45(MemorySegment m, int quants, int fifth, float[] y, int o) {
    float d = half(m, 0);
    float min = half(m, 2);
    for (int j = 0; j < 8; j++) {
      int scale = j < 4 ? u8(m, 4 + j) & 63 : (u8(m, 8 + j) & 15) | ((u8(m, j) >> 6) << 4);
      int least = j < 4 ? u8(m, 8 + j) & 63 : (u8(m, 8 + j) >> 4) | ((u8(m, 4 + j) >> 6) << 4);
      for (int l = 0; l < 32; l++) {
        int q = (u8(m, quants + 32 * (j / 2) + l) >> (4 * (j % 2))) & 15;
        if (fifth >= 0) {
          q |= ((u8(m, fifth + l) >> j) & 1) << 4;
        }
        y[o + 32 * j + l] = d * scale * q - min * least;
      }
    }
  }

  private static void q6(MemorySegment m, float[] y, int o) {
    float d = half(m, 208);
    for (int i = 0; i < 256; i++) {
      int half = i / 128;
      int quarter = (i / 32) % 4;
      int l = i % 32;
      int low = u8(m, 64 * half + 32 * (quarter % 2) + l) >> (4 * (quarter / 2)) & 15;
      int high = (u8(m, 128 + 32 * half + l) >> (2 * quarter)) & 3;
      int scale = m.get(ValueLayout.JAVA_BYTE, 192 + i / 16);
      y[o + i] = d * scale * ((low | (high << 4)) - 32);
    }
  }

  private static int u8(MemorySegment m, long at) {
    return m.get(ValueLayout.JAVA_BYTE, at) & 0xff;
  }

  private static float half(MemorySegment m, long at) {
    return Float.float16ToFloat(m.get(SHORT, at));
  }
}
