package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.provenance.Seed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// A GGUF file of a Llama with two layers, made from a seed, quantised as real ones are (Q4_1, the
/// word embeddings Q8_0): what the rehearsal that fills the start-up cache decodes and continues a
/// text with. Large enough that what decodes it counts as often used.
public final class TinyLlama {
  private static final int WIDTH = 128;
  private static final int MLP = 1024;
  private static final int WORDS = 20_000;
  private static final int LAYERS = 2;
  private static final int Q4_1 = 3;
  private static final int Q8_0 = 8;

  private final TinyGguf out = new TinyGguf();
  private final SplittableRandom random;

  private TinyLlama(Seed seed) {
    random = seed.generator();
  }

  /// Writes the file.
  public static Path write(Path file, Seed seed) {
    var own = new TinyLlama(seed);
    own.metadata();
    own.weights();
    AtomicFile.write(
        file,
        channel -> {
          var bytes = ByteBuffer.wrap(own.out.bytes());
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
    return file;
  }

  private void metadata() {
    out.with("general.architecture", "llama");
    out.with("llama.block_count", LAYERS).with("llama.context_length", 128);
    out.with("llama.embedding_length", WIDTH).with("llama.feed_forward_length", MLP);
    out.with("llama.attention.head_count", 4).with("llama.attention.head_count_kv", 2);
    out.with("llama.attention.layer_norm_rms_epsilon", 1e-5);
    var tokens = new ArrayList<>(List.of("<s>", "</s>"));
    var types = new ArrayList<>(List.of(GgufTokenizer.CONTROL, GgufTokenizer.CONTROL));
    var merges = new ArrayList<String>();
    for (char letter = '!'; letter <= '~'; letter++) {
      tokens.add(String.valueOf(letter));
    }
    for (int i = 0; tokens.size() < WORDS; i++) {
      var left = tokens.get(2 + i % 94);
      var right = tokens.get(2 + i / 94);
      tokens.add(left + right);
      merges.add(left + " " + right);
    }
    while (types.size() < WORDS) {
      types.add(GgufTokenizer.NORMAL);
    }
    out.with("tokenizer.ggml.model", "gpt2").with("tokenizer.ggml.tokens", tokens);
    out.with("tokenizer.ggml.token_type", types).with("tokenizer.ggml.merges", merges);
    out.with("tokenizer.ggml.bos_token_id", 0).with("tokenizer.ggml.eos_token_id", 1);
  }

  private void weights() {
    out.with("token_embd.weight", List.of((long) WORDS, (long) WIDTH), Q8_0, eights(WORDS * WIDTH));
    norm("output_norm.weight");
    for (int l = 0; l < LAYERS; l++) {
      var at = "blk." + l + ".";
      norm(at + "attn_norm.weight");
      matrix(at + "attn_q.weight", WIDTH, WIDTH);
      matrix(at + "attn_k.weight", WIDTH / 2, WIDTH);
      matrix(at + "attn_v.weight", WIDTH / 2, WIDTH);
      matrix(at + "attn_output.weight", WIDTH, WIDTH);
      norm(at + "ffn_norm.weight");
      matrix(at + "ffn_gate.weight", MLP, WIDTH);
      matrix(at + "ffn_up.weight", MLP, WIDTH);
      matrix(at + "ffn_down.weight", WIDTH, MLP);
    }
  }

  private void norm(String name) {
    var ones = new float[WIDTH];
    java.util.Arrays.fill(ones, 1);
    out.with(name, List.of((long) WIDTH), ones);
  }

  /// Blocks of a scale, a least value and 32 halves of bytes.
  private void matrix(String name, int rows, int columns) {
    int blocks = rows * columns / 32;
    var bytes = ByteBuffer.allocate(20 * blocks).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < blocks; b++) {
      bytes.putShort(Float.floatToFloat16(0.02f)).putShort(Float.floatToFloat16(-0.15f));
      bytes.putLong(random.nextLong()).putLong(random.nextLong());
    }
    out.with(name, List.of((long) rows, (long) columns), Q4_1, bytes.array());
  }

  /// Blocks of a scale and 32 bytes.
  private byte[] eights(int count) {
    var bytes = ByteBuffer.allocate(count / 32 * 34).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < count / 32; b++) {
      bytes.putShort(Float.floatToFloat16(0.001f));
      for (int i = 0; i < 4; i++) {
        bytes.putLong(random.nextLong());
      }
    }
    return bytes.array();
  }
}
