package dev.sonde.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/// What one number of a tensor is.
public enum DType {
  FLOAT64(ScalarType.Double, 8, "F64"),
  FLOAT32(ScalarType.Float, 4, "F32"),
  FLOAT16(ScalarType.Half, 2, "F16"),
  BFLOAT16(ScalarType.BFloat16, 2, "BF16"),
  INT64(ScalarType.Long, 8, "I64"),
  INT32(ScalarType.Int, 4, "I32"),
  INT16(ScalarType.Short, 2, "I16"),
  INT8(ScalarType.Char, 1, "I8"),
  UINT8(ScalarType.Byte, 1, "U8"),
  BOOL(ScalarType.Bool, 1, "BOOL");

  final ScalarType torch;
  private final int bytes;
  private final String safetensors;

  DType(ScalarType torch, int bytes, String safetensors) {
    this.torch = torch;
    this.bytes = bytes;
    this.safetensors = safetensors;
  }

  public int bytes() {
    return bytes;
  }

  /// The name that safetensors headers use.
  public String safetensors() {
    return safetensors;
  }

  public boolean floating() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
  }

  /// What sums over layers are kept in: float32 where numbers have half its bits, else the same.
  public DType wide() {
    return this == BFLOAT16 || this == FLOAT16 ? FLOAT32 : this;
  }

  static DType of(ScalarType type) {
    for (var d : values()) {
      if (d.torch.value == type.value) {
        return d;
      }
    }
    throw new IllegalArgumentException("no tensor of type " + type + " is used here");
  }
}
