package dev.sonde.token;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/// SentencePiece's table of characters that stand for others (`precompiled_charsmap`): the bytes of
/// a double-array trie, then the texts that its leaves point into.
///
/// A unit of the array has a label (the byte that leads to it), an offset to the block of its
/// followers and a mark whether a leaf is among them; Yata, *Darts-clone*: the layout of its array.
final class CharacterTable {
  private static final int BLOCK = 256;

  private CharacterTable() {}

  /// Whether every way through the trie stays within it and ends at a character's beginning.
  static boolean sound(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (bytes.length < 4) {
      return false;
    }
    var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = in.getInt();
    if (size <= 0 || size % (4 * BLOCK) != 0 || size > in.remaining()) {
      return false;
    }
    var units = new int[size / 4];
    in.asIntBuffer().get(units);
    var texts = ByteBuffer.wrap(bytes, 4 + size, bytes.length - 4 - size).slice();
    return utf8(texts) && sound(units, texts);
  }

  private static boolean utf8(ByteBuffer texts) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(texts.duplicate());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean sound(int[] units, ByteBuffer texts) {
    var seen = new BitSet(units.length);
    var open = new ArrayDeque<Integer>();
    long first = offset(units[0]);
    if (first >= units.length) {
      return false;
    }
    open.push((int) first);
    seen.set((int) first);
    while (!open.isEmpty()) {
      int base = open.pop();
      for (int label = 1; label < BLOCK; label++) {
        int at = base ^ label;
        int unit = units[at];
        if ((unit & 0x800000ff) != label) {
          continue;
        }
        long next = at ^ offset(unit);
        if (next >= units.length || ((unit >>> 8 & 1) == 1 && !text(units[(int) next], texts))) {
          return false;
        }
        if (!seen.get((int) next)) {
          seen.set((int) next);
          open.push((int) next);
        }
      }
    }
    return true;
  }

  private static long offset(int unit) {
    return (unit >>> 10 & 0x3fffffL) << ((unit & (1 << 9)) >>> 6);
  }

  /// A leaf's value is where its text begins, which ends at the next zero.
  private static boolean text(int leaf, ByteBuffer texts) {
    int from = leaf & 0x7fffffff;
    return from <= texts.limit() && (from == texts.limit() || (texts.get(from) & 0xc0) != 0x80);
  }
}
