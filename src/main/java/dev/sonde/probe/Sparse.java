package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import java.util.ArrayList;
import java.util.Arrays;
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
  public boolean logOdds() {
    return true;
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
    var mean = new double[chosen.length];
    var size = new double[chosen.length];
    for (int f = 0; f < chosen.length; f++) {
      int j = chosen[f];
      var column = IntStream.range(0, own.rows()).mapToDouble(i -> own.at(i, j)).toArray();
      double middle = Arrays.stream(column).average().orElseThrow();
      double variance =
          Arrays.stream(column).map(v -> (v - middle) * (v - middle)).average().orElseThrow();
      mean[f] = middle;
      size[f] = variance > 0 ? Math.sqrt(variance) : 1;
    }
    var features = new double[rows.length][chosen.length];
    var target = new double[rows.length];
    var weight = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      target[i] = positive[i] ? 1 : 0;
      weight[i] = rows.length / 2.0 / (positive[i] ? ones : rows.length - ones);
      for (int f = 0; f < chosen.length; f++) {
        features[i][f] = (own.at(i, chosen[f]) - mean[f]) / size[f];
      }
    }
    return back(
        SmallLogistic.fit(features, target, weight, task.c()), chosen, mean, size, x.cols());
  }

  /// From weights of features of unit variance to a direction of the rows, 0 elsewhere.
  private static Linear back(double[] beta, int[] chosen, double[] mean, double[] size, int width) {
    var direction = new double[width];
    double bias = beta[chosen.length];
    for (int f = 0; f < chosen.length; f++) {
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
