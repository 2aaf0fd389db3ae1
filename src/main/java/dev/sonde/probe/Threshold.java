package dev.sonde.probe;

import dev.sonde.data.Matrix;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Where a direction is cut into two classes; results name which.
///
/// All but one see training rows alone. [#TEST_CENTRE] centres the rows it is asked about on their
/// own mean: it is transductive, presumes a balanced test set, and its accuracy says nothing about
/// a single new row.
public enum Threshold {
  /// Midway between the means of the training rows of both classes.
  MIDPOINT("midpoint of the training means"),
  /// At the mean of the training rows: a direction without a bias, on centred rows.
  NONE("zero at the mean of the training rows"),
  /// At the mean of the test rows.
  TEST_CENTRE("zero after centring the test rows on their own mean (transductive)"),
  /// Scores become log-odds (Platt 1999, targets smoothed, so that separable rows have an answer).
  PLATT("Platt scaling on the training rows"),
  /// Where F1 is largest on the training rows.
  F1("largest F1 on the training rows");

  private final String meaning;

  Threshold(String meaning) {
    this.meaning = meaning;
  }

  /// What to print beside a number that came from it.
  public String meaning() {
    return meaning;
  }

  public boolean transductive() {
    return this == TEST_CENTRE;
  }

  /// `a` and `b` for which `a s + b` is cut at 0, from scores without a bias. For [#TEST_CENTRE]
  /// what [#NONE] gives; the rest is up to [#centred].
  double[] on(double[] scores, Task task) {
    double[] sum = new double[2];
    double[] count = new double[2];
    for (int i = 0; i < scores.length; i++) {
      int k = (int) task.target(i);
      sum[k] += task.weight(i) * scores[i];
      count[k] += task.weight(i);
    }
    return switch (this) {
      case MIDPOINT -> new double[] {1, -(sum[0] / count[0] + sum[1] / count[1]) / 2};
      case NONE, TEST_CENTRE -> new double[] {1, -(sum[0] + sum[1]) / (count[0] + count[1])};
      case PLATT -> platt(scores, task, count);
      case F1 -> new double[] {1, -f1(scores, task)};
    };
  }

  private static double[] platt(double[] scores, Task task, double[] count) {
    int n = scores.length;
    var weight = new double[n];
    var target = new double[n];
    double size = 0;
    for (int i = 0; i < n; i++) {
      weight[i] = task.weight(i);
      target[i] = task.target(i) > 0 ? (count[1] + 1) / (count[1] + 2) : 1 / (count[0] + 2);
      size = Math.max(size, weight[i] * Math.abs(scores[i]));
    }
    double unit = size > 0 ? size : 1;
    var x = new double[n][];
    Arrays.setAll(x, i -> new double[] {scores[i] / unit});
    var beta = SmallLogistic.fit(x, target, weight, 1e9);
    return new double[] {beta[0] / unit, beta[1]};
  }

  /// The cut halfway between two neighbouring scores at which F1 = 2 TP / (2 TP + FP + FN) is
  /// largest.
  private static double f1(double[] scores, Task task) {
    var order =
        IntStream.range(0, scores.length)
            .filter(i -> task.weight(i) > 0)
            .boxed()
            .sorted((i, j) -> Double.compare(scores[j], scores[i]))
            .mapToInt(i -> i)
            .toArray();
    double positives = 0;
    for (int i : order) {
      positives += task.weight(i) * task.target(i);
    }
    double hits = 0;
    double taken = 0;
    double best = -1;
    double cut = 0;
    for (int at = 0; at < order.length; at++) {
      hits += task.weight(order[at]) * task.target(order[at]);
      taken += task.weight(order[at]);
      boolean last = at + 1 == order.length;
      double f1 = 2 * hits / (taken + positives);
      if ((last || scores[order[at]] > scores[order[at + 1]]) && f1 > best) {
        best = f1;
        cut =
            last
                ? Math.nextDown(scores[order[at]])
                : (scores[order[at]] + scores[order[at + 1]]) / 2;
      }
    }
    return cut;
  }

  /// The probe moved so that the rows asked about have mean score 0: the transductive cut.
  public static Linear centred(Linear probe, Matrix asked) {
    double mean = Arrays.stream(probe.scores(asked)).average().orElseThrow();
    return Linear.of(probe.direction(), probe.bias() - mean);
  }
}
