package dev.sonde.model;

import dev.sonde.tensor.Tensor;

/// How heads learn where in the text they are: rotary, or not at all.
@FunctionalInterface
interface Rotation {
  Rotation NONE = (heads, pass) -> heads;

  /// `[token, head, d_head]` → the same shape.
  Tensor turn(Tensor heads, Pass pass);
}
