package dev.sonde.evidence;

import java.util.Arrays;

/// A way to predict labels from rows that it holds: learnt from some, asked about others.
///
/// Code lengths and usable information need nothing else of a probe than the probabilities that it
/// gives, so any probe that states probabilities can be measured by being wrapped in this.
public interface LabelModel {
  /// How many classes there are.
  int classes();

  /// Natural logs of the probability of every class, `[row of test][class]`; each row sums to 1 as
  /// probabilities and none is minus infinity. The answer depends on `train` and `test` alone.
  double[][] logProbabilities(int[] train, int[] test);

  /// Every class as likely as any other.
  static LabelModel uniform(int classes) {
    return new LabelModel() {
      @Override
      public int classes() {
        return classes;
      }

      @Override
      public double[][] logProbabilities(int[] train, int[] test) {
        var row = new double[classes];
        Arrays.fill(row, -Math.log(classes));
        return Arrays.stream(test).mapToObj(i -> row.clone()).toArray(double[][]::new);
      }
    };
  }

  /// What a probe on blank rows learns: how common each class is, half a row added to each so that
  /// none is impossible (Krichevsky & Trofimov 1981).
  static LabelModel prior(int[] labels, int classes) {
    return new LabelModel() {
      @Override
      public int classes() {
        return classes;
      }

      @Override
      public double[][] logProbabilities(int[] train, int[] test) {
        var counts = new double[classes];
        Arrays.fill(counts, 0.5);
        for (int i : train) {
          counts[labels[i]]++;
        }
        double total = train.length + classes / 2.0;
        var row = Arrays.stream(counts).map(c -> Math.log(c / total)).toArray();
        return Arrays.stream(test).mapToObj(i -> row.clone()).toArray(double[][]::new);
      }
    };
  }
}
