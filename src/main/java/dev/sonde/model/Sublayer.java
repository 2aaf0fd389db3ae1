package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Tensor;
import java.util.Set;

/// Attention or feed-forward: rows in, rows out.
interface Sublayer {
  Tensor apply(Tensor x, int layer, Pass pass);

  /// The places it passes.
  Set<Place> places();
}
