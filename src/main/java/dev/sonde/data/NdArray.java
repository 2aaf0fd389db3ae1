package dev.sonde.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// Numbers of any type in any number of axes, row-major, little-endian, on the heap or in a mapped
/// file; it does not change.
public final class NdArray {
  /// What one number is.
  public enum Kind {
    BOOL(1),
    INT8(1),
    UINT8(1),
    INT16(2),
    UINT16(2),
    INT32(4),
    UINT32(4),
    INT64(8),
    UINT64(8),
    FLOAT16(2),
    BFLOAT16(2),
    FLOAT32(4),
    FLOAT64(8);

    private final int bytes;

    Kind(int bytes) {
      this.bytes = bytes;
    }

    public int bytes() {
      return bytes;
    }

    public boolean floating() {
      return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
    }
  }

  private final Kind kind;
  private final long[] shape;
  private final long count;
  private final MemorySegment bytes;

  private NdArray(Kind kind, long[] shape, MemorySegment bytes) {
    long numbers = count(shape);
    if (bytes.byteSize() != Math.multiplyExact(numbers, (long) kind.bytes)) {
      throw new IllegalArgumentException(
          "%s of shape %s takes %d bytes, not %d"
              .formatted(kind, Arrays.toString(shape), numbers * kind.bytes, bytes.byteSize()));
    }
    this.kind = kind;
    this.shape = shape;
    this.count = numbers;
    this.bytes = bytes;
  }

  /// A view: nobody writes to the bytes any more.
  public static NdArray of(Kind kind, MemorySegment bytes, long... shape) {
    return new NdArray(kind, shape.clone(), bytes);
  }

  /// Takes the array as it is: the caller hands it over.
  public static NdArray of(float[] values, long... shape) {
    return new NdArray(Kind.FLOAT32, shape.clone(), MemorySegment.ofArray(values));
  }

  /// Takes the array as it is: the caller hands it over.
  public static NdArray of(double[] values, long... shape) {
    return new NdArray(Kind.FLOAT64, shape.clone(), MemorySegment.ofArray(values));
  }

  private static long count(long[] shape) {
    long out = 1;
    for (long n : shape) {
      if (n < 0) {
        throw new IllegalArgumentException(Arrays.toString(shape) + " is no shape");
      }
      out = Math.multiplyExact(out, n);
    }
    return out;
  }

  public Kind kind() {
    return kind;
  }

  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /// How many numbers there are.
  public long count() {
    return count;
  }

  /// The bytes as they lie, little-endian.
  public MemorySegment segment() {
    return bytes.asReadOnly();
  }

