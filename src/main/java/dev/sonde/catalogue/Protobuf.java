package dev.sonde.catalogue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The wire format of protocol buffers, as far as reading needs it (protobuf.dev, "Encoding").
final class Protobuf {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private Protobuf() {}

  /// A field: its number, and either a value or bytes.
  record Field(int number, long value, ByteBuffer bytes) {
    String text() {
      return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
  }

  static List<Field> fields(ByteBuffer message) {
    var in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    var out = new ArrayList<Field>();
    while (in.hasRemaining()) {
      long key = varint(in);
      int number = (int) (key >>> 3);
      switch ((int) (key & 7)) {
        case 0 -> out.add(new Field(number, varint(in), NOTHING));
        case 1 -> out.add(new Field(number, in.getLong(), NOTHING));
        case 2 -> {
          int length = Math.toIntExact(varint(in));
          out.add(
              new Field(number, 0, in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN)));
          in.position(in.position() + length);
        }
        case 5 -> out.add(new Field(number, in.getInt(), NOTHING));
        default -> throw new IllegalArgumentException("wire type " + (key & 7) + " is not in use");
      }
    }
    return out;
  }

  static long varint(ByteBuffer in) {
    long out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte b = in.get();
      out |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return out;
      }
    }
    throw new IllegalArgumentException("a number has more than ten bytes");
  }
}
