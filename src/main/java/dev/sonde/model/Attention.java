package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;

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
/// padded. Step by step where scores or pattern are watched, else by the kernel found faster.
final class Attention {
  private final Architecture shape;
  private final double scale;

  Attention(Architecture shape, double scale) {
    this.shape = shape;
    this.scale = scale;
  }

  /// q `[token, head, d_head]`, k and v `[token, kv_head, d_head]` → z `[token, head * d_head]`.
  Tensor mix(Tensor q, Tensor k, Tensor v, int layer, Pass pass) {
    q = pass.at(Place.Q, layer, q);
    k = pass.at(Place.K, layer, k);
    v = pass.at(Place.V, layer, v);
    var parts = new ArrayList<Tensor>();
    var blocks = pass.batch().blocks();
    for (int b = 0; b < blocks.size(); b++) {
      var block = blocks.get(b);
      var z =
          within(heads(q, block), shared(heads(k, block)), shared(heads(v, block)), layer, b, pass);
      parts.add(z.transpose(1, 2).reshape(block.rows(), shape.heads(), shape.dHead()));
    }
    var z = pass.at(Place.Z, layer, parts.size() == 1 ? parts.getFirst() : Tensor.cat(0, parts));
    return z.reshape(pass.batch().rows(), (long) shape.heads() * shape.dHead());
  }

  private Tensor within(Tensor q, Tensor k, Tensor v, int layer, int block, Pass pass) {
    int length = pass.batch().blocks().get(block).length();
    boolean watched = pass.watches(Place.SCORES, layer) || pass.watches(Place.PATTERN, layer);
    if (!watched && pass.kernels().fusedAttention(length)) {
      return Nn.attend(q, k, v, shape.causal(), scale);
    }
    var scores = q.matmul(k.transpose(2, 3)).times(scale); // [text, head, q, k]
    if (shape.causal()) {
      scores = scores.masked(future(length), Double.NEGATIVE_INFINITY);
    }
    scores = pass.at(Place.SCORES, layer, scores, block);
    var pattern = pass.at(Place.PATTERN, layer, scores.softmax(3), block);
    return pattern.matmul(v);
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

  private static Tensor future(int length) {
    return Tensor.full(1, DType.FLOAT32, length, length).upperTriangle(1).greaterThan(0.5);
  }
}
