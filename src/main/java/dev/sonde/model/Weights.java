package dev.sonde.model;

import dev.sonde.tensor.DType;
import dev.sonde.tensor.Tensor;

/// Where a family takes its weights from, by the names of the reference library: a file, or a seed.
public interface Weights {
  /// What every weight is made of.
  DType type();

  /// The named weight, which outlives every scope.
  ///
  /// @throws dev.sonde.io.BadInput if it is missing, has another shape or holds a NaN
  Tensor get(String name, long... shape);

  /// The named weight, in float32 where the others have half its bits: what is small, and decides
  /// much.
  Tensor wide(String name, long... shape);

  boolean has(String name);

  /// A norm's weight or bias, likewise; `neutral` is the value at which it changes nothing.
  default Tensor gain(String name, double neutral, long... shape) {
    return wide(name, shape);
  }

  /// The same weights with `prefix` put before every name.
  default Weights within(String prefix) {
    var outer = this;
    return new Weights() {
      @Override
      public DType type() {
        return outer.type();
      }

      @Override
      public Tensor get(String name, long... shape) {
        return outer.get(prefix + name, shape);
      }

      @Override
      public Tensor wide(String name, long... shape) {
        return outer.wide(prefix + name, shape);
      }

      @Override
      public Tensor gain(String name, double neutral, long... shape) {
        return outer.gain(prefix + name, neutral, shape);
      }

      @Override
      public boolean has(String name) {
        return outer.has(prefix + name);
      }
    };
  }
}
