package dev.sonde.probe;

import dev.sonde.data.Matrix;
import java.util.Map;

/// A frozen thing that was learnt from rows and can be written to a file: its kind and the arrays
/// that rebuild it ([Kinds]).
public interface Fitted {
  /// `linear`, `linear-map`, `quadratic`, `bilinear`, `ccs` or `mlp`.
  String kind();

  /// The arrays by name; numbers and vectors are matrices of one row.
  Map<String, Matrix> parameters();
}
