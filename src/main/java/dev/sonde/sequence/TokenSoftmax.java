package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.probe.Linear;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Multinomial logistic regression over very many rows, several columns of labels at once.
///
/// Minimises, for every column, `C sum_i [logsumexp_k z_ik - z_iy] + |W|^2 / 2` over one direction
/// and one free intercept a class, in common units: what [dev.sonde.probe.Softmax] minimises, for
/// rows that are read in blocks and may lie in a mapped file. One pass gathers means and the unit;
/// some of the rows give coordinates in which the loss is nearly round ([RoundCoordinates]) and a
/// place to start; then [Lbfgs] on all columns together, one pass over the rows a step. It ends
/// where the gradient over C n, in common units, is no longer than the tolerance. Rows without a
/// label in a column do not count there.
public final class TokenSoftmax {
  private static final int PILOT = 32768;
  private static final int PILOT_STEPS = 40;

  private final List<List<Linear>> probes;
  private final List<Lbfgs.Minimum> ends;

  private TokenSoftmax(List<List<Linear>> probes, List<Lbfgs.Minimum> ends) {
    this.probes = List.copyOf(probes);
    this.ends = List.copyOf(ends);
  }

  /// `wide` computes the products in float64, else in float32 (values and losses are in float64
  /// always). The gradient over C times the rows, in common units, ends no longer than `tolerance`.
  public record Settings(double c, boolean wide, double tolerance, int steps) {
    public static final Settings DEFAULT = new Settings(0.01, false, 1e-5, 2000);

    public Settings {
      if (!(c > 0) || Double.isInfinite(c)) {
        throw new BadInput("C is a positive number, not " + c);
      }
    }

    public Settings withC(double strength) {
      return new Settings(strength, wide, tolerance, steps);
    }

    public Settings exact() {
      return new Settings(c, true, 1e-9, 20000);
    }

    private Lbfgs.Settings limits() {
      return new Lbfgs.Settings(30, tolerance, 0, steps, 50);
    }
  }

  /// One probe a class for every column, from the rows that `train` names. Computes on the calling
  /// thread, which is a worker's.
  ///
  /// @throws BadInput for a column of numbers, of fewer than two classes, or a class that no
  ///   training row is of
  /// @throws IllegalStateException if an optimum is not reached
  public static TokenSoftmax fit(
      Matrix x, boolean[] train, List<TokenLabels.Column> columns, Settings settings) {
    return fit(x, train, columns, settings, Workers.calling());
  }

  /// The same, to the bit, with the blocks of rows shared out among workers; not to be called on
  /// one of them.
  public static TokenSoftmax fit(
      Matrix x,
      boolean[] train,
      List<TokenLabels.Column> columns,
      Settings settings,
      Workers workers) {
    columns.forEach(c -> refuse(c, train));
    try (var scope = Scope.open()) {
      var type = settings.wide() ? DType.FLOAT64 : DType.FLOAT32;
      var rows = TokenRows.of(x, train, type, workers);
      var guess = pilot(rows, columns, settings, workers);
      var objective = guess.loss(rows, columns, settings, workers);
      var ends = Lbfgs.minimise(objective, guess.starts, settings.limits());
      var probes = new ArrayList<List<Linear>>();
      for (int j = 0; j < columns.size(); j++) {
        var end = ends.get(j);
        if (end.end() != Lbfgs.End.CONVERGED && end.gradient() > 20 * settings.tolerance()) {
          throw new IllegalStateException(
              "the probe of column %s stands at a gradient of %.1e after %d steps; its optimum has none"
                  .formatted(columns.get(j).name(), end.gradient(), end.steps()));
        }
        var weights = guess.round.weights(new int[] {j}, new double[][] {end.point()});
        probes.add(raw(rows, weights, columns.get(j).classes()));
      }
      return new TokenSoftmax(probes, ends);
    }
  }

  /// Coordinates and where to start in them.
  private static final class Guess {
    private final RoundCoordinates round;
    private final double[][] starts;

    Guess(RoundCoordinates round, double[][] starts) {
      this.round = round;
      this.starts = starts;
    }

    SoftmaxLoss loss(
        TokenRows rows, List<TokenLabels.Column> columns, Settings settings, Workers workers) {
      return new SoftmaxLoss(rows, round, columns, settings.c() * rows.count(), workers);
    }
  }

