package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.data.TokenLabels;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.probe.Linear;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Multinomial logistic regression over very many rows, several columns of labels at once.
///
/// Minimises, for every column, `C sum_i [logsumexp_k z_ik - z_iy] + |W|^2 / 2` over one direction
/// and one free intercept a class, in common units: what [dev.sonde.probe.Softmax] minimises, for
/// rows that are read in chunks and may lie in a mapped file. One pass gathers means and scatter
/// matrix; their eigenvectors give coordinates in which the loss is nearly round (the curvature is
/// bounded by a multiple of the scatter matrix, Böhning 1992); then [Lbfgs] on all columns
/// together, two products with the rows a step. Rows without a label in a column do not count
/// there.
public final class TokenSoftmax {
  private final List<List<Linear>> probes;
  private final List<Lbfgs.Minimum> ends;

  private TokenSoftmax(List<List<Linear>> probes, List<Lbfgs.Minimum> ends) {
    this.probes = List.copyOf(probes);
    this.ends = List.copyOf(ends);
  }

  /// `wide` computes the products in float64, else in float32 (values and losses are in float64
  /// always). The largest entry of the gradient, over C times the rows and in the coordinates of
  /// the steps, ends below `tolerance`.
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
      return new Settings(c, true, 1e-10, 20000);
    }
  }

  /// One probe a class for every column, from the rows that `train` names.
  ///
  /// @throws BadInput for a column of numbers, of fewer than two classes, or a class that no
  ///   training row is of
  /// @throws IllegalStateException if an optimum is not reached
  public static TokenSoftmax fit(
      Matrix x, boolean[] train, List<TokenLabels.Column> columns, Settings settings) {
    try (var scope = Scope.open()) {
      var rows = TokenRows.of(x, train, settings.wide() ? DType.FLOAT64 : DType.FLOAT32);
      columns.forEach(c -> refuse(c, train));
      var round = rows.round(settings.c());
      var objective = new SoftmaxLoss(rows, round, columns, settings.c());
      var limits =
          Lbfgs.Settings.DEFAULT.withTolerance(settings.tolerance()).withSteps(settings.steps());
      var starts = new double[columns.size()][objective.size()];
      var ends = Lbfgs.minimise(objective, starts, limits);
      var probes = new ArrayList<List<Linear>>();
      for (int j = 0; j < columns.size(); j++) {
        var end = ends.get(j);
        if (end.end() != Lbfgs.End.CONVERGED && end.gradient() > 20 * settings.tolerance()) {
          throw new IllegalStateException(
              "the probe of column %s stands at a gradient of %.1e after %d steps; its optimum has none"
                  .formatted(columns.get(j).name(), end.gradient(), end.steps()));
        }
        probes.add(
            raw(rows, objective.directions(end.point()), end.point(), columns.get(j).classes()));
      }
      return new TokenSoftmax(probes, ends);
    }
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

  /// Directions of raw rows; intercepts so that they sum to 0.
  private static List<Linear> raw(
      TokenRows rows, double[] w, double[] theta, List<String> classes) {
    int d = rows.width();
    int k = w.length / d;
    var out = new ArrayList<Linear>();
    double common = 0;
    var bias = new double[classes.size()];
    for (int c = 0; c < bias.length; c++) {
      bias[c] = theta[d * k + c];
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
    for (int from = 0; from < x.rows(); from += TokenRows.CHUNK) {
      int n = Math.min(TokenRows.CHUNK, x.rows() - from);
      try (var scope = Scope.open()) {
        var z = TokenRows.chunk(x, from, n).to(DType.FLOAT64).matmul(Tensor.of(w, d, all));
        choose(z.plus(Tensor.of(bias, all)).toDoubles(), all, from, out);
      }
    }
    return out;
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
