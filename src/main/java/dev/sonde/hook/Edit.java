package dev.sonde.hook;

import dev.sonde.tensor.Tensor;
import java.util.function.UnaryOperator;

/// A change of what passes a place.
public sealed interface Edit {
  /// Nothing goes on.
  record Zero() implements Edit {}

  /// `value * factor`.
  record Scale(double factor) implements Edit {}

  /// `value + strength * direction`, the direction as wide as the place's last axis.
  record Add(double strength, Tensor direction) implements Edit {}

  /// `with` instead of the value; it must broadcast to the value's shape.
  record Replace(Tensor with) implements Edit {}

  /// Any function of the tensor.
  record Custom(UnaryOperator<Tensor> function) implements Edit {}

  default Tensor apply(Tensor value) {
    return switch (this) {
      case Zero() -> value.times(0).plus(0); // plus: no negative zeros
      case Scale(double factor) -> value.times(factor);
      case Add(double strength, Tensor direction) ->
          value.plus(direction.on(value.device()).to(value.type()).times(strength));
      case Replace(Tensor with) -> value.times(0).plus(with.on(value.device()).to(value.type()));
      case Custom(UnaryOperator<Tensor> function) -> function.apply(value);
    };
  }
}
