package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.weights.Gguf;
import dev.sonde.weights.SafeTensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// A GGUF file as a folder of the usual kind: weights in float32 under the reference library's
/// names, `config.json`, `tokenizer.json`, `tokenizer_config.json` with the chat template.
///
/// Llama-type files hold the rows of queries and keys in another order (rotary pairs side by side),
/// which is undone.
final class GgufModel {
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));
  private static final List<String> KNOWN = List.of("llama", "qwen2", "qwen3");

  /// What a conversion writes, counted up whenever that changes. 2: the end token, the chat
  /// template.
  static final int FORM = 2;

  private static final String END = "tokenizer.ggml.eos_token_id";

  private final Gguf file;
  private final String family;

  private GgufModel(Gguf file) {
    this.file = file;
    family = file.text("general.architecture");
    if (!KNOWN.contains(family)) {
      throw new BadInput(
          "%s holds a '%s'; of GGUF files %s are built"
              .formatted(file.path(), family, String.join(", ", KNOWN)));
    }
  }

  /// @throws BadInput for an architecture, quantisation or tokenizer that is not built
  static void convert(Path source, Path folder, Progress progress) {
    try (var file = Gguf.open(source)) {
      var own = new GgufModel(file);
      AtomicFile.writeString(folder.resolve("tokenizer.json"), GgufTokenizer.json(file));
      AtomicFile.writeString(folder.resolve("tokenizer_config.json"), GgufTokenizer.config(file));
      AtomicFile.writeString(folder.resolve("config.json"), own.config());
      own.weights(progress).write(folder.resolve("model.safetensors"));
    } catch (ArithmeticException | IndexOutOfBoundsException e) {
      throw new BadInput(
          "%s has numbers of heads or sizes that do not fit its tensors; fetch it again"
              .formatted(source),
          e);
    }
  }

  private String config() {
    var out = JsonMapper.shared().createObjectNode();
    out.put("model_type", family);
    out.put("num_hidden_layers", integer("block_count"));
    out.put("hidden_size", integer("embedding_length"));
    out.put("intermediate_size", integer("feed_forward_length"));
    out.put("num_attention_heads", heads());
    out.put("num_key_value_heads", keyHeads());
    out.put("rms_norm_eps", file.number(family + ".attention.layer_norm_rms_epsilon"));
    out.put("max_position_embeddings", integer("context_length"));
    out.put("vocab_size", file.shape("token_embd.weight").getFirst());
    out.put("tie_word_embeddings", !file.has("output.weight"));
    if (file.hasKey(family + ".attention.key_length")) {
      out.put("head_dim", integer("attention.key_length"));
    }
    if (file.hasKey(END)) {
      out.put("eos_token_id", file.integer(END));
    }
    var freq = family + ".rope.freq_base";
    out.put("rope_theta", file.hasKey(freq) ? file.number(freq) : 10000);
    var scaling = family + ".rope.scaling.type";
    if (file.has("rope_freqs.weight")
        || (file.hasKey(scaling) && !file.text(scaling).equals("none"))) {
      throw new BadInput(
          file.path() + " stretches its rotary positions; of GGUF files that is not built yet");
    }
    return out.toPrettyString();
  }

  private long integer(String key) {
    return file.integer(family + "." + key);
  }

  private int heads() {
    return Math.toIntExact(integer("attention.head_count"));
  }

  private int keyHeads() {
    var key = family + ".attention.head_count_kv";
    return file.hasKey(key) ? Math.toIntExact(file.integer(key)) : heads();
  }

  private SafeTensorsFile weights(Progress progress) {
    var out = new SafeTensorsFile();
    long done = 0;
    for (var name : file.names()) {
      var shape = file.shape(name).stream().mapToLong(n -> n).toArray();
      out = out.with(hub(name), ordered(name, file.floats(name)), shape);
      progress.at("decode", ++done, file.names().size());
    }
    return out;
  }

  private String hub(String name) {
    return switch (name) {
      case "token_embd.weight" -> "model.embed_tokens.weight";
      case "output_norm.weight" -> "model.norm.weight";
      case "output.weight" -> "lm_head.weight";
      default -> inBlock(name);
    };
  }

  private String inBlock(String name) {
    var parts = name.split("\\.");
    var known = parts.length == 4 && parts[0].equals("blk") ? NAMES.get(parts[2]) : null;
    if (known == null) {
      throw new BadInput(
          "%s holds a tensor '%s', which no %s has; refusing rather than leaving it out"
              .formatted(file.path(), name, family));
    }
    return "model.layers.%s.%s.%s".formatted(parts[1], known, parts[3]);
  }

  /// Rows of queries and keys: `[head, d_head / 2, 2]` → `[head, 2, d_head / 2]`.
  private float[] ordered(String name, float[] rows) {
    boolean query = name.contains(".attn_q.");
    if (!family.equals("llama") || !(query || name.contains(".attn_k."))) {
      return rows;
    }
    int heads = query ? heads() : keyHeads();
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
}
