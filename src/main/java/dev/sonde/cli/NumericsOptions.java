package dev.sonde.cli;

import dev.sonde.tensor.Numerics;
import picocli.CommandLine.Option;

/// In which numbers a model is to compute.
final class NumericsOptions {
  @Option(
      names = "--dtype",
      defaultValue = "float32",
      paramLabel = "TYPE",
      description =
          "weights and activations in float32, float64 or bfloat16 (default: ${DEFAULT-VALUE})")
  String type = "float32";

  /// @throws dev.sonde.io.BadInput for another name
  Numerics numerics() {
    return Numerics.named(type);
  }
}
