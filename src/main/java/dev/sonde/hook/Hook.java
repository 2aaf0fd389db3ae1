package dev.sonde.hook;

import dev.sonde.tensor.Tensor;

/// Sees what passes a place, and says what goes on from there.
@FunctionalInterface
public interface Hook {
  /// Gives `value` back to change nothing. Rows and heads come as `[token, …]`, all texts of the
  /// batch one after the other; patterns as `[text, head, q, k]` for the texts of one `block` of
  /// equal lengths.
  ///
  /// The tensor dies with the scope of its block of the network: copy or adopt what is to be kept.
  Tensor at(Point point, Tensor value, int block);
}
