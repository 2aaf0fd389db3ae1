package dev.sonde.eval;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// Intervals from groups drawn again with replacement (rows where rows are independent).
///
/// It knows the spread of the held-out rows only, not that of training on other rows: say so beside
/// it, and show the spread over folds and seeds.
public final class Bootstrap {
  private final double[][] weights;
  private final Groups groups;

  private Bootstrap(double[][] weights, Groups groups) {
    this.weights = weights;
    this.groups = groups;
  }

  /// A difference of two measures on the same draws: as observed, its interval, and how often the
  /// draws fall on the other side of 0, twice.
  public record Difference(double observed, Interval interval, double p) {}

  /// The share of each row in every draw; the same draws serve every measure, so intervals of
  /// different probes on the same rows can be compared.
  public static Bootstrap byGroup(Groups groups, int draws, Seed seed) {
    return drawn(groups, new int[groups.count()], draws, seed);
  }

  /// The same with groups of positive, of negative and of mixed rows drawn among their like: the
  /// balance of the classes stays what it is.
  public static Bootstrap stratified(Groups groups, boolean[] positive, int draws, Seed seed) {
    var kind = new int[groups.count()];
    for (int i = 0; i < positive.length; i++) {
      kind[groups.at(i)] |= positive[i] ? 2 : 1;
    }
    return drawn(groups, kind, draws, seed);
  }

  private static Bootstrap drawn(Groups groups, int[] kind, int draws, Seed seed) {
    var strata =
        Arrays.stream(kind)
            .distinct()
            .sorted()
            .mapToObj(k -> IntStream.range(0, kind.length).filter(g -> kind[g] == k).toArray())
            .toArray(int[][]::new);
    var weights = new double[draws][groups.size()];
    for (int b = 0; b < draws; b++) {
      var random = seed.forPurpose("bootstrap", b).generator();
      var times = new int[groups.count()];
      for (var stratum : strata) {
        for (int g = 0; g < stratum.length; g++) {
          times[stratum[random.nextInt(stratum.length)]]++;
        }
      }
      for (int i = 0; i < groups.size(); i++) {
        weights[b][i] = times[groups.at(i)];
      }
    }
    return new Bootstrap(weights, groups);
  }

  /// The middle `level` of a measure of weighted rows over all draws; draws that give NaN (no row
  /// of one class) are left out.
  public double[] interval(ToDoubleFunction<double[]> measure, double level) {
    var values = values(measure);
    if (values.length == 0) {
      return new double[] {Double.NaN, Double.NaN};
    }
    return new double[] {quantile(values, (1 - level) / 2), quantile(values, 1 - (1 - level) / 2)};
  }

  /// The interval corrected for bias and for a spread that grows with the value (BCa; Efron 1987).
  /// The acceleration comes from leaving out one group at a time.
  public Interval bca(ToDoubleFunction<double[]> measure, double level) {
    var values = values(measure);
    var ones = new double[groups.size()];
    Arrays.fill(ones, 1);
    double observed = measure.applyAsDouble(ones);
    if (values.length == 0 || Double.isNaN(observed)) {
      return Interval.NONE;
    }
    double below = 0;
    for (double v : values) {
      below += v < observed ? 1 : v == observed ? 0.5 : 0;
    }
    double least = 0.5 / values.length;
    double bias = Distributions.normalQuantile(Math.clamp(below / values.length, least, 1 - least));
    double acceleration = acceleration(measure);
    double tail = (1 - level) / 2;
    return new Interval(
        quantile(values, shifted(tail, bias, acceleration)),
        quantile(values, shifted(1 - tail, bias, acceleration)));
  }

  private static double shifted(double p, double bias, double acceleration) {
    double z = bias + Distributions.normalQuantile(p);
    return Distributions.normalCdf(bias + z / (1 - acceleration * z));
  }

  private double acceleration(ToDoubleFunction<double[]> measure) {
    var without = new double[groups.count()];
    for (int g = 0; g < without.length; g++) {
      var weight = new double[groups.size()];
      for (int i = 0; i < weight.length; i++) {
        weight[i] = groups.at(i) == g ? 0 : 1;
      }
      without[g] = measure.applyAsDouble(weight);
    }
    var finite = Arrays.stream(without).filter(v -> !Double.isNaN(v)).toArray();
    double mean = Arrays.stream(finite).average().orElse(0);
    double squares = Arrays.stream(finite).map(v -> (mean - v) * (mean - v)).sum();
    double cubes = Arrays.stream(finite).map(v -> Math.pow(mean - v, 3)).sum();
    return squares > 0 ? cubes / (6 * Math.pow(squares, 1.5)) : 0;
  }

  /// Two measures on the same draws: rows that are hard for both are then hard for both in every
  /// draw, and only their difference varies.
  public Difference difference(
      ToDoubleFunction<double[]> first, ToDoubleFunction<double[]> second, double level) {
    ToDoubleFunction<double[]> gap = w -> first.applyAsDouble(w) - second.applyAsDouble(w);
    var values = values(gap);
    var ones = new double[groups.size()];
    Arrays.fill(ones, 1);
    double above = 0;
    for (double v : values) {
      above += v > 0 ? 1 : v == 0 ? 0.5 : 0;
    }
    double side = Math.min(above, values.length - above);
    double p = Math.min(1, 2 * (1 + side) / (1.0 + values.length));
    var range = interval(gap, level);
    return new Difference(gap.applyAsDouble(ones), new Interval(range[0], range[1]), p);
  }

  private double[] values(ToDoubleFunction<double[]> measure) {
    return Arrays.stream(weights)
        .mapToDouble(measure)
        .filter(v -> !Double.isNaN(v))
        .sorted()
        .toArray();
  }

  /// The interval of a mean over rows (accuracy, say).
  public double[] ofMean(double[] perRow) {
    return interval(mean(perRow), 0.95);
  }

  /// The mean over rows as a measure of weighted rows.
  public static ToDoubleFunction<double[]> mean(double[] perRow) {
    return weight -> {
      double sum = 0;
      double total = 0;
      for (int i = 0; i < perRow.length; i++) {
        sum += weight[i] * perRow[i];
        total += weight[i];
      }
      return sum / total;
    };
  }

  /// The AUROC as a measure of weighted rows.
  public static ToDoubleFunction<double[]> auroc(double[] score, boolean[] positive) {
    var order = Scores.order(score);
    return weight -> Scores.auroc(score, positive, weight, order);
  }

  public double[] ofAuroc(double[] score, boolean[] positive) {
    return interval(auroc(score, positive), 0.95);
  }

  /// Linear between neighbours, `sorted` ascending.
  public static double quantile(double[] sorted, double q) {
    double at = q * (sorted.length - 1);
    int below = (int) Math.floor(at);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
