package dev.sonde.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/// What outlives every scope: weights, kernels. It dies with its last reference.
public final class Lasting {
  private Lasting() {}

  /// Makes a tensor that no scope frees; what is made on the way to it is freed.
  public static Tensor tensor(Supplier<Tensor> make) {
    try (var scope = Scope.open()) {
      var tensor = make.get();
      tensor.raw().retainReference();
      return tensor;
    }
  }

  static <P extends Pointer> P pointer(Supplier<P> make) {
    try (var scope = Scope.open()) {
      var pointer = make.get();
      pointer.retainReference();
      return pointer;
    }
  }
}
