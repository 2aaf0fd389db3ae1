package dev.sonde.probe;

import dev.sonde.data.Matrix;

/// A frozen interpreter of rows.
public interface Probe extends Fitted {
  /// One score a row; above 0 means the positive class (for numeric probes: the number itself).
  double[] scores(Matrix x);
}
