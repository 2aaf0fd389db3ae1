package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Single features of the rows (neurons) by how well they tell two classes apart.
///
/// Whatever is chosen here is chosen on the rows given: hand in training rows, never all of them.
public final class Neurons {
  /// What is left of a neuron beside those chosen, over what it was: below this it is their sum.
  private static final double DEPENDENT = 1e-10;

  private Neurons() {}

  /// What neurons are ranked by.
  public enum Ranking {
    /// `|mean_1 - mean_0|`, in the units of the rows (Gurnee et al. 2023).
    MEAN_DIFFERENCE,
    /// The F statistic of one-way analysis of variance: the mean difference over the spread within.
    F_STATISTIC,
    /// The weights of an L1-penalised logistic regression at C = 0.1 ([Lasso]).
    LASSO,
    /// Least squares on the labels, one neuron at a time, each the best beside those before it.
    STEPWISE
  }

  /// The k best neurons, best first; of equal ones the first.
  public static int[] best(Matrix x, boolean[] positive, Ranking ranking, int k) {
    if (k < 1 || k > x.cols()) {
      throw new BadInput(
          "of %d neurons 1 to %d can be chosen, not %d".formatted(x.cols(), x.cols(), k));
    }
    if (ranking == Ranking.STEPWISE) {
      return stepwise(x, positive, k);
    }
    var value =
        switch (ranking) {
          case MEAN_DIFFERENCE -> spread(x, positive, false);
          case F_STATISTIC -> spread(x, positive, true);
          default -> Lasso.fit(x, positive, 0.1).sizes();
        };
    return IntStream.range(0, x.cols())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer j) -> -value[j]).thenComparing(j -> j))
        .limit(k)
        .mapToInt(j -> j)
        .toArray();
  }

  private static double[] spread(Matrix x, boolean[] positive, boolean statistic) {
    int n = x.rows();
    double[] count = new double[2];
    var mean = new double[2][x.cols()];
    for (int i = 0; i < n; i++) {
      count[positive[i] ? 1 : 0]++;
    }
    for (int i = 0; i < n; i++) {
      int k = positive[i] ? 1 : 0;
      for (int j = 0; j < x.cols(); j++) {
        mean[k][j] += x.at(i, j) / count[k];
      }
    }
    var out = new double[x.cols()];
    for (int j = 0; j < out.length; j++) {
      double gap = mean[1][j] - mean[0][j];
      if (!statistic) {
        out[j] = Math.abs(gap);
        continue;
      }
      double within = 0;
      for (int i = 0; i < n; i++) {
        double rest = x.at(i, j) - mean[positive[i] ? 1 : 0][j];
        within += rest * rest;
      }
      double between = gap * gap * count[0] * count[1] / n;
      out[j] = between == 0 ? 0 : between / Math.max(1e-300, within / (n - 2));
    }
    return out;
  }

  /// Forward selection on the Gram matrix: a pivoted Cholesky factorisation that takes, at each
  /// step, the neuron that explains most of what is left of the labels.
  private static int[] stepwise(Matrix x, boolean[] positive, int k) {
    int n = x.rows();
    int d = x.cols();
    var centred = Ccs.centred(x, Small.mean(x, IntStream.range(0, n).toArray()));
    // against centred rows a label's own mean does not count
    var label = new double[n];
    Arrays.setAll(label, i -> positive[i] ? 1 : 0);
    var left = new double[d];
    for (int i = 0; i < centred.length; i++) {
      left[i % d] += centred[i] * centred[i];
    }
    var whole = left.clone();
    var chosen = new int[k];
    var factor = new double[k][];
    try (var scope = Scope.open()) {
      var rows = Tensor.of(centred, n, d).transpose(0, 1).contiguous();
      var with = rows.matmul(Tensor.of(label, n, 1)).toDoubles();
      for (int step = 0; step < k; step++) {
        int best = next(with, left, whole, Arrays.copyOf(chosen, step));
        chosen[step] = best;
        var column = rows.matmul(rows.select(0, best).unsqueeze(1)).toDoubles();
        for (int s = 0; s < step; s++) {
          column = Small.plus(column, -factor[s][best], factor[s]);
        }
        double root = Math.sqrt(left[best]);
        boolean dependent = left[best] <= DEPENDENT * whole[best];
        factor[step] = dependent ? new double[d] : Small.scaled(column, 1 / root);
        double amount = dependent ? 0 : with[best] / root;
        for (int j = 0; j < d; j++) {
          with[j] -= amount * factor[step][j];
          left[j] -= factor[step][j] * factor[step][j];
        }
      }
    }
    return chosen;
  }

  private static int next(double[] with, double[] left, double[] whole, int[] taken) {
    int best = -1;
    double most = -1;
    for (int j = 0; j < with.length; j++) {
      int id = j;
      if (IntStream.of(taken).anyMatch(t -> t == id)) {
        continue;
      }
      boolean dependent = left[j] <= DEPENDENT * whole[j];
      double gain = dependent ? 0 : with[j] * with[j] / left[j];
      if (gain > most) {
        most = gain;
        best = j;
      }
    }
    return best;
  }

  /// The area under the ROC curve of every neuron, in whichever direction it is at least 1/2.
  public static double[] aurocs(Matrix x, boolean[] positive) {
    return areas(ranks(x), new boolean[][] {positive})[0];
  }

  /// The best neuron's area on the rows it was chosen on, the 95 % of what the best of as many
  /// neurons reaches under permuted labels, and how often those reach as much: `(1 + hits) / (1 +
  /// permutations)`.
  public record Best(int neuron, double auroc, double chance95, double p) {}

  public static Best bestAgainstChance(Matrix x, boolean[] positive, int permutations, Seed seed) {
    var labels = new boolean[permutations + 1][];
    labels[0] = positive;
    for (int b = 1; b <= permutations; b++) {
      labels[b] = shuffled(positive, seed.forPurpose("neurons", b));
    }
    var all = areas(ranks(x), labels);
    int neuron = 0;
    for (int j = 1; j < x.cols(); j++) {
      neuron = all[0][j] > all[0][neuron] ? j : neuron;
    }
    double found = all[0][neuron];
    var chance =
        IntStream.rangeClosed(1, permutations)
            .mapToDouble(b -> Arrays.stream(all[b]).max().orElseThrow())
            .sorted()
            .toArray();
    long hits = Arrays.stream(chance).filter(v -> v >= found).count();
    int at = Math.min(permutations - 1, (int) Math.ceil(0.95 * permutations) - 1);
    return new Best(
        neuron,
        found,
        permutations == 0 ? Double.NaN : chance[at],
        (1.0 + hits) / (1 + permutations));
  }

  private static boolean[] shuffled(boolean[] labels, Seed seed) {
    var out = labels.clone();
    var random = seed.generator();
    for (int i = out.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      boolean held = out[i];
      out[i] = out[j];
      out[j] = held;
    }
    return out;
  }

  /// The rank of every row within every neuron, `n x d`; equal values share the mean of theirs.
  private static double[] ranks(Matrix x) {
    int n = x.rows();
    int d = x.cols();
    var out = new double[n * d];
    for (int j = 0; j < d; j++) {
      int col = j;
      var order =
          IntStream.range(0, n)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> x.at(i, col)))
              .mapToInt(i -> i)
              .toArray();
      for (int from = 0; from < n; ) {
        int to = from + 1;
        while (to < n && x.at(order[to], j) == x.at(order[from], j)) {
          to++;
        }
        for (int t = from; t < to; t++) {
          out[order[t] * d + j] = (from + 1 + to) / 2.0;
        }
        from = to;
      }
    }
    return out;
  }

  /// One product for all labellings: the area is the sum of the positives' ranks, moved and scaled.
  private static double[][] areas(double[] ranks, boolean[][] labels) {
    int n = labels[0].length;
    int d = ranks.length / n;
    int m = labels.length;
    var ones = new double[m * n];
    double positives = 0;
    for (int b = 0; b < m; b++) {
      for (int i = 0; i < n; i++) {
        ones[b * n + i] = labels[b][i] ? 1 : 0;
      }
    }
    for (boolean p : labels[0]) {
      positives += p ? 1 : 0;
    }
    var out = new double[m][d];
    try (var scope = Scope.open()) {
      var sums = Tensor.of(ones, m, n).matmul(Tensor.of(ranks, n, d)).toDoubles();
      for (int b = 0; b < m; b++) {
        for (int j = 0; j < d; j++) {
          double area =
              (sums[b * d + j] - positives * (positives + 1) / 2) / (positives * (n - positives));
          out[b][j] = Math.max(area, 1 - area);
        }
      }
    }
    return out;
  }
}
