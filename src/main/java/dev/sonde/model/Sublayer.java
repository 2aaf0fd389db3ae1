package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.Set;

/// Attention or feed-forward: rows in, rows out.
interface Sublayer {
  Tensor apply(Tensor x, int layer, Pass pass);

  /// The same as it is added to the residual stream ([Block]).
  default Tensor added(Tensor x, int layer, Pass pass) {
    return Nn.wide(apply(x, layer, pass));
  }

  /// The places it passes.
  Set<Place> places();
}
