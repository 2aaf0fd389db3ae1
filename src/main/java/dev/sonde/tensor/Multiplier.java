package dev.sonde.tensor;

import org.jspecify.annotations.Nullable;

/// A matrix `B` that many a narrow one is multiplied with: `a B`.
///
/// BLAS lays B out anew for every product, which costs more than the product itself while `a` has
/// few rows. In float32, where oneDNN is there, B is laid out once. Forward only; it lives in the
/// scope that is open when it is made.
public final class Multiplier {
  private final Tensor b;
  private final @Nullable Packed packed;

  private Multiplier(Tensor b, @Nullable Packed packed) {
    this.b = b;
    this.packed = packed;
  }

  /// `b` is `[in, out]`, without gradients.
  public static Multiplier of(Tensor b) {
    return new Multiplier(b, b.type() == DType.FLOAT32 ? pack(b) : null);
  }

  private static @Nullable Packed pack(Tensor b) {
    try {
      return Packed.of(b.transpose(0, 1), null);
    } catch (RuntimeException | LinkageError e) {
      return null; // this libtorch was built without oneDNN
    }
  }

  /// `[m, in]` to `[m, out]`.
  public Tensor after(Tensor a) {
    return packed == null ? a.matmul(b) : packed.linear(a, Packed.NONE);
  }
}
