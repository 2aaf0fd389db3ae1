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
/// `penalty` is 1 for every coordinate and 0 for the intercept; `bySquares` multiplies by every
/// entry's square. Everything lives in the scope that is open when this is made.
record RowsAs(
    DType type, int width, Multiplier byZ, Multiplier byZt, Multiplier bySquares, Tensor penalty) {
  static RowsAs of(Basis basis, DType type) {
    var ones = Tensor.full(1, DType.FLOAT64, basis.rows(), 1);
    var z = Tensor.cat(1, List.of(basis.z(), ones)).to(type);
    int width = basis.rank() + 1;
    var free = new double[width];
    Arrays.fill(free, 0, width - 1, 1);
    return new RowsAs(
        type,
        width,
        Multiplier.of(z),
        Multiplier.of(z.transpose(0, 1)),
        Multiplier.of(z.square()),
        Tensor.of(free, width).to(type));
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
