package dev.sonde.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.sonde.data.NdArray;
import dev.sonde.data.NdArray.Kind;
import dev.sonde.io.BadInput;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Arrays to ONNX Runtime's values and back, and the names of types.
final class Values {
  /// The numbers of types in onnx.proto.
  private static final Map<Integer, String> TYPES =
      Map.ofEntries(
          Map.entry(1, "float32"),
          Map.entry(2, "uint8"),
          Map.entry(3, "int8"),
          Map.entry(4, "uint16"),
          Map.entry(5, "int16"),
          Map.entry(6, "int32"),
          Map.entry(7, "int64"),
          Map.entry(8, "string"),
          Map.entry(9, "bool"),
          Map.entry(10, "float16"),
          Map.entry(11, "float64"),
          Map.entry(12, "uint32"),
          Map.entry(13, "uint64"),
          Map.entry(14, "complex64"),
          Map.entry(15, "complex128"),
          Map.entry(16, "bfloat16"));

  private Values() {}

  static String type(int number) {
    return TYPES.getOrDefault(number, "type " + number);
  }

  /// The number of a type by its name; 0 if there is none.
  static int number(String type) {
    return TYPES.entrySet().stream()
        .filter(e -> e.getValue().equals(type))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(0);
  }

  /// The kind of array that holds a type; none for texts and the like.
  static Optional<Kind> kind(String type) {
    return Arrays.stream(Kind.values()).filter(k -> name(k).equals(type)).findFirst();
  }

  static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  static String type(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> "float32";
      case DOUBLE -> "float64";
      case INT8 -> "int8";
      case INT16 -> "int16";
      case INT32 -> "int32";
      case INT64 -> "int64";
      case BOOL -> "bool";
      case STRING -> "string";
      case UINT8 -> "uint8";
      case FLOAT16 -> "float16";
      case BFLOAT16 -> "bfloat16";
      case UNKNOWN -> "unknown";
    };
  }

  private static OnnxJavaType java(Kind kind) {
    return switch (kind) {
      case FLOAT32 -> OnnxJavaType.FLOAT;
      case FLOAT64 -> OnnxJavaType.DOUBLE;
      case INT8 -> OnnxJavaType.INT8;
      case INT16 -> OnnxJavaType.INT16;
      case INT32 -> OnnxJavaType.INT32;
      case INT64 -> OnnxJavaType.INT64;
      case BOOL -> OnnxJavaType.BOOL;
      case UINT8 -> OnnxJavaType.UINT8;
      case FLOAT16 -> OnnxJavaType.FLOAT16;
      case BFLOAT16 -> OnnxJavaType.BFLOAT16;
      case UINT16, UINT32, UINT64 -> OnnxJavaType.UNKNOWN;
    };
  }

  static boolean feedable(Kind kind) {
    return java(kind) != OnnxJavaType.UNKNOWN;
  }

  /// The caller closes it.
  static OnnxTensor toOnnx(OrtEnvironment environment, String name, NdArray array)
      throws OrtException {
    var type = java(array.kind());
    if (type == OnnxJavaType.UNKNOWN) {
      throw new BadInput("%s: %s cannot be fed to a network".formatted(name, array.kind()));
    }
    int bytes = Math.toIntExact(array.segment().byteSize());
    var buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    MemorySegment.ofBuffer(buffer).copyFrom(array.segment());
    return OnnxTensor.createTensor(environment, buffer, array.shape(), type);
  }

  static NdArray fromOnnx(String name, OnnxValue value) {
    if (!(value instanceof OnnxTensor tensor)) {
      throw new BadInput(
          "'%s' is a %s, not a tensor; capture another".formatted(name, value.getType()));
    }
    var info = tensor.getInfo();
    var kind = kind(type(info.type));
    if (kind.isEmpty()) {
      throw new BadInput("'%s' holds %s, not numbers".formatted(name, type(info.type)));
    }
    var buffer = tensor.getByteBuffer();
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return NdArray.of(kind.get(), MemorySegment.ofArray(bytes), info.getShape());
  }
}
