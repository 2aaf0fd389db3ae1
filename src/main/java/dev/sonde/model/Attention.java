package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/// Attention within each text: queries, keys and values in, mixed values out.
///
/// ```
/// scores  = q k^T * scale        (-inf where a token may not look)
/// pattern = softmax(scores)
/// z       = pattern v
/// ```
///
/// Vaswani et al., *Attention Is All You Need* (2017), section 3.2.1; heads that share keys and
/// values: Ainslie et al., *GQA* (2023). Texts of one length are computed together; nothing is
/// padded. Behind what a [Cache] has read, queries are those of the new tokens, keys and values
/// those of all. Queries, keys, scores and pattern are float32 where values have half its bits.
/// Step by step where scores or pattern are watched, else by the kernel found faster.
///
/// `window` limits how far back a token looks: the last `window` places, itself included; where the
/// network is not causal, so far to either side, itself aside. 0 stands for no limit. `cap` c
/// replaces scores by `c tanh(scores / c)` (Gemma 2); 0 stands for none.
record Attention(Architecture shape, double scale, int window, double cap, @Nullable Alibi alibi) {
  Attention(Architecture shape, double scale) {
    this(shape, scale, 0, 0, null);
  }

  Attention within(int places) {
    return new Attention(shape, scale, places, cap, alibi);
  }

  Attention capped(double at) {
    return new Attention(shape, scale, window, at, alibi);
  }

  Attention biased(Alibi bias) {
    return new Attention(shape, scale, window, cap, bias);
  }

  /// q `[token, head, d_head]`, k and v `[token, kv_head, d_head]` → z `[token, head * d_head]`.
  Tensor mix(Tensor q, Tensor k, Tensor v, int layer, Pass pass) {
    q = pass.at(Place.Q, layer, Nn.wide(q));
    k = pass.at(Place.K, layer, Nn.wide(k));
    v = pass.at(Place.V, layer, v);
    var parts = new ArrayList<Tensor>();
    var blocks = pass.batch().blocks();
    for (int b = 0; b < blocks.size(); b++) {
      var block = blocks.get(b);
      var caches = pass.batch().caches(block);
      var all = Cache.with(caches, layer, heads(k, block), heads(v, block));
      boolean begins = block.past() == 0;
      var keys = begins ? shared(all.keys()) : all.keys();
      var values = begins ? shared(all.values()) : all.values();
      var z = within(heads(q, block), keys, values, layer, b, pass);
      parts.add(z.transpose(1, 2).reshape(block.rows(), shape.heads(), shape.dHead()));
    }
    var z = pass.at(Place.Z, layer, parts.size() == 1 ? parts.getFirst() : Tensor.cat(0, parts));
    return z.reshape(pass.batch().rows(), (long) shape.heads() * shape.dHead());
  }

  private Tensor within(Tensor q, Tensor k, Tensor v, int layer, int block, Pass pass) {
    var texts = pass.batch().blocks().get(block);
    int length = texts.total();
    boolean begins = texts.past() == 0;
    // the kernel's own mask begins at the corner; one token looks at all before it, without a mask
    boolean fused = begins || texts.length() == 1;
    boolean watched = pass.watches(Place.SCORES, layer) || pass.watches(Place.PATTERN, layer);
    if (!watched && fused && plain(length) && pass.kernels().fusedAttention(length)) {
      var wide = Nn.wide(v);
      var z = begins ? Nn.attend(q, k, wide, shape.causal(), scale) : one(q, k, wide);
      return z.to(v.type());
    }
    var scores = product(q, k.transpose(2, 3)).times(scale); // [text, head, q, k]
    if (cap > 0) {
      scores = scores.times(1 / cap).tanh().times(cap);
    }
    if (alibi != null) {
      scores = scores.plus(alibi.bias(length).to(scores.type()));
    }
    if ((shape.causal() && texts.length() > 1) || limited(length)) {
      scores = scores.masked(hidden(texts), Double.NEGATIVE_INFINITY);
    }
    scores = pass.at(Place.SCORES, layer, scores, block);
    var pattern = pass.at(Place.PATTERN, layer, scores.softmax(3), block);
    return product(pattern.to(v.type()), v);
  }

  /// Fused, of one query a head: heads that share keys are rows of one, which all look at all keys.
  private Tensor one(Tensor q, Tensor k, Tensor v) {
    var rows = q.reshape(q.size(0), k.size(1), q.size(1) / k.size(1), q.size(3));
    return Nn.attend(rows, k, v, false, scale).reshape(q.shape());
  }

  /// `[text, head, q, x] [text, kv_head, x, y]`: heads that share keys as rows of one matrix, so
  /// that long pasts are not copied for each.
  private static Tensor product(Tensor a, Tensor b) {
    long heads = b.size(1);
    long rows = a.size(1) * a.size(2) / heads;
    return a.size(1) == heads
        ? a.matmul(b)
        : a.reshape(a.size(0), heads, rows, a.size(3))
            .matmul(b)
            .reshape(a.size(0), a.size(1), a.size(2), b.size(3));
  }

  /// `[token, head, d_head]` → `[text, head, pos, d_head]` of one block.
  private static Tensor heads(Tensor rows, Batch.Block block) {
    return rows.narrow(0, block.first(), block.rows())
        .reshape(block.texts(), block.length(), rows.size(1), rows.size(2))
        .transpose(1, 2);
  }

  private Tensor shared(Tensor heads) {
    int times = shape.heads() / shape.keyValueHeads();
    return times == 1 ? heads : heads.repeatEach(1, times);
  }

  private boolean limited(int length) {
    return window > 0 && length > window;
  }

  private boolean plain(int length) {
    return !limited(length) && cap == 0 && alibi == null;
  }

  /// Where a query (row) may not look, `[q, k]`.
  private Tensor hidden(Batch.Block texts) {
    int rows = texts.length();
    int length = texts.total();
    if (!limited(length)) {
      return Tensor.full(1, DType.FLOAT32, rows, length)
          .upperTriangle(1L + texts.past())
          .greaterThan(0.5);
    }
    var out = new float[rows * length];
    for (int row = 0; row < rows; row++) {
      int q = texts.past() + row;
      for (int k = 0; k < length; k++) {
        boolean seen = shape.causal() ? k <= q && q - k < window : Math.abs(q - k) <= window;
        out[row * length + k] = seen ? 0 : 1;
      }
    }
    return Tensor.of(out, rows, length).greaterThan(0.5);
  }
}
