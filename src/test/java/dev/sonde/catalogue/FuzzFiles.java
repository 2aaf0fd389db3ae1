package dev.sonde.catalogue;

import dev.sonde.provenance.Seed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A sound GGUF file of a Llama with one block, 32 wide, and five tokens; all else is made from it.
final class FuzzFiles {
  private static final int WIDE = 32;
  private static final List<String> TOKENS = List.of("a", "b", "ab", "<s>", "</s>");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private int keys;

  private FuzzFiles() {}

  static byte[] gguf() {
    return gguf("gpt2");
  }

  /// `tokenizer`: gpt2, llama or t5, as GGUF names byte-level BPE, SentencePiece's BPE and its
  /// unigrams.
  static byte[] gguf(String tokenizer) {
    var metadata = new FuzzFiles();
    metadata.metadata(tokenizer);
    var file = new FuzzFiles();
    var tensors = tensors();
    file.int32(0x46554747);
    file.int32(3);
    file.int64(tensors.size());
    file.int64(metadata.keys);
    file.out.writeBytes(metadata.out.toByteArray());
    long offset = 0;
    for (var tensor : tensors.entrySet()) {
      int[] shape = tensor.getValue();
      file.text(tensor.getKey());
      file.int32(shape.length);
      for (int i = shape.length - 1; i >= 0; i--) {
        file.int64(shape[i]);
      }
      file.int32(0);
      file.int64(offset);
      offset += 4L * numbers(shape);
    }
    while (file.out.size() % 32 != 0) {
      file.out.write(0);
    }
    var random = new Seed(5).generator();
    for (int i = 0; i < offset / 4; i++) {
      file.int32(Float.floatToRawIntBits((float) random.nextDouble(-0.3, 0.3)));
    }
    return file.out.toByteArray();
  }

  /// An encoder of one block, 8 wide, with seven tokens.
  static byte[] bert() {
    var out = new TinyGguf().with("general.architecture", "bert");
    GgufCase.words(out, List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "ab", "##b"));
    for (var key : List.of("embedding_length", "feed_forward_length", "context_length")) {
      out.with("bert." + key, 8);
    }
    out.with("bert.block_count", 1).with("bert.attention.head_count", 2);
    out.with("bert.attention.layer_norm_epsilon", 1e-12).with("bert.attention.causal", false);
    var random = new Seed(6).generator();
    for (var name : List.of("token_embd", "position_embd", "token_types")) {
      int rows = name.equals("token_embd") ? 7 : name.equals("token_types") ? 2 : 8;
      out.with(name + ".weight", List.of((long) rows, 8L), some(random, rows * 8));
    }
    for (var name : List.of("q", "k", "v", "output")) {
      out.with("blk.0.attn_" + name + ".weight", List.of(8L, 8L), some(random, 64));
      out.with("blk.0.attn_" + name + ".bias", List.of(8L), some(random, 8));
    }
    for (var name : List.of("blk.0.ffn_up", "blk.0.ffn_down")) {
      out.with(name + ".weight", List.of(8L, 8L), some(random, 64));
      out.with(name + ".bias", List.of(8L), some(random, 8));
    }
    for (var name :
        List.of("token_embd_norm", "blk.0.attn_output_norm", "blk.0.layer_output_norm")) {
      out.with(name + ".weight", List.of(8L), some(random, 8));
      out.with(name + ".bias", List.of(8L), some(random, 8));
    }
    return out.bytes();
  }

  private static float[] some(SplittableRandom random, int count) {
    var out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) random.nextDouble(-0.3, 0.3);
    }
    return out;
  }

  private static int numbers(int[] shape) {
    return shape.length == 1 ? shape[0] : shape[0] * shape[1];
  }

  private static Map<String, int[]> tensors() {
    var out = new LinkedHashMap<String, int[]>();
    out.put("token_embd.weight", new int[] {TOKENS.size(), WIDE});
    out.put("output_norm.weight", new int[] {WIDE});
    out.put("blk.0.attn_norm.weight", new int[] {WIDE});
    out.put("blk.0.attn_q.weight", new int[] {WIDE, WIDE});
    out.put("blk.0.attn_k.weight", new int[] {WIDE / 2, WIDE});
    out.put("blk.0.attn_v.weight", new int[] {WIDE / 2, WIDE});
    out.put("blk.0.attn_output.weight", new int[] {WIDE, WIDE});
    out.put("blk.0.ffn_norm.weight", new int[] {WIDE});
    out.put("blk.0.ffn_gate.weight", new int[] {WIDE, WIDE});
    out.put("blk.0.ffn_up.weight", new int[] {WIDE, WIDE});
    out.put("blk.0.ffn_down.weight", new int[] {WIDE, WIDE});
    return out;
  }

  private void metadata(String tokenizer) {
    keyed("general.architecture", "llama");
    keyed("llama.block_count", 1);
    keyed("llama.embedding_length", WIDE);
    keyed("llama.feed_forward_length", WIDE);
    keyed("llama.attention.head_count", 2);
    keyed("llama.attention.head_count_kv", 1);
    keyed("llama.context_length", 64);
    keyed("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    keyed("tokenizer.ggml.model", tokenizer);
    list("tokenizer.ggml.tokens", 8, TOKENS.size());
    TOKENS.forEach(this::text);
    list("tokenizer.ggml.token_type", 5, TOKENS.size());
    List.of(1, 1, 1, 3, 3).forEach(this::int32);
    if (tokenizer.equals("gpt2")) {
      list("tokenizer.ggml.merges", 8, 1);
      text("a b");
    } else {
      list("tokenizer.ggml.scores", 6, TOKENS.size());
      List.of(-1f, -2f, -1.5f, 0f, 0f).forEach(s -> int32(Float.floatToRawIntBits(s)));
      keyed("tokenizer.ggml.unknown_token_id", 3);
    }
    keyed("tokenizer.ggml.bos_token_id", 3);
    keyed("tokenizer.ggml.eos_token_id", 4);
    key("tokenizer.ggml.add_bos_token");
    int32(7);
    out.write(1);
    keyed(
        "tokenizer.chat_template",
        "{{ bos_token }}{% for m in messages %}{{ m.role + ':' + m.content | trim }}\n{% endfor %}");
  }

  private void key(String key) {
    keys++;
    text(key);
  }

  private void keyed(String key, float value) {
    key(key);
    int32(6);
    int32(Float.floatToRawIntBits(value));
  }

  private void keyed(String key, int value) {
    key(key);
    int32(4);
    int32(value);
  }

  private void keyed(String key, String value) {
    key(key);
    int32(8);
    text(value);
  }

  private void list(String key, int type, int count) {
    key(key);
    int32(9);
    int32(type);
    int64(count);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int64(bytes.length);
    out.writeBytes(bytes);
  }

  private void int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private void int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }
}
