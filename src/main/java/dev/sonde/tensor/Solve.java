package dev.sonde.tensor;

import org.bytedeco.pytorch.global.torch;

/// Factorisations of symmetric matrices (LAPACK). Run them on a [Workers] thread: its stack is deep
/// enough for them.
public final class Solve {
  static {
    Engine.start();
  }

  private Solve() {}

  /// `A = V diag(values) V^T`: n values, ascending, and n vectors in the columns of V.
  public record Eigen(Tensor values, Tensor vectors) {}

  /// Of a symmetric matrix, of which the lower triangle is read.
  ///
  /// @throws RuntimeException if it holds NaN
  public static Eigen eigen(Tensor symmetric) {
    var found = torch.linalg_eigh(symmetric.raw());
    return new Eigen(
        new Tensor(new org.bytedeco.pytorch.Tensor(found.get0())),
        new Tensor(new org.bytedeco.pytorch.Tensor(found.get1())));
  }

  /// The lower L of `A = L L^T`.
  ///
  /// @throws RuntimeException if A is not positive definite
  public static Tensor cholesky(Tensor positive) {
    return new Tensor(torch.linalg_cholesky(positive.raw()));
  }

  /// `A^-1 b` from the factor that [#cholesky] gave.
  public static Tensor withCholesky(Tensor factor, Tensor b) {
    return new Tensor(torch.cholesky_solve(b.raw(), factor.raw(), false));
  }
}
