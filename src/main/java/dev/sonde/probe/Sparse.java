package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Logistic regression on k features of the row alone (Gurnee et al. 2023): is the property in a
/// few neurons?
///
/// For every task the features are chosen on its own training rows ([Neurons]), brought to unit
/// variance there, and fitted with an L2 penalty and classes weighing the same. What the best of
/// many neurons reaches by chance: [Neurons#bestAgainstChance].
public record Sparse(int k, Neurons.Ranking ranking) implements ProbeFamily {
  public Sparse {
    if (k < 1) {
      throw new IllegalArgumentException("a sparse probe reads one feature or more, not " + k);
    }
  }

  @Override
  public String name() {
    var by =
        ranking == Neurons.Ranking.MEAN_DIFFERENCE
            ? ""
            : "-" + ranking.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return "sparse-" + k + by;
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    var probes = new ArrayList<Linear>();
    for (var task : tasks) {
      probes.add(fit(basis.x(), task));
    }
    return Solution.ofProbes(basis, probes, new double[tasks.size()], new int[tasks.size()], 0);
  }

  private Linear fit(Matrix x, Task task) {
    var rows = IntStream.range(0, x.rows()).filter(i -> task.weight(i) > 0).toArray();
    var own = x.select(rows);
    var positive = new boolean[rows.length];
    double ones = 0;
    for (int i = 0; i < rows.length; i++) {
      positive[i] = task.target(rows[i]) > 0;
      ones += positive[i] ? 1 : 0;
    }
    var chosen = Neurons.best(own, positive, ranking, Math.min(k, x.cols()));
    int m = chosen.length;
    var mean = new double[m];
    var size = new double[m];
    for (int f = 0; f < m; f++) {
      int j = chosen[f];
      double middle =
          IntStream.range(0, rows.length).mapToDouble(i -> own.at(i, j)).average().orElseThrow();
      double variance =
          IntStream.range(0, rows.length)
              .mapToDouble(i -> Math.pow(own.at(i, j) - middle, 2))
              .average()
              .orElseThrow();
      mean[f] = middle;
      size[f] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    var features = new double[rows.length][m];
    var target = new double[rows.length];
    var weight = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      target[i] = positive[i] ? 1 : 0;
      weight[i] = rows.length / 2.0 / (positive[i] ? ones : rows.length - ones);
      for (int f = 0; f < m; f++) {
        features[i][f] = (own.at(i, chosen[f]) - mean[f]) / size[f];
      }
    }
    var beta = SmallLogistic.fit(features, target, weight, task.c());
    var direction = new double[x.cols()];
    double bias = beta[m];
    for (int f = 0; f < m; f++) {
      direction[chosen[f]] = beta[f] / size[f];
      bias -= beta[f] * mean[f] / size[f];
    }
    return Linear.of(direction, bias);
  }

  /// The features that a sparse probe reads, ascending.
  public static int[] read(Linear probe) {
    var w = probe.direction();
    return IntStream.range(0, w.length).filter(j -> w[j] != 0).toArray();
  }
}
