package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A ridge classifier of any number of classes under very many labellings: a column of 0 and 1 a
/// class, free intercept, the largest prediction wins.
///
/// What a held-out row is predicted as is linear in the other rows' labels: `y_G = M_G y` with `M_G
/// = (I - H_GG)^-1 H_G,rest`, H the hat matrix of the fit to all rows. So a labelling costs one
/// addition for every two rows, whatever the number of classes.
public final class RidgeVotes {
  private final double[] influence;
  private final int n;

  private RidgeVotes(double[] influence, int n) {
    this.influence = influence;
    this.n = n;
  }

  /// `parts`: the rows held out together.
  public static RidgeVotes of(Basis basis, int[][] parts, double alpha) {
    int n = basis.rows();
    var out = new double[Math.multiplyExact(n, n)];
    try (var scope = Scope.open()) {
      var hat = Ridge.hat(basis, alpha);
      for (var part : parts) {
        try (var inner = Scope.open()) {
          var ids = Tensor.of(Arrays.stream(part).asLongStream().toArray(), part.length);
          var held = hat.pick(0, ids);
          var system = Tensor.eye(part.length, hat.type()).minus(held.pick(1, ids));
          var all = Solve.withCholesky(Solve.cholesky(system), held).toDoubles();
          for (int i = 0; i < part.length; i++) {
            for (int j = 0; j < n; j++) {
              out[j * n + part[i]] = all[i * n + j];
            }
          }
        }
      }
    }
    for (var part : parts) {
      for (int i : part) {
        for (int j : part) {
          out[j * n + i] = 0;
        }
      }
    }
    return new RidgeVotes(out, n);
  }

  /// How many held-out rows get their own class, for every labelling.
  public int[] correct(IntFunction<int[]> labelling, int labellings, int classes) {
    var out = new int[labellings];
    var sums = new double[classes][n];
    for (int b = 0; b < labellings; b++) {
      out[b] = correct(labelling.apply(b), sums);
    }
    return out;
  }

  private int correct(int[] labels, double[][] sums) {
    for (var sum : sums) {
      Arrays.fill(sum, 0);
    }
    for (int j = 0; j < n; j++) {
      var sum = sums[labels[j]];
      int from = j * n;
      for (int i = 0; i < n; i++) {
        sum[i] += influence[from + i];
      }
    }
    return (int) IntStream.range(0, n).filter(i -> labels[i] == largest(sums, i)).count();
  }

  private static int largest(double[][] sums, int row) {
    int best = 0;
    for (int k = 1; k < sums.length; k++) {
      best = sums[k][row] > sums[best][row] ? k : best;
    }
    return best;
  }
}
