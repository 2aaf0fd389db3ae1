package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A family of networks: embeddings, blocks and an end, each readable from top to bottom.
///
/// The residual stream is `[token, d_model]`, all texts of the batch one after the other. A family
/// calls [Pass#at] at every place it has; [Model] walks the blocks, frees what a block made, and
/// stops when nothing further was asked for.
public interface Family {
  Architecture architecture();

  /// The places this network has.
  Set<Place> places();

  /// Those of one block, where blocks differ.
  default Set<Place> places(int layer) {
    return places();
  }

  /// What the modules of the reference library give out, as places: `attn_raw` and `mlp_raw`. A
  /// module without a place is left out.
  Map<String, Place> reference();

  /// Whether the last hidden state of the reference library comes after the final norm.
  default boolean hiddenEndsNormed() {
    return places().contains(Place.LN_FINAL);
  }

  /// What it reads, if that is images and not texts.
  default Optional<ImageShape> image() {
    return Optional.empty();
  }

  /// Something short that the network can run on, to check itself by.
  default Batch example() {
    var shape = architecture();
    var ids = new int[Math.min(5, shape.context())];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (7 * i + 3) % shape.vocabulary();
    }
    return Batch.of(List.of(ids));
  }

  /// Token ids → what the first block reads.
  Tensor embed(Pass pass);

  /// The residual stream before block `layer` → after it.
  Tensor block(int layer, Tensor resid, Pass pass);

  /// The residual stream after the last block → `ln_final` and `logits`, as far as they are asked
  /// for.
  void finish(Tensor resid, Pass pass);
}
