package dev.sonde.model;

import dev.sonde.tensor.Tensor;

/// Positions as a bias of the scores: every head prefers near keys, by a slope of its own. Press,
/// Smith, Lewis, *Train Short, Test Long* (2022).
///
/// The bias grows with the key's place; the query's place would shift a row of scores, which the
/// softmax does not see. `rounded`: slopes and products in bfloat16, as Falcon has them.
record Alibi(int heads, double scale, boolean rounded) {
  /// `[head, 1, key]`.
  Tensor bias(int length) {
    var out = new float[heads * length];
    for (int h = 0; h < heads; h++) {
      float slope = (float) slope(h);
      for (int j = 0; j < length; j++) {
        float product = rounded ? bfloat16(bfloat16(slope) * bfloat16(j)) : slope * j;
        out[h * length + j] = (float) (product * scale);
      }
    }
    return Tensor.of(out, heads, 1, length);
  }

  /// Powers of two for a power of two of heads; the others lie between those of twice as many.
  private double slope(int head) {
    int power = Integer.highestOneBit(heads);
    if (head < power) {
      return Math.pow(base(power), head + 1);
    }
    return Math.pow(base(2 * power), 2 * (head - power) + 1);
  }

  private static float base(int power) {
    return (float) Math.pow(2, -Math.pow(2, -(Math.log(power) / Math.log(2) - 3)));
  }

  /// To the nearest with 8 bits of mantissa, ties to even.
  private static float bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int up = 0x7fff + ((bits >>> 16) & 1);
    return Float.intBitsToFloat((bits + up) & 0xffff0000);
  }
}
