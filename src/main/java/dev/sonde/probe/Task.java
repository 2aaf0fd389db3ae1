package dev.sonde.probe;

/// One binary problem over rows that many problems share: what each row is, which rows count, how
/// strong the evidence weighs against the penalty.
///
/// It is one column of [LogisticSolver]: labels, folds, regularisations and permutations are all
/// just more of these.
public final class Task implements LogisticTask {
  private final double[] target;
  private final double[] weight;
  private final double c;

  private Task(double[] target, double[] weight, double c) {
    this.target = target;
    this.weight = weight;
    this.c = c;
  }

  /// `positive[i]` says of which class row i is, `train[i]` whether it is learnt from; `c` is the
  /// inverse strength of the penalty, as scikit-learn spells it.
  ///
  /// @throws IllegalArgumentException if the training rows are not of both classes
  public static Task of(boolean[] positive, boolean[] train, double c) {
    var target = new double[positive.length];
    var weight = new double[positive.length];
    int of1 = 0;
    int of0 = 0;
    for (int i = 0; i < target.length; i++) {
      target[i] = positive[i] ? 1 : 0;
      weight[i] = train[i] ? 1 : 0;
      of1 += train[i] && positive[i] ? 1 : 0;
      of0 += train[i] && !positive[i] ? 1 : 0;
    }
    if (of1 == 0 || of0 == 0) {
      throw new IllegalArgumentException(
          "a probe learns from rows of both classes, but here are %d of one and %d of the other"
              .formatted(of1, of0));
    }
    if (!(c > 0) || Double.isInfinite(c)) {
      throw new IllegalArgumentException("C is a positive number, not " + c);
    }
    return new Task(target, weight, c);
  }

  /// The same with rows counted as often as they were drawn.
  public static Task drawn(boolean[] positive, int[] times, double c) {
    var train = new boolean[times.length];
    var weight = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      train[i] = times[i] > 0;
      weight[i] = times[i];
    }
    return new Task(of(positive, train, c).target, weight, c);
  }

  @Override
  public int rows() {
    return target.length;
  }

  @Override
  public double c() {
    return c;
  }

  @Override
  public int outputs() {
    return 1;
  }

  @Override
  public double target(int row, int output) {
    return target[row];
  }

  double target(int row) {
    return target[row];
  }

  @Override
  public double weight(int row) {
    return weight[row];
  }
}
