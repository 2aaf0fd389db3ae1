package dev.sonde.io;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/// A structure in Thrift's compact protocol, field by field (Apache Thrift, *Thrift Compact
/// protocol encoding*): what a Parquet file's headers and footer are written in.
///
/// A field is one byte (distance from the field before it, type) and its value; whole numbers are
/// zigzag variable-length, a structure ends with 0. Fields are put in the order of their numbers.
final class Thrift {
  static final int I32 = 5;
  static final int BINARY = 8;
  static final int STRUCT = 12;
  private static final int I64 = 6;
  private static final int LIST = 9;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Deque<Integer> outer = new ArrayDeque<>();
  private int last;

  Thrift int32(int field, int value) {
    head(field, I32);
    return zigzag(value);
  }

  Thrift int64(int field, long value) {
    head(field, I64);
    return zigzag(value);
  }

  Thrift text(int field, String value) {
    head(field, BINARY);
    return text(value);
  }

  /// A list of `size` elements of a type, which are put next.
  Thrift list(int field, int type, int size) {
    head(field, LIST);
    if (size < 15) {
      out.write((size << 4) | type);
    } else {
      out.write(0xF0 | type);
      varint(size);
    }
    return this;
  }

  /// An element of a list.
  Thrift text(String value) {
    var bytes = value.getBytes(StandardCharsets.UTF_8);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  /// An element of a list, or a value behind a head.
  Thrift zigzag(long value) {
    varint((value << 1) ^ (value >> 63));
    return this;
  }

  /// A field that is a structure, up to [#end].
  Thrift begin(int field) {
    head(field, STRUCT);
    return begin();
  }

  /// An element of a list that is a structure, up to [#end].
  Thrift begin() {
    outer.push(last);
    last = 0;
    return this;
  }

  Thrift end() {
    out.write(0);
    last = outer.pop();
    return this;
  }

  /// The whole, its own end put behind.
  byte[] bytes() {
    if (!outer.isEmpty()) {
      throw new IllegalStateException("a structure is open");
    }
    var whole = out.toByteArray();
    return java.util.Arrays.copyOf(whole, whole.length + 1);
  }

  private void head(int field, int type) {
    int ahead = field - last;
    if (ahead < 1 || ahead > 15) {
      throw new IllegalArgumentException("field %d after %d".formatted(field, last));
    }
    out.write((ahead << 4) | type);
    last = field;
  }

  /// Seven bits a byte, the lowest first; all 64 bits as unsigned.
  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
