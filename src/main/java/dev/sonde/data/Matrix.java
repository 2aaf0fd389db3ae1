package dev.sonde.data;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Rows of numbers, row-major, float32 or float64, on the heap or in a mapped file; it does not
/// change.
///
/// Reading gives `double` whatever the storage. A view over a mapped file is valid as long as the
/// store that made it is open.
public final class Matrix {
  private final MemorySegment values;
  private final boolean wide;
  private final int rows;
  private final int cols;

  private Matrix(MemorySegment values, boolean wide, int rows, int cols) {
    long expected = (long) rows * cols * (wide ? 8 : 4);
    if (rows < 0 || cols < 0 || values.byteSize() != expected) {
      throw new IllegalArgumentException(
          "a %d x %d matrix has %d bytes, not %d"
              .formatted(rows, cols, expected, values.byteSize()));
    }
    this.values = values;
    this.wide = wide;
    this.rows = rows;
    this.cols = cols;
  }

  /// Takes the array as it is: the caller hands it over.
  public static Matrix ofFloats(int rows, int cols, float[] values) {
    return new Matrix(MemorySegment.ofArray(values), false, rows, cols);
  }

  /// Takes the array as it is: the caller hands it over.
  public static Matrix ofDoubles(int rows, int cols, double[] values) {
    return new Matrix(MemorySegment.ofArray(values), true, rows, cols);
  }

  /// A view of float32 rows that somebody else keeps open.
  public static Matrix mapped(int rows, int cols, MemorySegment values) {
    return new Matrix(values, false, rows, cols);
  }

  public int rows() {
    return rows;
  }

  public int cols() {
    return cols;
  }

  /// True for float64 storage.
  public boolean wide() {
    return wide;
  }

  /// The storage: rows * cols numbers, row-major, native order.
  public MemorySegment segment() {
    return values;
  }

  public double at(int row, int col) {
    long i = (long) row * cols + col;
    return wide
        ? values.get(JAVA_DOUBLE_UNALIGNED, i * 8)
        : values.get(JAVA_FLOAT_UNALIGNED, i * 4);
  }

  public double[] row(int row) {
    var out = new double[cols];
    for (int j = 0; j < cols; j++) {
      out[j] = at(row, j);
    }
    return out;
  }

  /// Rows in the order given; float32 stays float32.
  public Matrix select(int[] which) {
    long bytes = (long) cols * (wide ? 8 : 4);
    var out =
        wide
            ? MemorySegment.ofArray(new double[Math.multiplyExact(which.length, cols)])
            : MemorySegment.ofArray(new float[Math.multiplyExact(which.length, cols)]);
    for (int i = 0; i < which.length; i++) {
      MemorySegment.copy(values, which[i] * bytes, out, i * bytes, bytes);
    }
    return new Matrix(out, wide, which.length, cols);
  }

  /// All values, row-major.
  public double[] toDoubles() {
    var out = new double[Math.multiplyExact(rows, cols)];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          wide
              ? values.get(JAVA_DOUBLE_UNALIGNED, i * 8L)
              : values.get(JAVA_FLOAT_UNALIGNED, i * 4L);
    }
    return out;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Matrix m
        && rows == m.rows
        && cols == m.cols
        && wide == m.wide
        && values.mismatch(m.values) < 0;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(
        new int[] {rows, cols, rows * cols == 0 ? 0 : Double.hashCode(at(0, 0))});
  }

  @Override
  public String toString() {
    return "Matrix[%d x %d, %s]".formatted(rows, cols, wide ? "float64" : "float32");
  }
}
