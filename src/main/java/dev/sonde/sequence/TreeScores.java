package dev.sonde.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// How well predicted distances or depths rebuild trees, over many sentences (Hewitt & Manning
/// 2019).
///
/// `UUAS`: of the edges of the true trees, punctuation aside, the share that the minimum spanning
/// trees of the predictions have. `DSpr` / `NSpr`: Spearman's correlation of distances from each
/// word (of the depths of a sentence) with the true ones, averaged by sentence, then over sentences
/// of one length, then over the lengths 5 to 50. `Root`: how often the shallowest word is the root.
public final class TreeScores {
  private static final int SHORTEST = 5;
  private static final int LONGEST = 50;

  private final TreeMap<Integer, double[]> byLength = new TreeMap<>();
  private final List<Double> right = new ArrayList<>();
  private final List<Double> total = new ArrayList<>();

  /// Takes the distances predicted for one sentence.
  public void distances(int[] heads, boolean[] keep, double[][] predicted) {
    var truth = Trees.distances(heads);
    var gold = new HashSet<>(Trees.spanning(truth, keep));
    total.add((double) gold.size());
    right.add((double) Trees.spanning(predicted, keep).stream().filter(gold::contains).count());
    int n = heads.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += spearman(truth[i], predicted[i]);
    }
    correlate(n, sum / n);
  }

  /// Takes the depths predicted for one sentence.
  public void depths(int[] heads, boolean[] keep, double[] predicted) {
    var truth = Trees.depths(heads);
    int best = -1;
    for (int i = 0; i < heads.length; i++) {
      best = keep[i] && (best < 0 || predicted[i] < predicted[best]) ? i : best;
    }
    total.add(1.0);
    right.add(best >= 0 && heads[best] < 0 ? 1.0 : 0.0);
    correlate(heads.length, spearman(Arrays.stream(truth).asDoubleStream().toArray(), predicted));
  }

  private void correlate(int words, double value) {
    if (words >= SHORTEST && words <= LONGEST && !Double.isNaN(value)) {
      var sum = byLength.computeIfAbsent(words, w -> new double[2]);
      sum[0] += value;
      sum[1]++;
    }
  }

  /// UUAS after [#distances], Root after [#depths].
  public double accuracy() {
    return sum(right) / sum(total);
  }

  /// Of every sentence, what was right: edges, or the root.
  public double[] right() {
    return right.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// Of every sentence, how much there was.
  public double[] total() {
    return total.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sum();
  }

  /// `DSpr` after [#distances], `NSpr` after [#depths].
  public double spearman() {
    return byLength.values().stream().mapToDouble(s -> s[0] / s[1]).average().orElse(Double.NaN);
  }

  /// The correlation of ranks, ties sharing theirs; NaN where nothing varies.
  static double spearman(double[] a, double[] b) {
    var ra = ranks(a);
    var rb = ranks(b);
    double mean = (a.length - 1) / 2.0;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (ra[i] - mean) * (rb[i] - mean);
      aa += (ra[i] - mean) * (ra[i] - mean);
      bb += (rb[i] - mean) * (rb[i] - mean);
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double[] ranks(double[] values) {
    var order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .mapToInt(i -> i)
            .toArray();
    var out = new double[values.length];
    int i = 0;
    while (i < order.length) {
      int j = i;
      while (j < order.length && values[order[j]] == values[order[i]]) {
        j++;
      }
      for (int k = i; k < j; k++) {
        out[order[k]] = (i + j - 1) / 2.0;
      }
      i = j;
    }
    return out;
  }
}
