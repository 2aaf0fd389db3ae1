package dev.sonde.tensor;

import com.google.errorprone.annotations.MustBeClosed;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/// The lifetime of native memory: every tensor made while a scope is open dies with it, except what
/// is kept.
///
/// ```java
/// try (var scope = Scope.open()) {
///   return scope.keep(x.plus(attend(norm(x))));   // lives on in the scope around this one
/// }
/// ```
///
/// A scope belongs to the thread that opened it.
public final class Scope implements AutoCloseable {
  private final PointerScope outer;
  private final PointerScope scope;

  private Scope() {
    Engine.start();
    outer = PointerScope.getInnerScope();
    scope = new PointerScope();
  }

  @MustBeClosed
  public static Scope open() {
    return new Scope();
  }

  /// The scope that is open now, as a handle that other code may let tensors live in.
  ///
  /// @throws IllegalStateException if none is open
  public static Holder innermost() {
    Engine.start();
    var scope = PointerScope.getInnerScope();
    if (scope == null) {
      throw new IllegalStateException(
          "no scope is open on this thread: open one around what is read");
    }
    return new Holder(scope);
  }

  /// A scope that somebody else will close.
  public static final class Holder {
    private final PointerScope scope;

    private Holder(PointerScope scope) {
      this.scope = scope;
    }

    /// Lets a tensor of an inner scope live as long as this one.
    public Tensor adopt(Tensor tensor) {
      attach(scope, tensor);
      return tensor;
    }
  }

  /// Runs `work` in a scope of its own; only its result survives, in the scope around.
  public static Tensor around(Supplier<Tensor> work) {
    try (var scope = open()) {
      return scope.keep(work.get());
    }
  }

  /// Moves a tensor to the scope around this one.
  ///
  /// @throws IllegalStateException if there is none: open one, or copy to the heap
  public Tensor keep(Tensor tensor) {
    if (outer == null) {
      throw new IllegalStateException(
          "there is no scope around this one to keep a tensor in: open one, or copy to the heap");
    }
    attach(outer, tensor);
    scope.detach(tensor.raw());
    return tensor;
  }

  private static void attach(PointerScope scope, Tensor tensor) {
    scope.attach(tensor.raw());
  }

  @Override
  public void close() {
    scope.close();
  }
}
