package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.SafeTensorsFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/// all-MiniLM-L6-v2 as the langchain4j artifact holds it: an ONNX file of the encoder, and its
/// tokenizer.
///
/// Embeddings, norms and biases carry their names; the matrices were transposed and renamed on
/// export, and are found through the names of the MatMul nodes that read them.
final class MiniLm {
  private static final String MODEL = "all-minilm-l6-v2.onnx";
  private static final String TOKENIZER = "all-minilm-l6-v2-tokenizer.json";
  private static final String CONFIG =
      """
      {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": 384,
        "initializer_range": 0.02,
        "intermediate_size": 1536,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "num_attention_heads": 12,
        "num_hidden_layers": 6,
        "pad_token_id": 0,
        "type_vocab_size": 2,
        "vocab_size": 30522
      }
      """;

  private MiniLm() {}

  private record Constant(List<Long> sizes, MemorySegment bytes) {
    long[] shape() {
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }
  }

  static Map<String, Digest> convert(Path jar, Path folder, Progress progress) throws IOException {
    AtomicFile.writeString(folder.resolve("config.json"), CONFIG);
    try (var zip = new ZipFile(jar.toFile())) {
      progress.at("convert", 0, 0);
      Files.write(folder.resolve("tokenizer.json"), bytes(zip, TOKENIZER, jar));
      var weights = "model.safetensors";
      return Map.of(weights, write(bytes(zip, MODEL, jar), folder.resolve(weights)));
    }
  }

  private static byte[] bytes(ZipFile zip, String name, Path jar) throws IOException {
    var entry = zip.getEntry(name);
    if (entry == null) {
      throw new BadInput(jar + " holds no " + name + ": it is not the artifact that was expected");
    }
    return zip.getInputStream(entry).readAllBytes();
  }

  private static Digest write(byte[] onnx, Path target) {
    var constants = new HashMap<String, Constant>();
    var readers = new HashMap<String, String>();
    for (var field : Protobuf.fields(ByteBuffer.wrap(onnx))) {
      if (field.number() == 7) {
        graph(field.bytes(), constants, readers);
      }
    }
    try (var arena = Arena.ofShared()) {
      var file = new SafeTensorsFile().with("format", "pt");
      constants.forEach((name, constant) -> add(file, name, constant, readers, arena));
      return file.write(target);
    }
  }

  private static void add(
      SafeTensorsFile file,
      String name,
      Constant constant,
      Map<String, String> readers,
      Arena arena) {
    var reader = readers.get(name);
    if (name.startsWith("onnx::MatMul") && reader != null) {
      // "/encoder/layer.0/attention/self/query/MatMul"
      var weight = reader.substring(1, reader.lastIndexOf('/')).replace('/', '.') + ".weight";
      file.with(
          weight,
          DType.FLOAT32,
          transposed(constant, arena),
          constant.shape()[1],
          constant.shape()[0]);
    } else if (name.startsWith("embeddings.") || name.startsWith("encoder.")) {
      file.with(name, DType.FLOAT32, constant.bytes, constant.shape());
    }
  }

  private static void graph(
      ByteBuffer graph, Map<String, Constant> constants, Map<String, String> readers) {
    for (var field : Protobuf.fields(graph)) {
      if (field.number() == 1) {
        node(field.bytes(), readers);
      } else if (field.number() == 5) {
        constant(field.bytes(), constants);
      }
    }
  }

  private static void node(ByteBuffer node, Map<String, String> readers) {
    var fields = Protobuf.fields(node);
    var name = fields.stream().filter(f -> f.number() == 3).findFirst();
    if (name.isPresent() && name.get().text().endsWith("MatMul")) {
      fields.stream()
          .filter(f -> f.number() == 1)
          .forEach(input -> readers.put(input.text(), name.get().text()));
    }
  }

  /// A TensorProto: 1 dims, 2 type (1 is float32), 8 name, 9 raw data.
  private static void constant(ByteBuffer proto, Map<String, Constant> constants) {
    var fields = Protobuf.fields(proto);
    boolean floats = fields.stream().anyMatch(f -> f.number() == 2 && f.value() == 1);
    var name = fields.stream().filter(f -> f.number() == 8).findFirst();
    var raw = fields.stream().filter(f -> f.number() == 9).findFirst();
    if (floats && name.isPresent() && raw.isPresent()) {
      var shape = fields.stream().filter(f -> f.number() == 1).map(Protobuf.Field::value).toList();
      constants.put(
          name.get().text(), new Constant(shape, MemorySegment.ofBuffer(raw.get().bytes())));
    }
  }

  private static MemorySegment transposed(Constant constant, Arena arena) {
    try (var scope = Scope.open()) {
      var out = arena.allocate(constant.bytes.byteSize(), 64);
      Tensor.copyOf(constant.bytes, DType.FLOAT32, constant.shape()).transpose(0, 1).copyTo(out);
      return out;
    }
  }
}
