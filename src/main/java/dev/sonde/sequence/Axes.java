package dev.sonde.sequence;

import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import java.lang.foreign.MemorySegment;

/// The directions along which token rows spread: eigenvectors `d x d` of the mean of `x x^T`, and
/// their eigenvalues. What [RoundCoordinates] and [AttentionLoss] measure their steps along; it
/// lives in the scope that is open when it is made.
final class Axes {
  private static final int SAMPLE = 16384;

  private final Tensor vectors;
  final double[] values;

  Axes(Tensor vectors, double[] values) {
    this.vectors = vectors;
    this.values = values;
  }

  /// Of a sample of the rows, each so many rows apart: no more than a guess at the curvature
  /// depends on it.
  static Axes of(TokenRows rows, Workers workers) {
    return of(rows, Math.max(SAMPLE, 4 * rows.width()), workers);
  }

  /// Of about so many rows.
  static Axes of(TokenRows rows, int sample, Workers workers) {
    int d = rows.width();
    int step = Math.max(1, rows.count() / sample);
    var some = rows.every(step, DType.FLOAT32);
    var sum = some.gather(workers, (long) d * d * 4, b -> square(some, b), TokenRows.Sums::plus);
    double each = 1.0 / some.count();
    var vectors = new double[d * d];
    var values =
        workers.call(() -> {
          var eigen = Solve.eigen(Tensor.of(sum.values, d, d).times(each));
          var found = eigen.vectors().toDoubles();
          System.arraycopy(found, 0, vectors, 0, found.length);
          return eigen.values().toDoubles();
        });
    return new Axes(Tensor.of(vectors, d, d), values);
  }

  /// From coordinates along the axes to common units: the first d rows of `d.. x m` numbers.
  void forward(double[] rows, int m) {
    multiply(vectors, rows, m);
  }

  /// The way back.
  void back(double[] rows, int m) {
    multiply(vectors.transpose(0, 1), rows, m);
  }

  private static void multiply(Tensor matrix, double[] rows, int m) {
    int d = (int) matrix.size(0);
    try (var scope = Scope.open()) {
      var own = MemorySegment.ofArray(rows).asSlice(0, 8L * d * m);
      matrix.matmul(Tensor.copyOf(own, DType.FLOAT64, d, m)).copyTo(own);
    }
  }

  private static TokenRows.Sums square(TokenRows rows, int block) {
    try (var scope = Scope.open()) {
      var x = rows.block(block);
      return new TokenRows.Sums(x.transpose(0, 1).matmul(x).toDoubles());
    }
  }
}