  /// Some of the rows, in float32, tell where the optimum is about and how the loss curves there.
  private static Guess pilot(
      TokenRows rows, List<TokenLabels.Column> columns, Settings settings, Workers workers) {
    int k = SoftmaxLoss.classes(columns);
    double strength = settings.c() * rows.count();
    var axes = Axes.of(rows, workers);
    var some = rows.every(Math.max(1, rows.count() / PILOT), DType.FLOAT32);
    var flat = new ArrayList<double[]>();
    for (int j = 0; j < columns.size(); j++) {
      var a = new double[k * k];
      Arrays.setAll(a, i -> (i / k == i % k ? 0.5 / k : 0) - 0.5 / k / k);
      flat.add(a);
    }
    var plain = RoundCoordinates.of(axes, flat, k, strength);
    var loss = new SoftmaxLoss(some, plain, columns, strength, workers);
    var limits = settings.limits().withTolerance(1e-4).withSteps(PILOT_STEPS);
    var ends = Lbfgs.minimise(loss, new double[columns.size()][loss.size()], limits);
    var points = ends.stream().map(Lbfgs.Minimum::point).toArray(double[][]::new);
    var round = RoundCoordinates.of(axes, loss.curvatures(points), k, strength);
    var starts = new double[columns.size()][];
    for (int j = 0; j < starts.length; j++) {
      starts[j] = round.point(j, plain.weights(new int[] {j}, new double[][] {points[j]}));
    }
    return new Guess(round, starts);
  }

  private static void refuse(TokenLabels.Column column, boolean[] train) {
    if (column.size() != train.length) {
      throw new IllegalArgumentException(
          "column %s has %d labels for %d rows"
              .formatted(column.name(), column.size(), train.length));
    }
    var count = new int[column.classes().size()];
    for (int i = 0; i < train.length; i++) {
      if (train[i] && column.at(i) >= 0) {
        count[column.at(i)]++;
      }
    }
    if (count.length < 2 || Arrays.stream(count).anyMatch(n -> n == 0)) {
      throw new BadInput(
          "column %s: a probe needs training rows of every class and of two at least, here are %s of %s"
              .formatted(column.name(), Arrays.toString(count), column.classes()));
    }
  }

  /// Directions of raw rows; intercepts so that they sum to 0. `w` is `(d + 1) x k`.
  private static List<Linear> raw(TokenRows rows, double[] w, List<String> classes) {
    int d = rows.width();
    int k = w.length / (d + 1);
    var out = new ArrayList<Linear>();
    double common = 0;
    var bias = new double[classes.size()];
    for (int c = 0; c < bias.length; c++) {
      bias[c] = w[d * k + c];
      for (int j = 0; j < d; j++) {
        bias[c] -= w[j * k + c] / rows.unit() * rows.mean(j);
      }
      common += bias[c] / bias.length;
    }
    for (int c = 0; c < bias.length; c++) {
      var direction = new double[d];
      for (int j = 0; j < d; j++) {
        direction[j] = w[j * k + c] / rows.unit();
      }
      out.add(Linear.of(direction, bias[c] - common));
    }
    return out;
  }

  /// The probes of a column, in the order of its classes.
  public List<Linear> probes(int column) {
    return List.copyOf(probes.get(column));
  }

  /// Where the search for a column ended.
  public Lbfgs.Minimum end(int column) {
    return ends.get(column);
  }

  /// The class with the largest score, for every row and column: `[column][row]`.
  public int[][] predict(Matrix x) {
    int d = x.cols();
    int all = probes.stream().mapToInt(List::size).sum();
    var w = new double[d * all];
    var bias = new double[all];
    int at = 0;
    for (var column : probes) {
      for (var probe : column) {
        var direction = probe.direction();
        for (int j = 0; j < d; j++) {
          w[j * all + at] = direction[j];
        }
        bias[at++] = probe.bias();
      }
    }
    var out = new int[probes.size()][x.rows()];
    for (int from = 0; from < x.rows(); from += TokenRows.BLOCK) {
      int n = Math.min(TokenRows.BLOCK, x.rows() - from);
      try (var scope = Scope.open()) {
        var z = stored(x, from, n).to(DType.FLOAT64).matmul(Tensor.of(w, d, all));
        choose(z.plus(Tensor.of(bias, all)).toDoubles(), all, from, out);
      }
    }
    return out;
  }

  /// Rows as they are stored.
  private static Tensor stored(Matrix x, int from, int n) {
    long bytes = (long) x.cols() * (x.wide() ? 8 : 4);
    return Tensor.copyOf(
        x.segment().asSlice(from * bytes, n * bytes),
        x.wide() ? DType.FLOAT64 : DType.FLOAT32,
        n,
        x.cols());
  }

  private void choose(double[] z, int all, int from, int[][] out) {
    for (int i = 0; i < z.length / all; i++) {
      int at = i * all;
      for (int c = 0; c < out.length; c++) {
        int best = 0;
        int k = probes.get(c).size();
        for (int j = 1; j < k; j++) {
          best = z[at + j] > z[at + best] ? j : best;
        }
        out[c][from + i] = best;
        at += k;
      }
    }
  }
}
