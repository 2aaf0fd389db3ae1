package dev.sonde.cli;

import dev.sonde.tensor.Device;
import dev.sonde.tensor.Numerics;
import picocli.CommandLine.Option;

/// In which numbers a model is to compute, and where.
final class NumericsOptions {
  @Option(
      names = "--dtype",
      defaultValue = "float32",
      paramLabel = "TYPE",
      description =
          "weights and activations in float32, float64 or bfloat16 (default: ${DEFAULT-VALUE})")
  String type = "float32";

  @Option(
      names = "--device",
      defaultValue = "cpu",
      paramLabel = "DEVICE",
      description = "cpu or cuda, which needs a build of its own (default: ${DEFAULT-VALUE})")
  String device = "cpu";

  /// @throws dev.sonde.io.BadInput for another name
  Numerics numerics() {
    return Numerics.named(type).on(Device.named(device));
  }
}
