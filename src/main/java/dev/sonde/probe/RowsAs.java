package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Multiplier;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Rows in their eigenbasis with a column of ones for the intercept, ready to be multiplied by in
/// one type.
///
/// They may be some rows of the basis only. Everything lives in the scope that is open when this is
/// made.
final class RowsAs {
  private final DType type;
  private final int[] which;
  private final int width;
  private final Multiplier byZ;
  private final Multiplier byZt;
  private final Multiplier bySquares;
  private final Tensor penalty;

  private RowsAs(Tensor z, DType type, int[] which) {
    this.type = type;
    this.which = which;
    width = (int) z.size(1);
    byZ = Multiplier.of(z);
    byZt = Multiplier.of(z.transpose(0, 1));
    bySquares = Multiplier.of(z.square());
    var free = new double[width];
    Arrays.fill(free, 0, width - 1, 1);
    penalty = Tensor.of(free, width).to(type);
  }

  DType type() {
    return type;
  }

  /// How many rows are here.
  int count() {
    return which.length;
  }

  /// Which row of the basis the i-th one here is.
  int row(int i) {
    return which[i];
  }

  /// How many coordinates, the intercept included.
  int width() {
    return width;
  }

  /// 1 for every coordinate and 0 for the intercept.
  Tensor penalty() {
    return penalty;
  }

  static RowsAs of(Basis basis, DType type, int[] which) {
    var ones = Tensor.full(1, DType.FLOAT64, basis.rows(), 1);
    var all = Tensor.cat(1, List.of(basis.z(), ones)).to(type);
    var z =
        which.length == basis.rows()
            ? all
            : all.pick(0, Tensor.of(Arrays.stream(which).asLongStream().toArray(), which.length));
    return new RowsAs(z, type, which);
  }

  /// `[m, n]` onto the coordinates, `[m, width]`.
  Tensor gather(Tensor perRow) {
    return byZ.after(perRow);
  }

  /// The diagonal of `Z^T diag(d) Z + diag(penalty)` for every row d of `[m, n]`.
  Tensor diagonal(Tensor d) {
    return bySquares.after(d).plus(penalty);
  }

  /// `[m, width]` onto the rows, `[m, n]`.
  Tensor spread(Tensor perCoordinate) {
    return byZt.after(perCoordinate);
  }
}
