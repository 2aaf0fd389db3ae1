package dev.sonde.catalogue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes small GGUF files, for tests and for the rehearsal that fills the start-up cache:
/// docs/gguf.md of ggml-org/ggml, version 3.
final class TinyGguf {
  private final Map<String, byte[]> keys = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private static final class Tensor {
    final List<Long> shape;
    final int type;
    final byte[] bytes;

    Tensor(List<Long> shape, int type, byte[] bytes) {
      this.shape = shape;
      this.type = type;
      this.bytes = bytes;
    }
  }

  /// A text, a whole number (uint32), a number (float32), true or false, or a list of one of these.
  TinyGguf with(String key, Object value) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(int32(type(value)));
    out.writeBytes(content(value));
    keys.put(key, out.toByteArray());
    return this;
  }

  /// Row-major, in float32.
  TinyGguf with(String name, List<Long> shape, float[] numbers) {
    var bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return with(name, shape, 0, bytes.array());
  }

  /// In the format's type of that number.
  TinyGguf with(String name, List<Long> shape, int type, byte[] bytes) {
    tensors.put(name, new Tensor(shape, type, bytes));
    return this;
  }

  private static int type(Object value) {
    return switch (value) {
      case Integer _, Long _ -> 4;
      case Float _, Double _ -> 6;
      case Boolean _ -> 7;
      case String _ -> 8;
      case List<?> _ -> 9;
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  private static byte[] content(Object value) {
    return switch (value) {
      case Integer n -> int32(n);
      case Long n -> int32((int) (long) n);
      case Number n -> int32(Float.floatToRawIntBits(n.floatValue()));
      case Boolean b -> new byte[] {(byte) (b ? 1 : 0)};
      case String s -> text(s);
      case List<?> list -> {
        var out = new ByteArrayOutputStream();
        out.writeBytes(int32(list.isEmpty() ? 4 : type(list.getFirst())));
        out.writeBytes(int64(list.size()));
        list.forEach(v -> out.writeBytes(content(v)));
        yield out.toByteArray();
      }
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    out.writeBytes(int32(0x46554747));
    out.writeBytes(int32(3));
    out.writeBytes(int64(tensors.size()));
    out.writeBytes(int64(keys.size()));
    keys.forEach((key, value) -> {
      out.writeBytes(text(key));
      out.writeBytes(value);
    });
    long offset = 0;
    for (var tensor : tensors.entrySet()) {
      var shape = tensor.getValue().shape;
      out.writeBytes(text(tensor.getKey()));
      out.writeBytes(int32(shape.size()));
      shape.reversed().forEach(n -> out.writeBytes(int64(n)));
      out.writeBytes(int32(tensor.getValue().type));
      out.writeBytes(int64(offset));
      offset += Math.ceilDiv(tensor.getValue().bytes.length, 32) * 32L;
    }
    for (var tensor : tensors.values()) {
      out.writeBytes(new byte[(32 - out.size() % 32) % 32]);
      out.writeBytes(tensor.bytes);
    }
    return out.toByteArray();
  }

  private static byte[] text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream();
    out.writeBytes(int64(bytes.length));
    out.writeBytes(bytes);
    return out.toByteArray();
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