  /// How many rows: the first axis; one number is one row.
  public int rows() {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[0]);
  }

  /// How many numbers a row holds.
  public long width() {
    return shape.length == 0 ? 1 : count(Arrays.copyOfRange(shape, 1, shape.length));
  }

  /// Number `i` in row-major order. Integers beyond 2^53 are rounded.
  public double at(long i) {
    return switch (kind) {
      case FLOAT32 -> bytes.get(JAVA_FLOAT_UNALIGNED, i * 4);
      case FLOAT64 -> bytes.get(JAVA_DOUBLE_UNALIGNED, i * 8);
      case FLOAT16 -> Float.float16ToFloat(bytes.get(JAVA_SHORT_UNALIGNED, i * 2));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.get(JAVA_SHORT_UNALIGNED, i * 2) << 16);
      case UINT64 -> {
        long value = bytes.get(JAVA_LONG_UNALIGNED, i * 8);
        yield value >= 0 ? value : (value >>> 1) * 2.0;
      }
      case BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64 -> integer(i);
    };
  }

  /// Number `i` as an integer; of floating kinds rounded toward zero.
  public long integer(long i) {
    return switch (kind) {
      case BOOL -> bytes.get(JAVA_BYTE, i) == 0 ? 0 : 1;
      case INT8 -> bytes.get(JAVA_BYTE, i);
      case UINT8 -> bytes.get(JAVA_BYTE, i) & 0xff;
      case INT16 -> bytes.get(JAVA_SHORT_UNALIGNED, i * 2);
      case UINT16 -> bytes.get(JAVA_SHORT_UNALIGNED, i * 2) & 0xffff;
      case INT32 -> bytes.get(JAVA_INT_UNALIGNED, i * 4);
      case UINT32 -> bytes.get(JAVA_INT_UNALIGNED, i * 4) & 0xffffffffL;
      case INT64, UINT64 -> bytes.get(JAVA_LONG_UNALIGNED, i * 8);
      case FLOAT16, BFLOAT16, FLOAT32, FLOAT64 -> (long) at(i);
    };
  }

  /// All numbers as float32.
  public float[] toFloats() {
    if (kind == Kind.FLOAT32) {
      return bytes.toArray(JAVA_FLOAT_UNALIGNED);
    }
    var out = new float[Math.toIntExact(count)];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) at(i);
    }
    return out;
  }

  /// The same numbers under other axes.
  public NdArray reshape(long... to) {
    return new NdArray(kind, to.clone(), bytes);
  }

  /// The same numbers in another kind; integers are cut to its width.
  public NdArray to(Kind other) {
    if (other == kind) {
      return this;
    }
    int size = Math.toIntExact(count);
    var out = MemorySegment.ofArray(new byte[Math.multiplyExact(size, other.bytes)]);
    for (int i = 0; i < size; i++) {
      put(out, i, other);
    }
    return new NdArray(other, shape, out);
  }

  private void put(MemorySegment out, long i, Kind other) {
    switch (other) {
      case BOOL -> out.set(JAVA_BYTE, i, (byte) (at(i) == 0 ? 0 : 1));
      case INT8, UINT8 -> out.set(JAVA_BYTE, i, (byte) integer(i));
      case INT16, UINT16 -> out.set(JAVA_SHORT_UNALIGNED, i * 2, (short) integer(i));
      case INT32, UINT32 -> out.set(JAVA_INT_UNALIGNED, i * 4, (int) integer(i));
      case INT64, UINT64 -> out.set(JAVA_LONG_UNALIGNED, i * 8, integer(i));
      case FLOAT32 -> out.set(JAVA_FLOAT_UNALIGNED, i * 4, (float) at(i));
      case FLOAT64 -> out.set(JAVA_DOUBLE_UNALIGNED, i * 8, at(i));
      case FLOAT16 -> out.set(JAVA_SHORT_UNALIGNED, i * 2, Float.floatToFloat16((float) at(i)));
      case BFLOAT16 -> throw new IllegalArgumentException("nothing is rounded to bfloat16 here");
    }
  }

  /// Rows `from` up to, without, `to`: a view.
  public NdArray slice(int from, int to) {
    long row = width() * kind.bytes;
    var some = shape.clone();
    some[0] = (long) to - from;
    return new NdArray(kind, some, bytes.asSlice(from * row, (to - from) * row));
  }

  /// Rows in the order given.
  public NdArray select(int[] which) {
    long row = width() * kind.bytes;
    var out = MemorySegment.ofArray(new byte[Math.toIntExact(row * which.length)]);
    for (int i = 0; i < which.length; i++) {
      MemorySegment.copy(bytes, which[i] * row, out, i * row, row);
    }
    var some = shape.clone();
    some[0] = which.length;
    return new NdArray(kind, some, out);
  }

  /// The rows of all, one after the other; kinds and widths are the same.
  public static NdArray joined(List<NdArray> parts) {
    var first = parts.getFirst();
    long rows = parts.stream().mapToLong(NdArray::rows).sum();
    var shape = first.shape();
    shape[0] = rows;
    var out =
        MemorySegment.ofArray(
            new byte[Math.toIntExact(Math.multiplyExact(rows, first.width() * first.kind.bytes))]);
    long at = 0;
    for (var part : parts) {
      if (part.kind != first.kind || part.width() != first.width()) {
        throw new IllegalArgumentException(part + " does not continue " + first);
      }
      out.asSlice(at, part.bytes.byteSize()).copyFrom(part.bytes);
      at += part.bytes.byteSize();
    }
    return new NdArray(first.kind, shape, out);
  }

  /// Each row flat: `rows x width`, float64 where the numbers are, float32 otherwise.
  public Matrix toMatrix() {
    int width = Math.toIntExact(width());
    return kind == Kind.FLOAT64
        ? Matrix.ofDoubles(rows(), width, bytes.toArray(JAVA_DOUBLE_UNALIGNED))
        : Matrix.ofFloats(rows(), width, toFloats());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NdArray a
        && kind == a.kind
        && Arrays.equals(shape, a.shape)
        && bytes.mismatch(a.bytes) < 0;
  }

  @Override
  public int hashCode() {
    return 31 * kind.hashCode() + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return kind + Arrays.toString(shape);
  }
}
