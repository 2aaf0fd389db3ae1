package dev.sonde.onnx;

import dev.sonde.io.BadInput;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A walk over the fields of one protobuf message (protobuf.dev, "Encoding"), in place: it
/// allocates nothing, and no length leads out of the message.
final class Wire {
  static final int VARINT = 0;
  static final int BYTES = 2;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int start;
  private int number;
  private int type;
  private int from;
  private long value;

  Wire(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  /// Steps to the next field; false at the end.
  boolean next() {
    if (at == end) {
      return false;
    }
    start = at;
    long key = varint();
    if (key >>> 3 == 0 || key >>> 3 > 0x1fffffff) {
      throw damaged("field number " + (key >>> 3) + " is out of range");
    }
    number = (int) (key >>> 3);
    type = (int) (key & 7);
    from = at;
    value = 0;
    switch (type) {
      case VARINT -> value = varint();
      case 1 -> skip(8);
      case BYTES -> {
        long length = varint();
        from = at;
        skip(length);
      }
      case 5 -> skip(4);
      default -> throw damaged("wire type " + type + " is not in use");
    }
    return true;
  }

  /// Whether this is field `wanted`, of bytes: a text or a message within.
  boolean is(int wanted) {
    if (number == wanted && type != BYTES) {
      throw damaged("field " + number + " should hold bytes");
    }
    return number == wanted;
  }

  /// Whether this is field `wanted`, a number.
  boolean isNumber(int wanted) {
    return number == wanted && type == VARINT;
  }

  int number() {
    return number;
  }

  long value() {
    return value;
  }

  /// Where the field begins, its key included.
  int start() {
    return start;
  }

  /// Where its bytes begin.
  int from() {
    return from;
  }

  /// Where it ends.
  int to() {
    return at;
  }

  /// The message within this field.
  Wire inner() {
    return new Wire(bytes, from, at);
  }

  String text() {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, at - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw damaged("a name is not UTF-8");
    }
  }

  private void skip(long length) {
    if (length < 0 || length > end - at) {
      throw damaged("a field of " + length + " bytes where " + (end - at) + " are left");
    }
    at += (int) length;
  }

  private long varint() {
    long out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw damaged("the file ends within a number");
      }
      byte b = bytes[at++];
      out |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return out;
      }
    }
    throw damaged("a number of more than ten bytes");
  }

  private BadInput damaged(String what) {
    return new BadInput(
        "the ONNX file is damaged or is none: at byte %d %s; export or download it again"
            .formatted(at, what));
  }
}
