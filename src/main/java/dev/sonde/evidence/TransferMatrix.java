package dev.sonde.evidence;

import dev.sonde.data.Classes;
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
import java.util.stream.IntStream;

/// Trained on one data set, asked about another: every pair.
///
/// One split of all groups serves every set: a row is only ever scored by a probe that saw no row
/// of its group, in whatever set. So the diagonal is cross-validation, and two sets about the same
/// entities (cities, and the same cities negated) cannot help each other by their entities. A
/// direction that is what its labels say reads all sets; one that is something else fails off the
/// diagonal, first on negations (Marks and Tegmark 2023; Levinstein and Herrmann 2024).
public final class TransferMatrix {
  private final List<DataSet> sets;
  private final Seed seed;
  private final Folds folds;
  private final int[] starts;
  private final Cell[][] cells;
  private final Cell[] leftOut;
  private final List<Linear> probes = new ArrayList<>();
  private final double[] inner;
  private final ProbeFamily family;

  /// A data set: rows of one width in all sets, labels, and the name of each row's group (the same
  /// name in two sets is the same group).
  public record DataSet(String name, Matrix x, List<Boolean> positive, List<String> groups) {
    public DataSet {
      positive = List.copyOf(positive);
      groups = List.copyOf(groups);
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

  private TransferMatrix(ProbeFamily family, List<DataSet> sets, int count, Seed seed) {
    this.family = family;
    this.sets = List.copyOf(sets);
    this.seed = seed;
    int m = sets.size();
    cells = new Cell[m][m];
    leftOut = new Cell[m];
    inner = new double[m];
    starts = new int[m + 1];
    var names = new ArrayList<String>();
    var kinds = new ArrayList<String>();
    for (int s = 0; s < m; s++) {
      var set = sets.get(s);
      starts[s + 1] = starts[s] + set.x().rows();
      names.addAll(set.groups());
      for (boolean p : set.positive()) {
        kinds.add(s + (p ? "+" : "-"));
      }
    }
    folds = Folds.grouped(Classes.of(kinds), Groups.of(names), count, seed);
  }

  /// @throws BadInput for fewer than two sets or sets of different widths
  public static TransferMatrix run(ProbeFamily family, List<DataSet> sets, int folds, Seed seed) {
    var out = pairs(family, sets, folds, seed);
    for (int j = 0; j < sets.size() && sets.size() > 2; j++) {
      int left = j;
      var rest = IntStream.range(0, sets.size()).filter(s -> s != left).boxed().toList();
      out.leftOut[j] = out.ask(out.trained(rest), j);
    }
    return out;
  }

  /// Every pair, but none left out: enough to see where in a network transfer happens.
  public static TransferMatrix pairs(ProbeFamily family, List<DataSet> sets, int folds, Seed seed) {
    check(sets);
    var out = new TransferMatrix(family, sets, folds, seed);
    out.askAll();
    return out;
  }

  private void askAll() {
    for (int i = 0; i < sets.size(); i++) {
      var cv = trained(List.of(i));
      probes.add(cv.whole());
      for (int k = 0; k < folds.count(); k++) {
        inner[i] += cv.inner(k) / folds.count();
      }
      for (int j = 0; j < sets.size(); j++) {
        cells[i][j] = ask(cv, j);
      }
    }
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

  /// Nested cross-validation on the rows of some sets together, with the folds that all share.
  private NestedCv trained(List<Integer> members) {
    int d = sets.getFirst().x().cols();
    var rows =
        members.stream().flatMapToInt(s -> IntStream.range(starts[s], starts[s + 1])).toArray();
    var x = new double[Math.multiplyExact(rows.length, d)];
    var positive = new boolean[rows.length];
    int at = 0;
    for (int s : members) {
      var own = sets.get(s).x().toDoubles();
      System.arraycopy(own, 0, x, at * d, own.length);
      System.arraycopy(sets.get(s).labels(), 0, positive, at, sets.get(s).x().rows());
      at += sets.get(s).x().rows();
    }
    var basis = Basis.of(Matrix.ofDoubles(rows.length, d, x), Basis.Scaling.COMMON);
    return NestedCv.keeping(family, basis, positive, folds.select(rows));
  }

  /// Every row of a set by the probe that did not see the row's fold.
  private Cell ask(NestedCv trained, int j) {
    var set = sets.get(j);
    var scores = new double[set.x().rows()];
    var own = folds.select(IntStream.range(starts[j], starts[j + 1]).toArray());
    for (int k = 0; k < folds.count(); k++) {
      var rows = own.rows(k);
      if (rows.length > 0) {
        var found = trained.without(k).scores(set.x().select(rows));
        for (int i = 0; i < rows.length; i++) {
          scores[rows[i]] = found[i];
        }
      }
    }
    var positive = set.labels();
    var threshold = seed.forPurpose("threshold of " + set.name());
    return new Cell(
        Scores.auroc(scores, positive),
        Scores.accuracy(scores, positive),
        Thresholds.recalibrated(scores, positive, Groups.of(set.groups()), threshold));
  }

  public List<String> names() {
    return sets.stream().map(DataSet::name).toList();
  }

  /// Trained on set `i`, asked about set `j`.
  public Cell at(int i, int j) {
    return cells[i][j];
  }

  /// Trained on all sets but `j`, asked about `j` (leave one data set out).
  ///
  /// @throws IllegalStateException where there are only two sets
  public Cell leftOut(int j) {
    if (sets.size() < 3) {
      throw new IllegalStateException("with two sets, leaving one out is the matrix itself");
    }
    return leftOut[j];
  }

  /// Trained on some sets together, asked about every set. Runs now.
  public List<Cell> together(List<Integer> members) {
    var cv = trained(members);
    return IntStream.range(0, sets.size()).mapToObj(j -> ask(cv, j)).toList();
  }

  /// The accuracy on inner folds of a set trained by itself: what a layer may be chosen by.
  public double inner(int i) {
    return inner[i];
  }

  /// The share of a set's groups that another set has too.
  public double shared(int i, int j) {
    var other = new java.util.HashSet<>(sets.get(i).groups());
    var own = new java.util.HashSet<>(sets.get(j).groups());
    double count = own.size();
    own.retainAll(other);
    return own.size() / count;
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
    int m = sets.size();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        double value = measure.applyAsDouble(cells[i][j]);
        if (i == j) {
          diagonal += value / m;
        } else {
          sum += value / (m * (m - 1.0));
          if (value < worst) {
            worst = value;
            pair = sets.get(i).name() + " → " + sets.get(j).name();
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
    for (int i = 0; i < sets.size(); i++) {
      if (i != j) {
        best = Math.max(best, measure.applyAsDouble(cells[i][j]));
      }
    }
    return best;
  }

  @Override
  public String toString() {
    return "TransferMatrix" + Arrays.toString(names().toArray());
  }
}
