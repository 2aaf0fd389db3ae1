package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// A ridge classifier of any number of classes under very many labellings: a column of 0 and 1 a
/// class, free intercept, the largest prediction wins.
///
/// What a held-out row is predicted as is linear in the other rows' labels: `y_G = M_G y` with `M_G
/// = (I - H_GG)^-1 H_G,rest`, H the hat matrix of the fit to all rows. So all labellings and
/// classes are the columns of one matrix product. Where rows are many more than dimensions M, `n x
/// n`, is never made: there [HeldOut] does it in the dimensions.
public final class RidgeVotes {
  /// Columns of a product: enough to be worth one, few enough to stay near the processor.
  private static final int COLUMNS = 320;

  /// Classes beyond which adding is cheaper.
  private static final int MANY = 10;

  private final double[] influence;
  private final int n;
  private final HeldOut heldOut;
  private final double alpha;

  private RidgeVotes(double[] influence, int n, HeldOut heldOut, double alpha) {
    this.influence = influence;
    this.n = n;
    this.heldOut = heldOut;
    this.alpha = alpha;
  }

  /// `parts`: the rows held out together.
  public static RidgeVotes of(Basis basis, int[][] parts, double alpha) {
    return of(basis, HeldOut.of(basis, parts), alpha);
  }

  static RidgeVotes of(Basis basis, HeldOut heldOut, double alpha) {
    return new RidgeVotes(
        heldOut.thin() ? new double[0] : influence(basis, heldOut.parts(), alpha),
        basis.rows(),
        heldOut,
        alpha);
  }

  private static double[] influence(Basis basis, int[][] parts, double alpha) {
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
    return out;
  }

  /// How many held-out rows get their own class, for every labelling.
  public int[] correct(IntFunction<int[]> labelling, int labellings, int classes) {
    if (heldOut.thin()) {
      return inDimensions(labelling, labellings, classes);
    }
    return classes > MANY
        ? byAdding(labelling, labellings, classes)
        : byProduct(labelling, labellings, classes);
  }

  int[] byAdding(IntFunction<int[]> labelling, int labellings, int classes) {
    var out = new int[labellings];
    var sums = new double[classes * n];
    for (int b = 0; b < labellings; b++) {
      Arrays.fill(sums, 0);
      var labels = labelling.apply(b);
      for (int j = 0; j < n; j++) {
        int to = labels[j] * n;
        int from = j * n;
        for (int i = 0; i < n; i++) {
          sums[to + i] += influence[from + i];
        }
      }
      out[b] = correct(labels, sums, 0, classes);
    }
    return out;
  }

  int[] byProduct(IntFunction<int[]> labelling, int labellings, int classes) {
    var out = new int[labellings];
    int most = Math.max(1, COLUMNS / classes);
    try (var scope = Scope.open()) {
      var m = Tensor.of(influence, n, n);
      for (int from = 0; from < labellings; from += most) {
        var block =
            IntStream.range(from, Math.min(from + most, labellings)).mapToObj(labelling).toList();
        try (var inner = Scope.open()) {
          var found = members(block, classes).matmul(m).toDoubles();
          for (int b = 0; b < block.size(); b++) {
            out[from + b] = correct(block.get(b), found, b * classes * n, classes);
          }
        }
      }
    }
    return out;
  }

  private int[] inDimensions(IntFunction<int[]> labelling, int labellings, int classes) {
    var out = new int[labellings];
    int most = Math.max(1, heldOut.block(labellings * classes) / classes);
    try (var scope = Scope.open()) {
      var fit = heldOut.at(alpha);
      for (int from = 0; from < labellings; from += most) {
        var block =
            IntStream.range(from, Math.min(from + most, labellings)).mapToObj(labelling).toList();
        try (var inner = Scope.open()) {
          var y = members(block, classes).transpose(0, 1).contiguous();
          var found = predicted(y, fit.apply(y), block.size() * classes);
          for (int b = 0; b < block.size(); b++) {
            out[from + b] = correct(block.get(b), found, b * classes * n, classes);
          }
        }
      }
    }
    return out;
  }

  /// A row a labelling and class, as [#members].
  private double[] predicted(Tensor y, HeldOut.Errors errors, int columns) {
    var out = new double[columns * n];
    var parts = heldOut.parts();
    for (int p = 0; p < parts.length; p++) {
      try (var scope = Scope.open()) {
        var own = y.pick(0, HeldOut.ids(parts[p])).minus(errors.of(p)).toDoubles();
        for (int i = 0; i < parts[p].length; i++) {
          for (int q = 0; q < columns; q++) {
            out[q * n + parts[p][i]] = own[i * columns + q];
          }
        }
      }
    }
    return out;
  }

  /// A row a labelling and class, 1 where that labelling gives a row that class.
  private Tensor members(List<int[]> labellings, int classes) {
    var out = new double[labellings.size() * classes * n];
    for (int b = 0; b < labellings.size(); b++) {
      var labels = labellings.get(b);
      for (int i = 0; i < n; i++) {
        out[(b * classes + labels[i]) * n + i] = 1;
      }
    }
    return Tensor.of(out, (long) labellings.size() * classes, n);
  }

  private int correct(int[] labels, double[] sums, int from, int classes) {
    int out = 0;
    for (int i = 0; i < n; i++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = sums[from + k * n + i] > sums[from + best * n + i] ? k : best;
      }
      out += best == labels[i] ? 1 : 0;
    }
    return out;
  }
}
