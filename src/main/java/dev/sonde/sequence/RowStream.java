package dev.sonde.sequence;

/// A text that grows token by token, at the same cost each.
@FunctionalInterface
public interface RowStream {
  /// The score of the text so far, this token's row included.
  double push(double[] row);
}
