package dev.sonde.probe;

/// Adam (Kingma & Ba 2015) with its usual constants, on numbers of the heap, in order: the same
/// bits everywhere.
public final class Adam {
  private static final double FIRST = 0.9;
  private static final double SECOND = 0.999;
  private static final double LEAST = 1e-8;

  private final double[] mean;
  private final double[] square;
  private int steps;

  public Adam(int numbers) {
    mean = new double[numbers];
    square = new double[numbers];
  }

  /// Moves `at` by one step downhill.
  public void step(double[] at, double[] gradient, double rate) {
    steps++;
    double first = 1 - Math.pow(FIRST, steps);
    double second = 1 - Math.pow(SECOND, steps);
    for (int i = 0; i < at.length; i++) {
      mean[i] = FIRST * mean[i] + (1 - FIRST) * gradient[i];
      square[i] = SECOND * square[i] + (1 - SECOND) * gradient[i] * gradient[i];
      at[i] -= rate * (mean[i] / first) / (Math.sqrt(square[i] / second) + LEAST);
    }
  }
}
