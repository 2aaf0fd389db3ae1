package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Tensor;

/// Rows in common units, `(x - mean) / unit`, and the two products that gradients over rows are
/// made of. The unit is one number: the mean square of what is left becomes 1.
///
/// It lives in the scope that is open when it is made.
final class RowProducts {
  private final Tensor x;
  private final Tensor xt;
  private final double[] mean;
  private final double unit;

  private RowProducts(Tensor x, double[] mean, double unit) {
    this.x = x;
    xt = x.transpose(0, 1);
    this.mean = mean;
    this.unit = unit;
  }

  /// @throws BadInput if a number is not finite or nothing varies
  static RowProducts of(Matrix rows, boolean centred, DType type) {
    var stored =
        Tensor.copyOf(
            rows.segment(), rows.wide() ? DType.FLOAT64 : DType.FLOAT32, rows.rows(), rows.cols());
    var wide = stored.to(DType.FLOAT64);
    var mean = centred ? wide.mean(0).toDoubles() : new double[rows.cols()];
    var left = centred ? wide.minus(Tensor.of(mean, rows.cols())) : wide;
    double square = left.square().sum().item() / Math.max(1, (double) rows.rows() * rows.cols());
    if (!Double.isFinite(square)) {
      throw new BadInput(
          "these %d rows hold NaN or infinity; a probe needs finite numbers"
              .formatted(rows.rows()));
    }
    if (square <= 0) {
      throw new BadInput(
          "all %d rows are the same; there is nothing to tell apart".formatted(rows.rows()));
    }
    double unit = Math.sqrt(square);
    return new RowProducts(left.times(1 / unit).to(type).contiguous(), mean, unit);
  }

  int count() {
    return (int) x.size(0);
  }

  int width() {
    return (int) x.size(1);
  }

  DType type() {
    return x.type();
  }

  double unit() {
    return unit;
  }

  double[] mean() {
    return mean.clone();
  }

  /// Some rows in common units, `n x d`.
  Tensor rows(int from, int n) {
    return x.narrow(0, from, n);
  }

  /// `X P`, row-major `n x m`, from P `d x m`.
  double[] onto(double[] p, int m) {
    return x.matmul(Tensor.of(p, width(), m).to(x.type())).toDoubles();
  }

  /// `X^T G`, row-major `d x m`, from G `n x m`.
  double[] back(double[] g, int m) {
    return xt.matmul(Tensor.of(g, count(), m).to(x.type())).toDoubles();
  }
}
