package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Is a number written into the rows as a helix: a line and circles of several periods (Kantamneni
/// & Tegmark 2025)?
///
/// The first principal components of the training rows are regressed on functions of the number,
/// and predicted for numbers that were *held out*. Least squares of the smallest norm, since the
/// sine of period 2 is 0 on whole numbers. Beside it a polynomial of as many parameters: one that
/// does as well makes the helix unnecessary.
public final class Helix {
  private static final int[] PERIODS = {2, 5, 10, 100};
  private static final double NEGLIGIBLE = 1e-12;

  private Helix() {}

  /// The functions of the number.
  public enum Design {
    /// 1, a, and the cosine and sine of `2 pi a / T` for T = 2, 5, 10, 100.
    HELIX,
    /// Legendre polynomials up to degree 9 over the range of the training numbers.
    POLYNOMIAL
  }

  /// `r2` over all components together, on the test rows: 1 less the squared error over the squared
  /// distance from the mean of the training rows. `rank` is that of the design.
  public record Found(double r2, int rank, int columns) {}

  /// @throws BadInput if labels are classes, or a number stands on both sides
  public static Found of(Samples train, Samples test, Design design, int components) {
    var known = numbers(train);
    var asked = numbers(test);
    var seen = Arrays.stream(known).boxed().collect(java.util.stream.Collectors.toSet());
    for (double v : asked) {
      if (seen.contains(v)) {
        throw new BadInput(
            "the number %s is in the training rows too; hold out whole numbers, not rows"
                .formatted(v));
      }
    }
    double low = Arrays.stream(known).min().orElseThrow();
    double high = Arrays.stream(known).max().orElseThrow();
    var space = Subspace.components(train.x(), components);
    var mean = Small.mean(train.x(), IntStream.range(0, train.size()).toArray());
    var y = coordinates(space, mean, train.x());
    var b = design(design, known, low, high);
    int columns = b[0].length;
    int k = space.dimensions();
    try (var scope = Scope.open()) {
      var rows = Tensor.of(flat(b), b.length, columns);
      var eigen = Solve.eigen(rows.transpose(0, 1).matmul(rows));
      var values = eigen.values().toDoubles();
      double least = NEGLIGIBLE * values[columns - 1];
      var inverse = Arrays.stream(values).map(v -> v > least ? 1 / v : 0).toArray();
      int rank = (int) Arrays.stream(values).filter(v -> v > least).count();
      var right = rows.transpose(0, 1).matmul(Tensor.of(flat(y), y.length, k));
      var along = eigen.vectors().transpose(0, 1).matmul(right);
      var weights = eigen.vectors().matmul(along.times(Tensor.of(inverse, columns, 1)));
      var of = design(design, asked, low, high);
      var predicted = Tensor.of(flat(of), of.length, columns).matmul(weights);
      var truth = Tensor.of(flat(coordinates(space, mean, test.x())), asked.length, k);
      double error = truth.minus(predicted).square().sum().item();
      return new Found(1 - error / truth.square().sum().item(), rank, columns);
    }
  }

  private static double[] numbers(Samples samples) {
    if (samples.y() instanceof Numbers numbers) {
      return numbers.toArray();
    }
    throw new BadInput("a helix is fitted to numbers; the labels given are classes");
  }

  private static double[][] coordinates(Subspace space, double[] mean, Matrix x) {
    var out = new double[x.rows()][space.dimensions()];
    for (int k = 0; k < space.dimensions(); k++) {
      var axis = space.axis(k);
      var along = Linear.of(axis, -Small.dot(axis, mean)).scores(x);
      for (int i = 0; i < out.length; i++) {
        out[i][k] = along[i];
      }
    }
    return out;
  }

  private static double[][] design(Design design, double[] numbers, double low, double high) {
    var out = new double[numbers.length][2 + 2 * PERIODS.length];
    for (int i = 0; i < out.length; i++) {
      double a = numbers[i];
      out[i][0] = 1;
      if (design == Design.HELIX) {
        out[i][1] = a;
        for (int t = 0; t < PERIODS.length; t++) {
          out[i][2 + 2 * t] = Math.cos(2 * Math.PI * a / PERIODS[t]);
          out[i][3 + 2 * t] = Math.sin(2 * Math.PI * a / PERIODS[t]);
        }
      } else {
        double u = 2 * (a - low) / Math.max(high - low, 1e-300) - 1;
        out[i][1] = u;
        for (int p = 1; p + 1 < out[i].length; p++) {
          out[i][p + 1] = ((2 * p + 1) * u * out[i][p] - p * out[i][p - 1]) / (p + 1);
        }
      }
    }
    return out;
  }

  private static double[] flat(double[][] rows) {
    return Kinds.matrix(rows).toDoubles();
  }
}
