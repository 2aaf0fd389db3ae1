package dev.sonde.data;

/// What a row is to be read as: a class or a number.
public sealed interface Target permits Classes, Numbers {
  int size();

  /// The targets of some rows, in the order given.
  Target select(int[] rows);
}
