package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import java.util.Map;

/// A frozen probe of sequences that can be written to a file ([SavedSequence]).
public interface SequenceProbe {
  /// `tags`, `structural-distance`, `structural-depth`, `attention`, `sawmil` or `aggregated`.
  String kind();

  /// Numbers in a row it reads.
  int width();

  /// The arrays that rebuild it, by name; numbers and vectors are matrices of one row.
  Map<String, Matrix> parameters();

  /// What else rebuilds it, by name.
  Map<String, String> settings();
}
