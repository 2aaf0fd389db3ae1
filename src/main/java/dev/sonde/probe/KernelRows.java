package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Arrays;

/// Rows of the kernel `Z Z^T`, made when asked for and kept while there is room.
final class KernelRows {
  private static final double[] ABSENT = {};
  private static final int TOGETHER = 64;
  private static final long ROOM = 1L << 26;

  private final double[] z;
  private final int n;
  private final int r;
  private final double[][] rows;
  private final ArrayDeque<Integer> kept = new ArrayDeque<>();

  KernelRows(Basis basis) {
    n = basis.rows();
    r = basis.rank();
    rows = new double[n][];
    Arrays.fill(rows, ABSENT);
    try (var scope = Scope.open()) {
      z = basis.z().toDoubles();
    }
  }

  int size() {
    return n;
  }

  int rank() {
    return r;
  }

  double[] row(int i) {
    if (rows[i].length == 0) {
      make(i / TOGETHER);
    }
    return rows[i];
  }

  double diagonal(int i) {
    double sum = 0;
    for (int k = 0; k < r; k++) {
      sum += z[i * r + k] * z[i * r + k];
    }
    return sum;
  }

  /// `Z^T a`.
  double[] combined(double[] a) {
    var out = new double[r];
    for (int i = 0; i < n; i++) {
      for (int k = 0; a[i] != 0 && k < r; k++) {
        out[k] += a[i] * z[i * r + k];
      }
    }
    return out;
  }

  /// `Z w`.
  double[] products(double[] w) {
    var out = new double[n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < r; k++) {
        out[i] += w[k] * z[i * r + k];
      }
    }
    return out;
  }

  private void make(int block) {
    while ((long) (kept.size() + 1) * TOGETHER * n > ROOM && kept.size() > 2) {
      int old = kept.removeFirst() * TOGETHER;
      Arrays.fill(rows, old, Math.min(n, old + TOGETHER), ABSENT);
    }
    kept.addLast(block);
    int from = block * TOGETHER;
    int count = Math.min(n, from + TOGETHER) - from;
    try (var scope = Scope.open()) {
      var all = Tensor.of(z, n, r);
      var some = all.narrow(0, from, count).matmul(all.transpose(0, 1)).toDoubles();
      for (int i = 0; i < count; i++) {
        rows[from + i] = Arrays.copyOfRange(some, i * n, (i + 1) * n);
      }
    }
  }
}
