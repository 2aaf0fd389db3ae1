package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.linalg.Gram;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What rows would be predicted as by ridge fits (intercept free) without them, for very many
/// targets, exactly and without fitting again.
///
/// With `F = [Z 1]`, `B = diag(lambda + alpha, n)` and the residuals `r = y - F B^-1 F^T y` of the
/// fit to all rows, the errors of rows G left out are `e_G = (I - H_GG)^-1 r_G` with the hat matrix
/// `H = F B^-1 F^T`. Where rows are few H is made as it is, `n x n`. Where they are many more than
/// the dimensions everything stays in those: by Woodbury `e_G = r_G + F_G (B - F_G^T F_G)^-1 F_G^T
/// r_G`, whose matrices are `(r + 1) x (r + 1)` whatever n is.
public final class HeldOut {
  /// Rows per dimension from which on dimensions are the shorter way for a thousand targets.
  private static final int THIN = 4;

  /// Rows from which on a matrix of rows by rows is to be avoided where it can be.
  private static final int MANY = 4000;

  /// Numbers of a block of targets.
  private static final int BLOCK = 4_000_000;

  private final Basis basis;
  private final int[][] parts;
  private final List<double[]> products;

  private HeldOut(Basis basis, int[][] parts, List<double[]> products) {
    this.basis = basis;
    this.parts = parts;
    this.products = products;
  }

  /// `parts`: rows that are left out together, no row in two of them.
  public static HeldOut of(Basis basis, int[][] parts) {
    int n = basis.rows();
    int r = basis.rank();
    boolean thin = n > THIN * r || (n > MANY && n > 2 * r);
    return thin ? byDimensions(basis, parts) : byRows(basis, parts);
  }

  static HeldOut byRows(Basis basis, int[][] parts) {
    return new HeldOut(basis, parts.clone(), List.of());
  }

  static HeldOut byDimensions(Basis basis, int[][] parts) {
    var products = new ArrayList<double[]>();
    try (var scope = Scope.open()) {
      var rows = extended(basis);
      for (var part : parts) {
        try (var inner = Scope.open()) {
          products.add(Gram.of(rows.pick(0, ids(part)).transpose(0, 1)).toDoubles());
        }
      }
    }
    return new HeldOut(basis, parts.clone(), products);
  }

  /// Whether everything stays in the dimensions.
  boolean thin() {
    return !products.isEmpty();
  }

  /// How many targets go through at once; where H is `n x n` all of them.
  int block(int count) {
    return thin() ? Math.clamp(BLOCK / basis.rows(), 1, Math.max(1, count)) : Math.max(1, count);
  }

  int[][] parts() {
    return parts.clone();
  }

  /// Predictions of one target: `out[s]` are those of the rows of the parts `together[s]`, left out
  /// at the same time, part by part.
  public double[][] predicted(double[] y, double alpha, int[][] together) {
    try (var scope = Scope.open()) {
      var errors = at(alpha).apply(Tensor.of(y, y.length, 1));
      var out = new double[together.length][];
      for (int s = 0; s < out.length; s++) {
        try (var inner = Scope.open()) {
          var rows = rows(together[s]);
          var error = errors.of(together[s]).toDoubles();
          out[s] = new double[rows.length];
          for (int i = 0; i < rows.length; i++) {
            out[s][i] = y[rows[i]] - error[i];
          }
        }
      }
      return out;
    }
  }

  /// How many rows a ridge classifier (labels -1 and 1, threshold 0) gets right when their part is
  /// left out, for each of `count` labellings.
  public int[] correct(IntFunction<double[]> labels, int count, double alpha) {
    var sums =
        over(
            labels,
            count,
            alpha,
            (y, error) ->
                y.times(error).minus(1).negative().greaterThan(0).to(DType.FLOAT64).sum(0));
    return Arrays.stream(sums).mapToInt(c -> (int) Math.round(c)).toArray();
  }

