package dev.sonde.hook;

import dev.sonde.tensor.Tensor;
import java.util.function.UnaryOperator;

/// What an intervention does to the numbers it finds. All but [Custom] are data and can be saved.
public sealed interface Operation {
  /// Nothing goes on.
  record Zero() implements Operation {}

  /// `value * factor`.
  record Scale(double factor) implements Operation {
    public Scale {
      finite(factor);
    }
  }

  /// `value + strength * vector`.
  record Add(double strength, Vector vector) implements Operation {
    public Add {
      finite(strength);
    }
  }

  /// `vector` instead of the value.
  record Replace(Vector vector) implements Operation {}

  /// The mean of a reference set instead of the value ("mean ablation"). [Vector#mean] makes one.
  record Mean(Vector vector) implements Operation {}

  /// Any function of the whole tensor that passes, of which the chosen positions and heads are
  /// taken. It cannot be saved.
  record Custom(String name, UnaryOperator<Tensor> function) implements Operation {}

  private static void finite(double number) {
    if (!Double.isFinite(number)) {
      throw new dev.sonde.io.BadInput("an edit needs a finite number, not " + number);
    }
  }

  /// The name of the kind: zero, scale, add, replace, mean, custom.
  default String kind() {
    return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /// As an edit is written, `add:2*dir.npy`.
  default String brief() {
    return switch (this) {
      case Zero() -> kind();
      case Scale(double factor) -> kind() + ":" + brief(factor);
      case Add(double strength, Vector vector) ->
          kind() + ":" + (strength == 1 ? "" : brief(strength) + "*") + vector;
      case Replace(Vector vector) -> kind() + ":" + vector;
      case Mean(Vector vector) -> kind() + ":" + vector;
      case Custom(String name, var _) -> kind() + ":" + name;
    };
  }

  static String brief(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
