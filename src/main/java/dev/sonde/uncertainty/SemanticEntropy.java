package dev.sonde.uncertainty;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The entropy of what answers mean, not of how they are worded (Kuhn, Gal & Farquhar 2023;
/// Farquhar et al. 2024).
///
/// Answers that mean the same are one cluster: any two that are joined by a chain of equivalences
/// (the reference compares with a cluster's first member only, so its clusters hang on the order of
/// the answers). `discrete` counts answers; `weighted` gives each its share of the probability,
/// `p(c) = sum_{i in c} exp(l_i) / sum_j exp(l_j)` with l length-normalised.
public final class SemanticEntropy {
  private final int[] cluster;
  private final int clusters;

  private SemanticEntropy(int[] cluster, int clusters) {
    this.cluster = cluster;
    this.clusters = clusters;
  }

  public static SemanticEntropy of(List<String> answers, Equivalence equivalence) {
    int n = answers.size();
    if (n == 0) {
      throw new IllegalArgumentException("semantic entropy needs an answer or more");
    }
    var parent = IntStream.range(0, n).toArray();
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        int a = root(parent, i);
        int b = root(parent, j);
        if (a != b && equivalence.same(answers.get(i), answers.get(j))) {
          parent[Math.max(a, b)] = Math.min(a, b);
        }
      }
    }
    return ofClusters(IntStream.range(0, n).map(i -> root(parent, i)).toArray());
  }

  /// Clusters made elsewhere: answers of one number mean the same.
  public static SemanticEntropy ofClusters(int[] ids) {
    var names = new ArrayList<Integer>();
    var cluster = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (!names.contains(ids[i])) {
        names.add(ids[i]);
      }
      cluster[i] = names.indexOf(ids[i]);
    }
    return new SemanticEntropy(cluster, names.size());
  }

  private static int root(int[] parent, int i) {
    int at = i;
    while (parent[at] != at) {
      at = parent[at];
    }
    return at;
  }

  public int clusters() {
    return clusters;
  }

  /// The cluster of an answer, numbered as they first come.
  public int at(int answer) {
    return cluster[answer];
  }

  /// By counts, in nats: 0 if all mean the same, log M if no two do.
  public double discrete() {
    var p = new double[clusters];
    for (int c : cluster) {
      p[c] += 1.0 / cluster.length;
    }
    return clusters == 1 ? 0 : Entropies.shannon(p);
  }

  /// By probability, in nats. `log[i]` is the log-probability of answer i, divided by its number of
  /// tokens if answers differ in length.
  public double weighted(double[] log) {
    if (log.length != cluster.length) {
      throw new IllegalArgumentException(
          "%d answers have %d log-probabilities".formatted(cluster.length, log.length));
    }
    if (clusters == 1) {
      return 0;
    }
    double total = Entropies.logSumExp(log);
    double sum = 0;
    for (int c = 0; c < clusters; c++) {
      int own = c;
      double share =
          Entropies.logSumExp(
                  IntStream.range(0, log.length)
                      .filter(i -> cluster[i] == own)
                      .mapToDouble(i -> log[i])
                      .toArray())
              - total;
      sum -= Double.isInfinite(share) ? 0 : Math.exp(share) * share;
    }
    return Math.max(0, sum);
  }

  /// The threshold that splits values into two of least variance within (as semantic entropy probes
  /// make labels of entropies): midway between the neighbours that it parts.
  public static double bestSplit(double[] values) {
    var v = values.clone();
    Arrays.sort(v);
    if (v.length < 2 || v[0] == v[v.length - 1]) {
      throw new IllegalArgumentException("values that are all the same cannot be split in two");
    }
    double left = 0;
    double right = Arrays.stream(v).sum();
    double most = Double.NEGATIVE_INFINITY;
    double at = v[0];
    for (int i = 1; i < v.length; i++) {
      left += v[i - 1];
      right -= v[i - 1];
      double between = left * left / i + right * right / (v.length - i);
      if (v[i] > v[i - 1] && between > most) {
        most = between;
        at = (v[i] + v[i - 1]) / 2;
      }
    }
    return at;
  }
}
