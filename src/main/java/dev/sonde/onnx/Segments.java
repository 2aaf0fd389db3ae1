package dev.sonde.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A protobuf message put together of pieces of another and a few new ones; copied once, at the
/// end.
final class Segments {
  private final List<Piece> pieces = new ArrayList<>();
  private long length;

  private static final class Piece {
    private final byte[] bytes;
    private final int from;
    private final int to;

    Piece(byte[] bytes, int from, int to) {
      this.bytes = bytes;
      this.from = from;
      this.to = to;
    }
  }

  Segments add(byte[] bytes, int from, int to) {
    if (to > from) {
      pieces.add(new Piece(bytes, from, to));
      length += to - from;
    }
    return this;
  }

  Segments number(int field, long value) {
    return varint((long) field << 3 | Wire.VARINT).varint(value);
  }

  Segments text(int field, String text) {
    var utf8 = text.getBytes(StandardCharsets.UTF_8);
    return varint((long) field << 3 | Wire.BYTES).varint(utf8.length).add(utf8, 0, utf8.length);
  }

  Segments message(int field, Segments inner) {
    varint((long) field << 3 | Wire.BYTES).varint(inner.length);
    pieces.addAll(inner.pieces);
    length += inner.length;
    return this;
  }

  byte[] toBytes() {
    var out = new byte[Math.toIntExact(length)];
    int at = 0;
    for (var piece : pieces) {
      System.arraycopy(piece.bytes, piece.from, out, at, piece.to - piece.from);
      at += piece.to - piece.from;
    }
    return out;
  }

  private Segments varint(long value) {
    var out = new ByteArrayOutputStream(10);
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
    return add(out.toByteArray(), 0, out.size());
  }
}
