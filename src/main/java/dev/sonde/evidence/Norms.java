package dev.sonde.evidence;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// How long the rows of a layer are and how evenly they fill their dimensions: what a probe's scale
/// and a distance measured at that layer have to be read with.
///
/// `logMean`, `logMedian`, `log95` are natural logs of the mean, the median and the 95th of 100 of
/// the rows' lengths; `largest` the dimensions of the largest mean, by size; `participation` is
/// `(tr Σ)² / tr Σ²`, between 1 (one direction) and d (round).
public record Norms(
    double logMean, double logMedian, double log95, List<Dimension> largest, double participation) {
  private static final int TOP = 10;

  /// A dimension and its mean over rows.
  public record Dimension(int index, double mean) {}

  public Norms {
    largest = List.copyOf(largest);
  }

  public static Norms of(Matrix x) {
    return of(x, participation(x));
  }

  /// The same where the rows' basis (of any scaling but by features) is there already: its
  /// eigenvalues tell how evenly they fill their dimensions.
  public static Norms of(Matrix x, Basis basis) {
    try (var scope = Scope.open()) {
      var lambda = basis.lambda().toDoubles();
      double trace = Arrays.stream(lambda).sum();
      return of(x, trace * trace / Arrays.stream(lambda).map(l -> l * l).sum());
    }
  }

  private static Norms of(Matrix x, double participation) {
    var lengths = new double[x.rows()];
    var means = new double[x.cols()];
    for (int i = 0; i < x.rows(); i++) {
      double squares = 0;
      for (int j = 0; j < x.cols(); j++) {
        double v = x.at(i, j);
        squares += v * v;
        means[j] += v / x.rows();
      }
      lengths[i] = Math.sqrt(squares);
    }
    Arrays.sort(lengths);
    var largest =
        IntStream.range(0, x.cols())
            .mapToObj(j -> new Dimension(j, means[j]))
            .sorted(Comparator.comparingDouble(d -> -Math.abs(d.mean())))
            .limit(TOP)
            .toList();
    return new Norms(
        Math.log(Arrays.stream(lengths).average().orElseThrow()),
        Math.log(Bootstrap.quantile(lengths, .5)),
        Math.log(Bootstrap.quantile(lengths, .95)),
        largest,
        participation);
  }

  private static double participation(Matrix x) {
    try (var scope = Scope.open()) {
      var raw = Directions.tensorOf(x);
      var centred = raw.minus(raw.mean(0));
      var transposed = centred.transpose(0, 1);
      // the smaller of Gram and scatter matrix has the same eigenvalues
      var gram = x.rows() <= x.cols() ? centred.matmul(transposed) : transposed.matmul(centred);
      double trace = centred.square().sum().item();
      return trace * trace / gram.square().sum().item();
    }
  }
}
