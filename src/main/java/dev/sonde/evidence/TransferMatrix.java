package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Scores;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Trained on one data set, asked about another: every pair.
///
/// On the diagonal stand held-out scores of nested cross-validation; elsewhere the probe of all
/// rows of the training set is asked about all rows of the other. A direction that is what its
/// labels say reads all of them; one that is something else fails off the diagonal, first on
/// negations.
public final class TransferMatrix {
  private final List<String> names;
  private final Cell[][] cells;
  private final Cell[] leftOut;
  private final List<Linear> probes;

  private TransferMatrix(List<String> names, Cell[][] cells, Cell[] leftOut, List<Linear> probes) {
    this.names = List.copyOf(names);
    this.cells = cells;
    this.leftOut = leftOut;
    this.probes = List.copyOf(probes);
  }

  /// A data set: rows of one width in all sets, labels, groups that are kept whole.
  public record DataSet(String name, Matrix x, List<Boolean> positive, Groups groups) {
    public DataSet {
      positive = List.copyOf(positive);
      if (positive.size() != x.rows() || groups.size() != x.rows()) {
        throw new IllegalArgumentException(
            "data set %s has %d rows, %d labels and %d groups"
                .formatted(name, x.rows(), positive.size(), groups.size()));
      }
    }

    private boolean[] labels() {
      var out = new boolean[positive.size()];
      for (int i = 0; i < out.length; i++) {
        out[i] = positive.get(i);
      }
      return out;
    }
  }

  /// `accuracy` at the probe's own threshold; `recalibrated` at one that the other half of the
  /// asked set's groups chose, so never by the rows it is measured on. Where the first fails and
  /// the second does not, the direction carries over and only its offset does not.
  public record Cell(double auroc, double accuracy, double recalibrated) {}

  /// Means and least values off the diagonal, and the mean of the diagonal.
  public record Summary(double diagonal, double mean, double worst, String worstPair) {}

  /// @throws BadInput for fewer than two sets or sets of different widths
  public static TransferMatrix run(ProbeFamily family, List<DataSet> sets, int folds, Seed seed) {
    check(sets);
    int m = sets.size();
    var cells = new Cell[m][m];
    var probes = new ArrayList<Linear>();
    for (int i = 0; i < m; i++) {
      var own = sets.get(i);
      var cv = nested(family, own, folds, seed);
      probes.add(cv.whole());
      for (int j = 0; j < m; j++) {
        var other = sets.get(j);
        var scores = i == j ? cv.scores() : cv.whole().scores(other.x());
        cells[i][j] = cell(scores, other, seed);
      }
    }
    var leftOut = new Cell[m];
    for (int j = 0; j < m && m > 2; j++) {
      var rest = new ArrayList<>(sets);
      rest.remove(j);
      var probe = nested(family, together(rest), folds, seed).whole();
      leftOut[j] = cell(probe.scores(sets.get(j).x()), sets.get(j), seed);
    }
    return new TransferMatrix(sets.stream().map(DataSet::name).toList(), cells, leftOut, probes);
  }

  private static void check(List<DataSet> sets) {
    if (sets.size() < 2) {
      throw new BadInput("a matrix of transfers needs two data sets or more, here is one");
    }
    for (var set : sets) {
      if (set.x().cols() != sets.getFirst().x().cols()) {
        throw new BadInput(
            "data sets %s and %s have rows of %d and %d numbers; take both from one layer of one model"
                .formatted(
                    sets.getFirst().name(),
                    set.name(),
                    sets.getFirst().x().cols(),
                    set.x().cols()));
      }
    }
  }

  private static NestedCv nested(ProbeFamily family, DataSet set, int folds, Seed seed) {
    var positive = set.labels();
    var split = Folds.grouped(classes(positive), set.groups(), folds, seed);
    return NestedCv.run(family, Basis.of(set.x(), Basis.Scaling.COMMON), positive, split);
  }

  private static dev.sonde.data.Classes classes(boolean[] positive) {
    var index = new int[positive.length];
    for (int i = 0; i < index.length; i++) {
      index[i] = positive[i] ? 1 : 0;
    }
    return dev.sonde.data.Classes.of(List.of("false", "true"), index);
  }

  /// All rows as one set; groups of different sets stay different.
  static DataSet together(List<DataSet> sets) {
    int rows = sets.stream().mapToInt(s -> s.x().rows()).sum();
    int d = sets.getFirst().x().cols();
    var x = new double[Math.multiplyExact(rows, d)];
    var positive = new ArrayList<Boolean>();
    var groups = new ArrayList<String>();
    int at = 0;
    for (int s = 0; s < sets.size(); s++) {
      var set = sets.get(s);
      var own = set.x().toDoubles();
      System.arraycopy(own, 0, x, at, own.length);
      at += own.length;
      positive.addAll(set.positive());
      for (int i = 0; i < set.x().rows(); i++) {
        groups.add(s + " " + set.groups().at(i));
      }
    }
    return new DataSet("all others", Matrix.ofDoubles(rows, d, x), positive, Groups.of(groups));
  }

  private static Cell cell(double[] scores, DataSet set, Seed seed) {
    var positive = set.labels();
    return new Cell(
        Scores.auroc(scores, positive),
        Scores.accuracy(scores, positive),
        Thresholds.recalibrated(
            scores, positive, set.groups(), seed.forPurpose("threshold of " + set.name())));
  }

  public List<String> names() {
    return names;
  }

  /// Trained on set `i`, asked about set `j`.
  public Cell at(int i, int j) {
    return cells[i][j];
  }

  /// Trained on all sets but `j`, asked about `j` (leave one data set out).
  ///
  /// @throws IllegalStateException where there are only two sets
  public Cell leftOut(int j) {
    if (names.size() < 3) {
      throw new IllegalStateException("with two sets, leaving one out is the matrix itself");
    }
    return leftOut[j];
  }

  /// The probe of all rows of a set.
  public Linear probe(int i) {
    return probes.get(i);
  }

  /// Cosines of the directions, `[i][j]`.
  public double[][] cosines() {
    return Directions.cosines(probes.stream().map(Linear::direction).toList());
  }

  public Summary summary(ToDoubleFunction<Cell> measure) {
    double diagonal = 0;
    double sum = 0;
    double worst = Double.POSITIVE_INFINITY;
    var pair = "";
    int m = names.size();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        double value = measure.applyAsDouble(cells[i][j]);
        if (i == j) {
          diagonal += value / m;
        } else {
          sum += value / (m * (m - 1.0));
          if (value < worst) {
            worst = value;
            pair = names.get(i) + " → " + names.get(j);
          }
        }
      }
    }
    return new Summary(diagonal, sum, worst, pair);
  }

  /// The best of the rows that were trained elsewhere, asked about set `j`; for the oracle that
  /// knows `j`, see `at(j, j)`.
  public double bestOther(int j, ToDoubleFunction<Cell> measure) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < names.size(); i++) {
      if (i != j) {
        best = Math.max(best, measure.applyAsDouble(cells[i][j]));
      }
    }
    return best;
  }

  @Override
  public String toString() {
    return "TransferMatrix" + Arrays.toString(names.toArray());
  }
}
