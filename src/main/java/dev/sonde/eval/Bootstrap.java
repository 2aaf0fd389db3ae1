package dev.sonde.eval;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/// Percentile intervals from groups drawn again with replacement (rows where rows are independent).
///
/// It knows the spread of the held-out rows only, not that of training on other rows.
public final class Bootstrap {
  private final double[][] weights;

  private Bootstrap(double[][] weights) {
    this.weights = weights;
  }

  /// The share of each row in every draw; the same draws serve every measure, so intervals of
  /// different probes on the same rows can be compared.
  public static Bootstrap byGroup(Groups groups, int draws, Seed seed) {
    var weights = new double[draws][groups.size()];
    for (int b = 0; b < draws; b++) {
      var random = seed.forPurpose("bootstrap", b).generator();
      var times = new int[groups.count()];
      for (int g = 0; g < times.length; g++) {
        times[random.nextInt(times.length)]++;
      }
      for (int i = 0; i < groups.size(); i++) {
        weights[b][i] = times[groups.at(i)];
      }
    }
    return new Bootstrap(weights);
  }

  /// The middle `level` of a measure of weighted rows over all draws; draws that give NaN (no row
  /// of one class) are left out.
  public double[] interval(ToDoubleFunction<double[]> measure, double level) {
    var values =
        Arrays.stream(weights)
            .mapToDouble(measure)
            .filter(v -> !Double.isNaN(v))
            .sorted()
            .toArray();
    if (values.length == 0) {
      return new double[] {Double.NaN, Double.NaN};
    }
    return new double[] {quantile(values, (1 - level) / 2), quantile(values, 1 - (1 - level) / 2)};
  }

  /// The interval of a mean over rows (accuracy, say).
  public double[] ofMean(double[] perRow) {
    return interval(
        weight -> {
          double sum = 0;
          double total = 0;
          for (int i = 0; i < perRow.length; i++) {
            sum += weight[i] * perRow[i];
            total += weight[i];
          }
          return sum / total;
        },
        0.95);
  }

  public double[] ofAuroc(double[] score, boolean[] positive) {
    var order = Scores.order(score);
    return interval(weight -> Scores.auroc(score, positive, weight, order), 0.95);
  }

  /// Linear between neighbours, `sorted` ascending.
  public static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
