package dev.sonde.tensor;

import java.util.Locale;

/// In which numbers a network computes, and where: its weights and every activation.
public record Numerics(DType type, Device device) {
  public static final Numerics DEFAULT = new Numerics(DType.FLOAT32);

  public Numerics(DType type) {
    this(type, Device.CPU);
  }

  /// @throws dev.sonde.io.BadInput for numbers that no network computes in
  public Numerics {
    if (type != DType.FLOAT32 && type != DType.FLOAT64 && type != DType.BFLOAT16) {
      throw new dev.sonde.io.BadInput(
          "a network computes in float32, float64 or bfloat16, not in "
              + type.name().toLowerCase(Locale.ROOT));
    }
  }

  /// @throws dev.sonde.io.BadInput for a name that is none of float32, float64, bfloat16
  public static Numerics named(String type) {
    for (var known : DType.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(type)) {
        return new Numerics(known);
      }
    }
    throw new dev.sonde.io.BadInput(
        "--dtype takes float32, float64 or bfloat16, not '%s'".formatted(type));
  }

  /// The type, and the device where it is not the processor: what decides the bits.
  public String described() {
    return device == Device.CPU ? name() : name() + " on " + device.label();
  }

  public Numerics on(Device where) {
    return new Numerics(type, where);
  }

  /// The name that [#named] reads.
  public String name() {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
