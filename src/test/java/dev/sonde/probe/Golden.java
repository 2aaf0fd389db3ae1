package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import java.util.List;

/// The golden fixture: 60 rows of 8 numbers from sines and cosines, whose probes scikit-learn 1.9.1
/// (tol 1e-12) gave to ten digits.
final class Golden {
  static final int N = 60;
  static final int D = 8;

  private Golden() {}

  static double x(int i, int j) {
    return Math.sin(0.37 * i * j) + 0.5 * Math.cos(1.3 * i + 0.7 * j);
  }

  static double s(int i) {
    return x(i, 1) - 0.8 * x(i, 2) + 0.6 * x(i, 3) + 1.2 * Math.sin(2.9 * i);
  }

  static Matrix rows() {
    var out = new double[N * D];
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        out[i * D + j] = x(i + 1, j + 1);
      }
    }
    return Matrix.ofDoubles(N, D, out);
  }

  static boolean[] positive() {
    var out = new boolean[N];
    for (int i = 0; i < N; i++) {
      out[i] = s(i + 1) > 0;
    }
    return out;
  }

  static Samples classes() {
    var index = new int[N];
    for (int i = 0; i < N; i++) {
      index[i] = positive()[i] ? 1 : 0;
    }
    return Samples.of(rows(), Classes.of(List.of("0", "1"), index));
  }

  static Samples numbers() {
    var out = new double[N];
    for (int i = 0; i < N; i++) {
      out[i] = s(i + 1);
    }
    return Samples.of(rows(), Numbers.of(out));
  }
}
