package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A stack of blocks between embeddings and a head: what most families are, once each has said of
/// which parts.
record Decoder(
    Architecture architecture,
    Start start,
    List<Block> blocks,
    End end,
    Map<String, Place> reference)
    implements Family {
  Decoder {
    blocks = List.copyOf(blocks);
    reference = Map.copyOf(reference);
  }

  static Decoder of(Architecture architecture, Start start, List<Block> blocks, End end) {
    return new Decoder(architecture, start, blocks, end, blocks.getFirst().reference());
  }

  /// Token ids → residual stream: `norm(into(words * scale) + places)`. `into` and `places` have at
  /// most one member; places count from `offset`.
  record Start(
      Tensor words, double scale, List<Dense> into, List<Tensor> places, int offset, Norm norm) {
    static Start of(Tensor words) {
      return scaled(words, 1);
    }

    static Start scaled(Tensor words, double scale) {
      return new Start(words, scale, List.of(), List.of(), 0, Norm.NONE);
    }

    static Start normed(Tensor words, Norm norm) {
      return new Start(words, 1, List.of(), List.of(), 0, norm);
    }

    static Start placed(Tensor words, Tensor places) {
      return new Start(words, 1, List.of(), List.of(places), 0, Norm.NONE);
    }
  }

  /// Residual stream → logits: `cap * tanh(unembed(out(norm(x))) / divide / cap)`. `out` and
  /// `unembed` have at most one member; `cap` 0 stands for none. `head`: what the normed stream
  /// passes before `unembed`.
  record End(
      Norm norm, List<Dense> out, Sublayer head, List<Dense> unembed, double divide, double cap) {
    static End of(Norm norm, List<Dense> unembed) {
      return new End(norm, List.of(), Identity.SUBLAYER, unembed, 1, 0);
    }

    /// Whether anything stands between the last block and `head`.
    boolean finishes() {
      return !norm.equals(Norm.NONE) || !out.isEmpty();
    }
  }

  /// Rows as they are.
  record Identity() implements Sublayer {
    static final Sublayer SUBLAYER = new Identity();

    @Override
    public Tensor apply(Tensor x, int layer, Pass pass) {
      return x;
    }

    @Override
    public Set<Place> places() {
      return Set.of();
    }
  }

  @Override
  public Set<Place> places() {
    var out = EnumSet.of(Place.EMBED, Place.TOKEN_EMBED);
    if (!end.unembed.isEmpty()) {
      out.add(Place.LOGITS);
    }
    blocks.forEach(b -> out.addAll(b.places()));
    if (!start.places.isEmpty()) {
      out.add(Place.POS_EMBED);
    }
    if (end.finishes()) {
      out.add(Place.LN_FINAL);
    }
    return out;
  }

  @Override
  public Set<Place> places(int layer) {
    return blocks.get(layer).places();
  }

  @Override
  public Tensor embed(Pass pass) {
    var x = Nn.wide(pass.at(Place.TOKEN_EMBED, Nn.embedding(start.words, pass.batch().ids())));
    if (start.scale != 1) {
      x = x.times(start.scale);
    }
    for (var into : start.into) {
      x = Nn.wide(into.apply(x));
    }
    for (var table : start.places) {
      var ids = pass.batch().positions(start.offset);
      x = x.plus(pass.at(Place.POS_EMBED, Nn.embedding(table, ids)));
    }
    return pass.at(Place.EMBED, start.norm.apply(x));
  }

  @Override
  public Tensor block(int layer, Tensor resid, Pass pass) {
    return blocks.get(layer).apply(layer, resid, pass);
  }

  @Override
  public void finish(Tensor resid, Pass pass) {
    var normed = end.norm.apply(resid);
    for (var out : end.out) {
      normed = Nn.wide(out.apply(normed));
    }
    if (end.finishes()) {
      normed = pass.at(Place.LN_FINAL, normed);
    }
    if (pass.watches(Place.LOGITS)) {
      var logits =
          end.unembed.getFirst().apply(end.head.apply(normed, architecture.layers(), pass));
      logits = end.divide == 1 ? logits : logits.times(1 / end.divide);
      logits = end.cap == 0 ? logits : logits.times(1 / end.cap).tanh().times(end.cap);
      var _ = pass.at(Place.LOGITS, logits);
    }
  }
}
