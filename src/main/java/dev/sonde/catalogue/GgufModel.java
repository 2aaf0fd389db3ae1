package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.tensor.DType;
import dev.sonde.weights.Gguf;
import dev.sonde.weights.SafeTensorsFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A GGUF file as a folder of the usual kind: weights under the reference library's names,
/// `config.json`, `tokenizer.json`, `tokenizer_config.json` with the chat template.
///
/// What llama.cpp's converter did to the numbers is undone: Llama-type files hold the rows of
/// queries and keys in another order (rotary pairs side by side), Gemma's hold norms with 1 added,
/// GPT-2's hold matrices the other way round. Conventions: the converters of ggml-org/llama.cpp.
final class GgufModel {
  /// What a conversion writes, counted up whenever that changes. 2: the end token, the chat
  /// template. 3: rotary scalings, byte-level BPE that takes whole words of its vocabulary. 4:
  /// known by the file's digest.
  static final int FORM = 4;

  private final Gguf file;
  private final GgufNames names;
  private final GgufConfig config;

  private GgufModel(Gguf file) {
    this.file = file;
    names = GgufNames.of(file);
    config = new GgufConfig(file, names.family());
  }

  /// Decoded to float32.
  ///
  /// @throws BadInput for an architecture, quantisation or tokenizer that is not built
  static void convert(Path source, Path folder, Progress progress) {
    convert(source, folder, DType.FLOAT32, progress);
  }

  /// `type`: float32, exact, or bfloat16, half as large, each number rounded to the nearest.
  static void convert(Path source, Path folder, DType type, Progress progress) {
    try (var file = Gguf.open(source)) {
      var own = new GgufModel(file);
      AtomicFile.writeString(folder.resolve("config.json"), own.config.json());
      AtomicFile.writeString(folder.resolve("tokenizer.json"), GgufTokenizer.json(file));
      AtomicFile.writeString(folder.resolve("tokenizer_config.json"), GgufTokenizer.config(file));
      own.weights(type, progress).writeSideBySide(folder.resolve("model.safetensors"));
    } catch (ArithmeticException | IndexOutOfBoundsException e) {
      throw new BadInput(
          "%s has numbers of heads or sizes that do not fit its tensors; fetch it again"
              .formatted(source),
          e);
    }
  }

  private SafeTensorsFile weights(DType type, Progress progress) {
    var all = new TreeMap<String, String>();
    for (var name : file.names()) {
      if (!GgufConfig.TENSORS.contains(name)) {
        all.put(names.hub(name), name);
      }
    }
    var out = new SafeTensorsFile();
    var done = new AtomicLong();
    for (var entry : all.entrySet()) {
      var name = entry.getValue();
      out =
          out.with(
              entry.getKey(),
              type,
              () -> {
                var bytes = bytes(name, type);
                synchronized (progress) {
                  progress.at("decode", done.incrementAndGet(), all.size());
                }
                return bytes;
              },
              shape(name));
    }
    return out;
  }

  private long[] shape(String name) {
    var shape = file.shape(name);
    var out = (names.turned(name) ? shape.reversed() : shape).stream().mapToLong(n -> n);
    return out.toArray();
  }

  private MemorySegment bytes(String name, DType type) {
    var numbers = undone(name, file.floats(name));
    if (type == DType.FLOAT32) {
      return MemorySegment.ofArray(numbers);
    }
    var out = new short[numbers.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = bfloat16(numbers[i]);
    }
    return MemorySegment.ofArray(out);
  }

  /// To the nearest, ties to even; a NaN stays one.
  private static short bfloat16(float number) {
    int bits = Float.floatToRawIntBits(number);
    if (Float.isNaN(number)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  private float[] undone(String name, float[] numbers) {
    if (names.fromOne(name)) {
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] -= 1;
      }
    }
    if (names.turned(name)) {
      return transposed(numbers, Math.toIntExact(file.shape(name).getFirst()));
    }
    return names.rotaryPairs(name) ? ordered(name, numbers) : numbers;
  }

  private static float[] transposed(float[] numbers, int rows) {
    int columns = numbers.length / rows;
    var out = new float[numbers.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        out[c * rows + r] = numbers[r * columns + c];
      }
    }
    return out;
  }

  /// Rows of queries and keys: `[head, d_head / 2, 2]` → `[head, 2, d_head / 2]`.
  private float[] ordered(String name, float[] rows) {
    int heads = name.contains(".attn_q.") ? config.heads() : config.keyHeads();
    int count = Math.toIntExact(file.shape(name).getFirst());
    int width = rows.length / count;
    int half = count / heads / 2;
    var out = new float[rows.length];
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < 2 * half; i++) {
        int from = head * 2 * half + i;
        int to = head * 2 * half + (i % 2) * half + i / 2;
        System.arraycopy(rows, from * width, out, to * width, width);
      }
    }
    return out;
  }

  /// The type of a choice in words; none: float32.
  static DType decodedAs(@Nullable String choice) {
    return switch (choice == null ? "" : choice.strip()) {
      case "", "float32" -> DType.FLOAT32;
      case "bfloat16" -> DType.BFLOAT16;
      default ->
          throw new BadInput(
              "SONDE_GGUF should be float32 or bfloat16, what GGUF files are decoded to, not '%s'"
                  .formatted(choice));
    };
  }
}
