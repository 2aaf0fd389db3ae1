package dev.sonde.probe;

import java.util.stream.IntStream;

/// What [LogisticSolver] solves: which of two classes a row is of ([Task], one output), or of
/// several ([ClassTask], an output a class).
interface LogisticTask {
  int rows();

  int outputs();

  /// The inverse strength of the penalty.
  double c();

  /// 1 if a row is of the class of an output, else 0.
  double target(int row, int output);

  /// How often a row counts; 0 where it is not learnt from.
  double weight(int row);

  /// Whether any row that is learnt from is of the class of an output; of two classes both are.
  default boolean has(int output) {
    return true;
  }

  /// How many rows it learns from.
  default int learnt() {
    return (int) IntStream.range(0, rows()).filter(i -> weight(i) != 0).count();
  }

  /// The same, rows as often as they count.
  default double trained() {
    double sum = 0;
    for (int i = 0; i < rows(); i++) {
      sum += weight(i);
    }
    return sum;
  }
}
