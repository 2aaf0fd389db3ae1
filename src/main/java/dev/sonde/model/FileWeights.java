package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Device;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.SafeTensors;

/// Weights as they lie in a file, without a copy where they are stored in the type asked for.
///
/// A sum over each weight finds NaN and infinity at the door: they would turn every later number to
/// NaN.
record FileWeights(SafeTensors file, DType type, Device device) implements Weights {
  @Override
  public Tensor get(String name, long... shape) {
    return in(type, name, shape);
  }

  @Override
  public Tensor wide(String name, long... shape) {
    return in(type.wide(), name, shape);
  }

  private Tensor in(DType kind, String name, long... shape) {
    var weight = Lasting.tensor(() -> file.in(kind, name, shape).on(device));
    try (var scope = Scope.open()) {
      refuseDamage(name, weight);
    }
    return weight;
  }

  private void refuseDamage(String name, Tensor weight) {
    double sum = weight.sum().item(); // NaN and infinity never leave a sum
    if (!Double.isFinite(sum)) {
      throw new BadInput(
          "%s: '%s' holds a NaN or an infinity; the file is damaged, fetch it again"
              .formatted(file.files().getFirst(), name));
    }
  }

  @Override
  public boolean has(String name) {
    return file.has(name);
  }
}
