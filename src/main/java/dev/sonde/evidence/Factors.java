package dev.sonde.evidence;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Two factors that every row has one value of each of (piece type and colour), and the joint
/// values that occur.
public final class Factors {
  private final int[] first;
  private final int[] second;
  private final int firsts;
  private final int seconds;

  private Factors(int[] first, int[] second, int firsts, int seconds) {
    this.first = first;
    this.second = second;
    this.firsts = firsts;
    this.seconds = seconds;
  }

  /// `first[i]` from 0 to `firsts` - 1, `second[i]` from 0 to `seconds` - 1.
  public static Factors of(int[] first, int[] second, int firsts, int seconds) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "every row has both factors, but there are %d and %d values"
              .formatted(first.length, second.length));
    }
    for (int i = 0; i < first.length; i++) {
      if (first[i] < 0 || first[i] >= firsts || second[i] < 0 || second[i] >= seconds) {
        throw new IllegalArgumentException(
            "row %d has values %d and %d of %d and %d"
                .formatted(i, first[i], second[i], firsts, seconds));
      }
    }
    return new Factors(first.clone(), second.clone(), firsts, seconds);
  }

  public int rows() {
    return first.length;
  }

  public int firsts() {
    return firsts;
  }

  public int seconds() {
    return seconds;
  }

  public int first(int row) {
    return first[row];
  }

  public int second(int row) {
    return second[row];
  }

  /// The joint value of a row, `first * seconds + second`.
  public int joint(int row) {
    return first[row] * seconds + second[row];
  }

  public int[] joint() {
    return IntStream.range(0, rows()).map(this::joint).toArray();
  }

  /// 1 for the rows of `rows` whose factor is the value, else 0.
  double[] isFirst(int[] rows, int value) {
    return indicator(rows, i -> first[i] == value);
  }

  double[] isSecond(int[] rows, int value) {
    return indicator(rows, i -> second[i] == value);
  }

  double[] isJoint(int[] rows, int value) {
    return indicator(rows, i -> joint(i) == value);
  }

  /// Joint values that at least `least` of these rows have.
  List<Integer> cells(int[] rows, int least) {
    var counts = new int[firsts * seconds];
    for (int i : rows) {
      counts[joint(i)]++;
    }
    var out = new ArrayList<Integer>();
    for (int k = 0; k < counts.length; k++) {
      if (counts[k] >= least) {
        out.add(k);
      }
    }
    return out;
  }

  private static double[] indicator(int[] rows, java.util.function.IntPredicate is) {
    var out = new double[rows.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = is.test(rows[i]) ? 1 : 0;
    }
    return out;
  }
}
