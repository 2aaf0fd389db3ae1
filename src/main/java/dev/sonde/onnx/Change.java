package dev.sonde.onnx;

/// What is done to a tensor on its way to those who read it.
public enum Change {
  /// The given numbers stand in its place.
  REPLACE,
  /// The given numbers are added to it.
  ADD
}
