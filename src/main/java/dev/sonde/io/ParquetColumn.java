package dev.sonde.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// A column of a Parquet file and the bytes of one of its pages (*Apache Parquet format*: data page
/// version 1, PLAIN, definition levels in runs, uncompressed).
///
/// Every column is optional: a row has a value or null. A NaN is a value.
record ParquetColumn(String name, Type type) {
  /// Parquet's physical types, with the numbers that the format gives them.
  enum Type {
    BOOLEAN(0),
    INT64(2),
    DOUBLE(5),
    TEXT(6);

    final int number;

    Type(int number) {
      this.number = number;
    }
  }

  private static final int DATA_PAGE = 0;
  static final int PLAIN = 0;
  static final int RLE = 3;

  /// A page, header and all.
  byte[] page(List<? extends @Nullable Object> values) {
    var body = new ByteArrayOutputStream();
    var levels = levels(values);
    body.writeBytes(little(4).putInt(levels.length).array());
    body.writeBytes(levels);
    if (type == Type.BOOLEAN) {
      body.writeBytes(bits(values));
    } else {
      for (var value : values) {
        if (value != null) {
          body.writeBytes(plain(value));
        }
      }
    }
    var checksum = new CRC32();
    checksum.update(body.toByteArray());
    var header =
        new Thrift()
            .int32(1, DATA_PAGE)
            .int32(2, body.size())
            .int32(3, body.size())
            .int32(4, (int) checksum.getValue())
            .begin(5)
            .int32(1, values.size())
            .int32(2, PLAIN)
            .int32(3, RLE)
            .int32(4, RLE)
            .end()
            .bytes();
    var out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  /// 1 where there is a value, 0 for null, in runs: twice the length of the run as a
  /// variable-length number, then the level as a byte.
  private static byte[] levels(List<? extends @Nullable Object> values) {
    var out = new ByteArrayOutputStream();
    int from = 0;
    for (int i = 1; i <= values.size(); i++) {
      if (i == values.size() || (values.get(i) == null) != (values.get(from) == null)) {
        int run = 2 * (i - from);
        while (run > 0x7F) {
          out.write((run & 0x7F) | 0x80);
          run >>>= 7;
        }
        out.write(run);
        out.write(values.get(from) == null ? 0 : 1);
        from = i;
      }
    }
    return out.toByteArray();
  }

  private byte[] plain(Object value) {
    return switch (type) {
      case INT64 -> little(8).putLong((Long) value).array();
      case DOUBLE -> little(8).putDouble((Double) value).array();
      case TEXT -> {
        var bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
        yield little(4 + bytes.length).putInt(bytes.length).put(bytes).array();
      }
      case BOOLEAN -> throw new IllegalStateException("a flag is a bit");
    };
  }

  /// Eight flags a byte, the lowest bit first.
  private static byte[] bits(List<? extends @Nullable Object> values) {
    var flags = values.stream().filter(v -> v != null).toList();
    var out = new byte[(flags.size() + 7) / 8];
    for (int i = 0; i < flags.size(); i++) {
      if ((Boolean) flags.get(i)) {
        out[i / 8] |= (byte) (1 << (i % 8));
      }
    }
    return out;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
