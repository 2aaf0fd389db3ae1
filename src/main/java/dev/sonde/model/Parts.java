package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;
import dev.sonde.weights.ModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Builds the parts that families share.
///
/// `notes`: given where the network computes as the eager code of the reference does (what a
/// reference file holds, docs/verify.md); what that changes is written there.
record Parts(Kernels kernels, Optional<List<String>> notes) {
  Parts(Kernels kernels) {
    this(kernels, Optional.empty());
  }

  /// Whether this is done as the eager code does it; then `note`, which says so, is written down.
  boolean asEager(String note) {
    notes.ifPresent(list -> list.add(note));
    return notes.isPresent();
  }

  /// `name.weight` `[out, in]` and, if the file has it, `name.bias` `[out]`.
  Dense dense(Weights weights, String name, int out, int in) {
    var weight = weights.get(name + ".weight", out, in);
    return weights.has(name + ".bias")
        ? Dense.of(weight, weights.get(name + ".bias", out), kernels)
        : Dense.of(weight, kernels);
  }

  /// A layer without a bias that computes in float32 where the others have half its bits.
  Dense exact(Weights weights, String name, int out, int in) {
    return Dense.of(weights.wide(name + ".weight", out, in), kernels);
  }

  /// A layer stored as `[in, out]`, as GPT-2 has them.
  Dense transposed(Weights weights, String name, int out, int in) {
    var stored = weights.get(name + ".weight", in, out);
    var weight = Lasting.tensor(() -> stored.transpose(0, 1));
    return Dense.of(weight, weights.get(name + ".bias", out), kernels);
  }

  static int headWidth(int width, int heads) {
    if (heads < 1 || width % heads != 0) {
      throw new BadInput(
          "config.json has a width of %d and %d heads: the heads do not divide the width"
              .formatted(width, heads));
    }
    return width / heads;
  }

  /// `[token, head * d_head]` → `[token, head, d_head]`.
  static Tensor split(Tensor rows, int heads) {
    return rows.reshape(rows.size(0), heads, rows.size(1) / heads);
  }

  /// Rows `from … from + count` of a layer that holds several.
  Dense rows(Weights weights, String name, int whole, int in, int from, int count) {
    return picked(weights, name, whole, in, w -> w.narrow(0, from, count));
  }

  /// Some rows of a layer that holds several, in the order that `pick` gives them.
  Dense picked(Weights weights, String name, int whole, int in, UnaryOperator<Tensor> pick) {
    var all = weights.get(name + ".weight", whole, in);
    var weight = Lasting.tensor(() -> pick.apply(all).contiguous());
    if (!weights.has(name + ".bias")) {
      return Dense.of(weight, kernels);
    }
    var biases = weights.get(name + ".bias", whole);
    return Dense.of(weight, Lasting.tensor(() -> pick.apply(biases).contiguous()), kernels);
  }

  /// Queries, keys and values stored head by head: `[group, q … q k v, d_head]` with `perGroup`
  /// queries in each group.
  SelfAttention.Heads grouped(Weights weights, String name, Architecture shape, int groups) {
    int perGroup = shape.heads() / groups;
    int whole = groups * (perGroup + 2) * shape.dHead();
    UnaryOperator<Tensor> queries = t -> part(t, groups, perGroup, shape.dHead(), 0, perGroup);
    UnaryOperator<Tensor> keys = t -> part(t, groups, perGroup, shape.dHead(), perGroup, 1);
    UnaryOperator<Tensor> values = t -> part(t, groups, perGroup, shape.dHead(), perGroup + 1, 1);
    int d = shape.dModel();
    return new SelfAttention.Heads(
        picked(weights, name, whole, d, queries),
        picked(weights, name, whole, d, keys),
        picked(weights, name, whole, d, values));
  }

  private static Tensor part(
      Tensor stored, int groups, int perGroup, int dHead, int from, int count) {
    int in = stored.rank() == 2 ? (int) stored.size(1) : 1;
    var picked =
        stored.reshape(groups, perGroup + 2, dHead, in).narrow(1, from, count).contiguous();
    long rows = (long) groups * count * dHead;
    return stored.rank() == 2 ? picked.reshape(rows, in) : picked.reshape(rows);
  }

  /// Three layers of their own.
  SelfAttention.Heads separate(
      Weights weights, String at, String q, String k, String v, Architecture shape) {
    int keys = shape.keyValueHeads() * shape.dHead();
    return new SelfAttention.Heads(
        dense(weights, at + q, shape.heads() * shape.dHead(), shape.dModel()),
        dense(weights, at + k, keys, shape.dModel()),
        dense(weights, at + v, keys, shape.dModel()));
  }

  /// `[queries | keys | values]` in one layer, one under the other.
  SelfAttention.Heads stacked(Weights weights, String name, Architecture shape) {
    int q = shape.heads() * shape.dHead();
    int k = shape.keyValueHeads() * shape.dHead();
    int d = shape.dModel();
    return new SelfAttention.Heads(
        rows(weights, name, q + 2 * k, d, 0, q),
        rows(weights, name, q + 2 * k, d, q, k),
        rows(weights, name, q + 2 * k, d, q + k, k));
  }

  Mlp.Gated gated(Weights weights, String at, int width, int dMlp, Activation activation) {
    return gated(
        weights, at, List.of("gate_proj", "up_proj", "down_proj"), width, dMlp, activation);
  }

  /// `names`: gate, up, down.
  Mlp.Gated gated(
      Weights weights, String at, List<String> names, int width, int dMlp, Activation activation) {
    return new Mlp.Gated(
        dense(weights, at + names.get(0), dMlp, width),
        dense(weights, at + names.get(1), dMlp, width),
        activation,
        dense(weights, at + names.get(2), width, dMlp));
  }

  Dense tied(Tensor words) {
    return Dense.of(words, kernels);
  }

  /// The head that is the word embeddings again (a bias stays its own), or a layer `name` of its
  /// own; none in the file of a body alone.
  List<Dense> unembed(
      ModelConfig config, boolean otherwise, Weights all, String name, Tensor words) {
    if (config.bool("tie_word_embeddings", otherwise)) {
      return List.of(
          all.has(name + ".bias")
              ? Dense.of(words, all.get(name + ".bias", words.size(0)), kernels)
              : Dense.of(words, kernels));
    }
    boolean body = BODIES.stream().anyMatch(all::has) && !all.has(name + ".weight");
    return body ? List.of() : List.of(dense(all, name, (int) words.size(0), (int) words.size(1)));
  }

  /// The word embeddings of a file without a head, whose names begin with no body's name.
  private static final List<String> BODIES =
      List.of("embed_tokens.weight", "wte.weight", "embed_in.weight", "word_embeddings.weight");

  /// The shape of a decoder under the names that most configurations use.
  static Architecture shape(ModelConfig config) {
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    return new Architecture(
        config.modelType(),
        config.integer("num_hidden_layers"),
        width,
        heads,
        config.integer("num_key_value_heads", heads),
        config.has("head_dim") ? config.integer("head_dim") : headWidth(width, heads),
        config.integer("intermediate_size"),
        config.integer("vocab_size"),
        Rotary.context(config),
        true,
        false);
  }

  /// The weights under `prefix` if they have one.
  static Weights under(Weights all, String prefix, String probe) {
    return all.has(prefix + probe) ? all.within(prefix) : all;
  }
}
