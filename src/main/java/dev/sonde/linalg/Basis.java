package dev.sonde.linalg;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;

/// Rows in their own eigenbasis: `z = (x - mean) / scale * V`, with `Z^T Z = diag(lambda)`.
///
/// An L2-penalised linear probe with a free intercept lies in the span of the centred rows
/// (representer theorem), whatever subset of rows it is trained on, and a rotation leaves its
/// penalty alone. So every label, fold, regularisation and permutation can be solved in these r =
/// min(n, d) coordinates and turned back into the space of the raw rows: exactly, with nothing left
/// out. The two-sided choice (Gram matrix for n <= d, scatter matrix otherwise) gives the same
/// basis.
///
/// `mean` and `scale` do not look at labels and are the same for every fold. With [Scaling#COMMON]
/// scale is one number, so that a regularisation means the same at a layer of small norms and at
/// one of large ones while the geometry of the residual stream stays what it is.
public final class Basis {
  /// What one unit is.
  public enum Scaling {
    /// Raw units.
    NONE,
    /// One number for all features: the mean squared length of a centred row becomes d.
    COMMON,
    /// Every feature to unit variance (over all rows, without looking at labels).
    FEATURES
  }

  private static final double NEGLIGIBLE = 1e-13;
  private static final double SMALLEST = 1e-3;

  private final Matrix x;
  private final double[] mean;
  private final double[] scale;
  private final double[] z;
  private final double[] lambda;
  private final double[] map;

  private Basis(
      Matrix x, double[] mean, double[] scale, double[] z, double[] lambda, double[] map) {
    this.x = x;
    this.mean = mean;
    this.scale = scale;
    this.z = z;
    this.lambda = lambda;
    this.map = map;
  }

  /// @throws BadInput if a number is not finite or all rows are the same
  public static Basis of(Matrix x, Scaling scaling) {
    try (var scope = Scope.open()) {
      var raw = tensor(x);
      var mean = raw.mean(0);
      var centred = raw.minus(mean);
      var scale = scale(centred, x, scaling);
      var rows =
          scaling == Scaling.FEATURES ? centred.dividedBy(Tensor.of(scale, x.cols())) : centred;
      var gram = Gram.of(wide(x) ? rows : rows.transpose(0, 1));
      return of(x, mean.toDoubles(), scale, rows, gram, unit(scale, scaling));
    }
  }

  private static boolean wide(Matrix x) {
    return x.rows() <= x.cols();
  }

  /// What rows are still to be divided by.
  private static double unit(double[] scale, Scaling scaling) {
    return scaling == Scaling.COMMON ? scale[0] : 1;
  }

  /// What one unit of every feature is.
  private static double[] scale(Tensor centred, Matrix x, Scaling scaling) {
    int n = x.rows();
    int d = x.cols();
    var scale = new double[d];
    Arrays.fill(scale, 1);
    double total = centred.square().sum().item();
    refuse(total, n, d);
    if (scaling == Scaling.FEATURES) {
      scale = deviations(centred, n);
    } else if (scaling == Scaling.COMMON) {
      Arrays.fill(scale, Math.sqrt(total / n / d));
    }
    return scale;
  }

  /// `rows` are centred and, with a scale for every feature, divided by it; `gram` has their
  /// products with each other or those of their columns.
  private static Basis of(
      Matrix x, double[] mean, double[] scale, Tensor rows, Tensor gram, double unit) {
    var eigen = Solve.eigen(unit == 1 ? gram : gram.times(1 / (unit * unit)));
    var values = eigen.values().toDoubles();
    int first = firstKept(values);
    int r = values.length - first;
    var vectors = eigen.vectors().narrow(1, first, r).contiguous();
    var lambda = Arrays.copyOfRange(values, first, values.length);
    var roots = Tensor.of(Arrays.stream(lambda).map(Math::sqrt).toArray(), r);
    var z = wide(x) ? vectors.times(roots) : rows.matmul(vectors).times(1 / unit);
    var map = wide(x) ? vectors.dividedBy(roots) : vectors;
    return new Basis(x, mean, scale, z.toDoubles(), lambda, map.toDoubles());
  }

  private static void refuse(double total, int n, int d) {
    if (!Double.isFinite(total)) {
      throw new BadInput(
          "these %d rows of %d numbers hold NaN or infinity; a probe needs finite numbers"
              .formatted(n, d));
    }
    if (total <= 0) {
      throw new BadInput("all %d rows are the same; there is nothing to tell apart".formatted(n));
    }
  }

  public int rows() {
    return x.rows();
  }

  /// How many coordinates are left: the rank of the centred rows.
  public int rank() {
    return lambda.length;
  }

  /// The raw rows.
  public Matrix x() {
    return x;
  }

  /// The rows in the basis, `n x r`.
  public Tensor z() {
    return Tensor.of(z, rows(), rank());
  }

  /// Eigenvalues of the scatter matrix, ascending.
  public Tensor lambda() {
    return Tensor.of(lambda, rank());
  }

  /// Directions and biases in the basis, turned into those of the raw rows. `theta` is `r x m`,
  /// `bias` holds m numbers.
  public Raw raw(Tensor theta, double[] bias) {
    int m = bias.length;
    int d = x.cols();
    try (var scope = Scope.open()) {
      Tensor w;
      if (rows() <= d) {
        var dual = Tensor.of(map, rows(), rank()).matmul(theta);
        var centred = tensor(x).minus(Tensor.of(mean, d)).dividedBy(Tensor.of(scale, d));
        w = centred.transpose(0, 1).matmul(dual);
      } else {
        w = Tensor.of(map, d, rank()).matmul(theta);
      }
      var directions = w.transpose(0, 1).dividedBy(Tensor.of(scale, d)).toDoubles();
      var biases = bias.clone();
      for (int j = 0; j < m; j++) {
        for (int i = 0; i < d; i++) {
          biases[j] -= directions[j * d + i] * mean[i];
        }
      }
      return new Raw(d, directions, biases);
    }
  }

  /// Directions (`m x d`, row-major) and m biases, of raw rows.
  public static final class Raw {
    private final int width;
    private final double[] directions;
    private final double[] biases;

    private Raw(int width, double[] directions, double[] biases) {
      this.width = width;
      this.directions = directions;
      this.biases = biases;
    }

    public double[] direction(int column) {
      return Arrays.copyOfRange(directions, column * width, (column + 1) * width);
    }

    public double bias(int column) {
      return biases[column];
    }
  }

  /// The rows in float64.
  static Tensor tensor(Matrix x) {
    return x.wide()
        ? Tensor.copyOf(x.segment(), DType.FLOAT64, x.rows(), x.cols())
        : Tensor.copyOf(x.segment(), DType.FLOAT32, x.rows(), x.cols()).to(DType.FLOAT64);
  }

  /// Of every feature, over all rows; none is taken for less than a thousandth of the largest.
  private static double[] deviations(Tensor centred, int n) {
    var out = centred.square().sum(0).times(1.0 / n).sqrt().toDoubles();
    double largest = Arrays.stream(out).max().orElse(1);
    double least = largest > 0 ? SMALLEST * largest : 1;
    for (int j = 0; j < out.length; j++) {
      out[j] = Math.max(out[j], least);
    }
    return out;
  }

  private static int firstKept(double[] ascending) {
    double least = ascending[ascending.length - 1] * NEGLIGIBLE;
    int i = 0;
    while (ascending[i] <= least) {
      i++;
    }
    return i;
  }
}