  /// The sum of squared errors of held-out rows for each of `count` targets.
  public double[] squares(IntFunction<double[]> targets, int count, double alpha) {
    return over(targets, count, alpha, (y, error) -> error.square().sum(0));
  }

  /// From the targets of some rows and their errors to a number a target.
  private interface Measure {
    Tensor of(Tensor y, Tensor error);
  }

  private double[] over(IntFunction<double[]> targets, int count, double alpha, Measure measure) {
    int n = basis.rows();
    int most = block(count);
    var out = new double[count];
    try (var scope = Scope.open()) {
      var fit = at(alpha);
      for (int from = 0; from < count; from += most) {
        int here = Math.min(most, count - from);
        var values = new double[Math.multiplyExact(here, n)];
        for (int b = 0; b < here; b++) {
          System.arraycopy(targets.apply(from + b), 0, values, b * n, n);
        }
        try (var inner = Scope.open()) {
          var y = Tensor.of(values, here, n).transpose(0, 1).contiguous();
          add(y, fit.apply(y), measure, out, from);
        }
      }
    }
    return out;
  }

  private void add(Tensor y, Errors errors, Measure measure, double[] out, int from) {
    for (int p = 0; p < parts.length; p++) {
      try (var scope = Scope.open()) {
        var own = measure.of(y.pick(0, ids(parts[p])), errors.of(p)).toDoubles();
        for (int b = 0; b < own.length; b++) {
          out[from + b] += own[b];
        }
      }
    }
  }

  /// The errors of parts left out together, `rows x targets`.
  interface Errors {
    Tensor of(int... together);
  }

  /// The fit to all rows at a penalty, to be asked for the errors of targets, `n x m`; in a scope
  /// of the caller's.
  Function<Tensor, Errors> at(double alpha) {
    return thin() ? inDimensions(alpha) : inRows(alpha);
  }

  private Function<Tensor, Errors> inRows(double alpha) {
    var hat = Ridge.hat(basis, alpha);
    return y -> {
      var residual = y.minus(hat.matmul(y));
      return together -> {
        var ids = ids(rows(together));
        var own = hat.pick(0, ids).pick(1, ids);
        var system = Tensor.eye(ids.size(0), hat.type()).minus(own);
        return Solve.withCholesky(Solve.cholesky(system), residual.pick(0, ids));
      };
    };
  }

  private Function<Tensor, Errors> inDimensions(double alpha) {
    int r = basis.rank() + 1;
    var rows = extended(basis);
    var diagonal =
        Tensor.cat(
            0,
            List.of(
                basis.lambda().plus(alpha), Tensor.full(basis.rows(), DType.FLOAT64, 1)));
    return y -> {
      var theta = rows.transpose(0, 1).matmul(y).dividedBy(diagonal.unsqueeze(1));
      var residual = y.minus(rows.matmul(theta));
      return together -> {
        var ids = ids(rows(together));
        var sum = Tensor.of(products.get(together[0]), r, r);
        for (int p = 1; p < together.length; p++) {
          sum = sum.plus(Tensor.of(products.get(together[p]), r, r));
        }
        var system = Tensor.eye(r, DType.FLOAT64).times(diagonal).minus(sum);
        var own = rows.pick(0, ids);
        var left = residual.pick(0, ids);
        var back =
            Solve.withCholesky(Solve.cholesky(system), own.transpose(0, 1).matmul(left));
        return left.plus(own.matmul(back));
      };
    };
  }

  /// `[Z 1]`.
  private static Tensor extended(Basis basis) {
    return Tensor.cat(1, List.of(basis.z(), Tensor.full(1, DType.FLOAT64, basis.rows(), 1)));
  }

  private int[] rows(int[] together) {
    return Arrays.stream(together).flatMap(p -> IntStream.of(parts[p])).toArray();
  }

  static Tensor ids(int[] rows) {
    return Tensor.of(Arrays.stream(rows).asLongStream().toArray(), rows.length);
  }
}
