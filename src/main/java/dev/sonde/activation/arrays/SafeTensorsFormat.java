package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.weights.SafeTensors;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// Tensors of a safetensors file: floats of 16, 32 and 64 bits, bfloat16, integers, truth values.
/// As a table of layers: the tensor named, the only one, or, if all are of one number of rows, one
/// layer each.
final class SafeTensorsFormat implements ArrayFormat {
  @Override
  public boolean takes(ArrayName name) {
    return name.endsIn(".safetensors");
  }

  @Override
  public NdArray array(ArrayName name) {
    try (var file = SafeTensors.open(name.file())) {
      return read(
          file,
          name.array().isEmpty() ? NpzFormat.only(name, List.copyOf(file.names())) : name.array());
    }
  }

  /// Copied out of the file, which may be closed afterwards.
  static NdArray read(SafeTensors file, String tensor) {
    var bytes = file.segment(tensor);
    var own = Arena.ofAuto().allocate(Math.max(1, bytes.byteSize()), 8);
    var out = own.asSlice(0, bytes.byteSize()).copyFrom(bytes);
    return NdArray.of(kind(file.type(tensor)), out, file.shape(tensor));
  }

  private static NdArray.Kind kind(DType type) {
    return switch (type) {
      case FLOAT64 -> NdArray.Kind.FLOAT64;
      case FLOAT32 -> NdArray.Kind.FLOAT32;
      case FLOAT16 -> NdArray.Kind.FLOAT16;
      case BFLOAT16 -> NdArray.Kind.BFLOAT16;
      case INT64 -> NdArray.Kind.INT64;
      case INT32 -> NdArray.Kind.INT32;
      case INT16 -> NdArray.Kind.INT16;
      case INT8 -> NdArray.Kind.INT8;
      case UINT8 -> NdArray.Kind.UINT8;
      case BOOL -> NdArray.Kind.BOOL;
    };
  }

  @Override
  public LayerTable layers(ArrayName name, String position) {
    if (!position.isEmpty()) {
      throw new BadInput(
          "%s has one row a text already; --position is for hidden states of all tokens (vLLM)"
              .formatted(name));
    }
    try (var file = SafeTensors.open(name.file())) {
      var names = name.array().isEmpty() ? List.copyOf(file.names()) : List.of(name.array());
      if (names.size() == 1) {
        return LayerTable.of(name, read(file, names.getFirst()));
      }
      var arrays = new ArrayList<NdArray>();
      names.forEach(n -> arrays.add(read(file, n)));
      return LayerTable.of(name, names, arrays);
    }
  }
}
