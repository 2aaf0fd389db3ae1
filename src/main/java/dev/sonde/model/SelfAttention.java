package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Tensor;
import java.util.Set;

/// The attention sublayer: rows to queries, keys and values; their norms and turns; the mix; out.
record SelfAttention(
    Heads heads, HeadNorms norms, Rotation rotation, Attention attention, Dense out)
    implements Sublayer {
  /// Three layers `[token, d_model]` → `[token, head * d_head]`.
  record Heads(Dense query, Dense key, Dense value) {}

  /// Norms of queries and keys: over all heads together (`wide`), then over each head.
  record HeadNorms(Norm wideQuery, Norm wideKey, Norm query, Norm key) {
    static final HeadNorms NONE = new HeadNorms(Norm.NONE, Norm.NONE, Norm.NONE, Norm.NONE);

    static HeadNorms each(Norm query, Norm key) {
      return new HeadNorms(Norm.NONE, Norm.NONE, query, key);
    }

    static HeadNorms wide(Norm query, Norm key) {
      return new HeadNorms(query, key, Norm.NONE, Norm.NONE);
    }
  }

  @Override
  public Tensor apply(Tensor x, int layer, Pass pass) {
    var shape = attention.shape();
    var wideQuery = norms.wideQuery.apply(heads.query.apply(x));
    var wideKey = norms.wideKey.apply(heads.key.apply(x));
    var q = norms.query.apply(Parts.split(wideQuery, shape.heads()));
    var k = norms.key.apply(Parts.split(wideKey, shape.keyValueHeads()));
    var v = Parts.split(heads.value.apply(x), shape.keyValueHeads());
    return out.apply(attention.mix(rotation.turn(q, pass), rotation.turn(k, pass), v, layer, pass));
  }

  @Override
  public Set<Place> places() {
    return Set.of(Place.Q, Place.K, Place.V, Place.SCORES, Place.PATTERN, Place.Z);
  }
}
