package dev.sonde.uncertainty;

import java.util.Comparator;
import java.util.stream.IntStream;

/// What is gained by not answering where one is unsure.
public final class Rejection {
  private Rejection() {}

  /// Accuracy of the k least unsure answers, for k = 1 … n; answers that are as unsure as each
  /// other share what they have.
  public static double[] curve(double[] uncertainty, boolean[] right) {
    var order =
        IntStream.range(0, right.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> uncertainty[i]))
            .mapToInt(i -> i)
            .toArray();
    var out = new double[right.length];
    double before = 0;
    for (int i = 0; i < order.length; ) {
      int j = i;
      double own = 0;
      while (j < order.length && uncertainty[order[j]] == uncertainty[order[i]]) {
        own += right[order[j++]] ? 1 : 0;
      }
      for (int k = i; k < j; k++) {
        out[k] = (before + own * (k - i + 1) / (j - i)) / (k + 1);
      }
      before += own;
      i = j;
    }
    return out;
  }

  /// The area under the rejection-accuracy curve: the mean over how many are answered. At the plain
  /// accuracy where uncertainty says nothing.
  public static double auRac(double[] uncertainty, boolean[] right) {
    double sum = 0;
    for (double v : curve(uncertainty, right)) {
      sum += v;
    }
    return sum / right.length;
  }
}
