package dev.sonde.hook;

import dev.sonde.io.BadInput;
import java.util.Arrays;

/// Numbers that an edit brings along, on the heap, and where they came from: one number for a whole
/// place, or as many as the place has.
public final class Vector {
  private final double[] numbers;
  private final String source;

  private Vector(double[] numbers, String source) {
    this.numbers = numbers;
    this.source = source;
  }

  /// @throws BadInput for none, or a NaN or infinity among them
  public static Vector of(double[] numbers, String source) {
    if (numbers.length == 0 || Arrays.stream(numbers).anyMatch(x -> !Double.isFinite(x))) {
      throw new BadInput(
          "%s holds %s: an edit needs finite numbers"
              .formatted(
                  source.isEmpty() ? "the vector" : source,
                  numbers.length == 0 ? "no numbers" : "a NaN or an infinity"));
    }
    return new Vector(numbers.clone(), source);
  }

  /// One number for all.
  public static Vector of(double number) {
    return of(new double[] {number}, "");
  }

  /// The mean of rows of `width` numbers each, which lie one after the other.
  ///
  /// @throws BadInput for no rows, or numbers that make no whole rows
  public static Vector mean(double[] rows, int width, String source) {
    if (rows.length == 0 || width < 1 || rows.length % width != 0) {
      throw new BadInput(
          "%s: %d numbers make no rows of %d to take a mean of"
              .formatted(source, rows.length, width));
    }
    var out = new double[width];
    for (int i = 0; i < rows.length; i++) {
      out[i % width] += rows[i];
    }
    for (int j = 0; j < width; j++) {
      out[j] /= rows.length / (double) width;
    }
    return of(out, source);
  }

  public double[] numbers() {
    return numbers.clone();
  }

  public int size() {
    return numbers.length;
  }

  /// The file, tensor or site they were read from; empty for numbers given as such.
  public String source() {
    return source;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vector v
        && source.equals(v.source)
        && Arrays.equals(numbers, v.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(numbers) + source.hashCode();
  }

  /// As an edit is written: the source, or the number.
  @Override
  public String toString() {
    return !source.isEmpty()
        ? source
        : numbers.length == 1
            ? Operation.brief(numbers[0])
            : "<%d numbers>".formatted(numbers.length);
  }
}
