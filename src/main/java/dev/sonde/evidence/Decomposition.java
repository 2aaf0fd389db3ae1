package dev.sonde.evidence;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Whether what a layer holds of two factors together is the sum of what it holds of each: scores
/// across splits ([Composition]) and, held out, the likelihood of the joint probe beside that of
/// the two single ones.
///
/// `interaction` is empty if it was not asked for: it needs softmax probes of every joint value,
/// which cost far more than the rest.
public record Decomposition(
    Composition composition, Optional<Composition.Interaction> interaction) {

  /// How it is measured: the penalty of ridge (rows at a mean squared length of their width), ways
  /// to cut into thirds, folds of the likelihoods, draws of their interval.
  public record Settings(double alpha, int splits, int folds, int draws, boolean likelihood) {
    public static final Settings DEFAULT = new Settings(30, 4, 3, 2000, true);

    public Settings {
      if (!(alpha > 0) || splits < 1 || folds < 2 || draws < 100) {
        throw new BadInput(
            "a decomposition takes an alpha above 0, a split, two folds and 100 draws or more");
      }
    }
  }

  /// @throws BadInput if a factor has one value only, or joint values are too rare
  public static Decomposition of(
      Matrix x, Classes first, Classes second, Groups groups, Settings settings, Seed seed) {
    if (first.names().size() < 2 || second.names().size() < 2) {
      throw new BadInput("a factor has two values or more; with one there is nothing to compose");
    }
    var factors =
        Factors.of(first.toArray(), second.toArray(), first.names().size(), second.names().size());
    var composition = Composition.of(x, factors, groups, settings.alpha(), settings.splits(), seed);
    if (!settings.likelihood()) {
      return new Decomposition(composition, Optional.empty());
    }
    var joint = joint(first, second);
    var folds = Folds.grouped(joint, groups, settings.folds(), seed);
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    return new Decomposition(
        composition,
        Optional.of(
            Composition.interaction(
                heldOut(basis, joint, groups, folds, seed),
                heldOut(basis, first, groups, folds, seed),
                heldOut(basis, second, groups, folds, seed),
                groups,
                settings.draws(),
                seed)));
  }

  /// The joint values that occur.
  private static Classes joint(Classes first, Classes second) {
    var names = new ArrayList<String>();
    for (int i = 0; i < first.size(); i++) {
      names.add(first.names().get(first.at(i)) + " " + second.names().get(second.at(i)));
    }
    return Classes.of(names);
  }

  /// The log-probability of every row's true value by a probe that saw neither it nor its group.
  private static double[] heldOut(
      Basis basis, Classes labels, Groups groups, Folds folds, Seed seed) {
    var model = LinearModel.choosing(basis, labels, groups, seed);
    var out = new double[labels.size()];
    for (int k = 0; k < folds.count(); k++) {
      var in = folds.without(k);
      var train = IntStream.range(0, in.length).filter(i -> in[i]).toArray();
      var test = folds.rows(k);
      var answers = model.logProbabilities(train, test);
      for (int i = 0; i < test.length; i++) {
        out[test[i]] = answers[i][labels.at(test[i])];
      }
    }
    return out;
  }

  /// Weights that were made elsewhere: a joint direction, the rows of the two single ones that it
  /// is set beside, and what comes of it. `mispaired` is R² on the next row of either.
  public record Cell(int joint, int first, int second, WeightSum sum, double mispaired) {}

  /// `interaction` is the share of the joint directions' squared length about their mean that
  /// neither factor's part explains (sum-to-zero coding), for a full grid; empty otherwise.
  public record OfWeights(List<Cell> cells, Optional<Double> interaction) {
    public OfWeights {
      cells = List.copyOf(cells);
    }
  }

  /// Joint directions `K x d` as sums of single ones `T x d` and `C x d`. `pairs` says for every
  /// joint row which of either belong to it; empty, K = T C joint rows go through the second factor
  /// first (row t C + c).
  ///
  /// @throws BadInput if widths differ, rows do not fit, or a direction is 0 everywhere
  public static OfWeights ofWeights(Matrix joint, Matrix first, Matrix second, List<int[]> pairs) {
    if (joint.cols() != first.cols() || joint.cols() != second.cols()) {
      throw new BadInput(
          "directions are of one space, but the joint ones have %d numbers, the first %d, the second %d"
              .formatted(joint.cols(), first.cols(), second.cols()));
    }
    int t = first.rows();
    int c = second.rows();
    boolean grid = pairs.isEmpty();
    if (grid ? joint.rows() != t * c : pairs.size() != joint.rows()) {
      throw new BadInput(
          grid
              ? "%d joint directions are not %d x %d; say which single ones belong to each with --pairs (joint rows x 2)"
                  .formatted(joint.rows(), t, c)
              : "%d joint directions need a pair each, here are %d"
                  .formatted(joint.rows(), pairs.size()));
    }
    var cells = new ArrayList<Cell>();
    for (int k = 0; k < joint.rows(); k++) {
      int a = grid ? k / c : pairs.get(k)[0];
      int b = grid ? k % c : pairs.get(k)[1];
      if (a < 0 || a >= t || b < 0 || b >= c) {
        throw new BadInput(
            "pair %d is (%d, %d), but there are %d first and %d second directions (from 0)"
                .formatted(k, a, b, t, c));
      }
      var sum = sum(joint.row(k), first.row(a), second.row(b), k);
      var other = sum(joint.row(k), first.row((a + 1) % t), second.row((b + 1) % c), k);
      cells.add(new Cell(k, a, b, sum, other.r2()));
    }
    return new OfWeights(
        cells, grid && t > 1 && c > 1 ? Optional.of(share(joint, t, c)) : Optional.empty());
  }

  private static WeightSum sum(double[] joint, double[] first, double[] second, int row) {
    for (var w : List.of(joint, first, second)) {
      if (!Arrays.stream(w).allMatch(Double::isFinite) || Arrays.stream(w).allMatch(v -> v == 0)) {
        throw new BadInput(
            "joint row %d or a single one of its pair is 0 everywhere or not finite; such a direction has no cosine"
                .formatted(row));
      }
    }
    return WeightSum.of(joint, first, second);
  }

  private static double share(Matrix joint, int t, int c) {
    var weights = new double[t][c][];
    for (int k = 0; k < t * c; k++) {
      weights[k / c][k % c] = joint.row(k);
    }
    double rest = 0;
    for (var row : Composition.interactionWeights(weights)) {
      for (var w : row) {
        rest += Arrays.stream(w).map(v -> v * v).sum();
      }
    }
    double all = 0;
    var rows = IntStream.range(0, t * c).mapToObj(joint::row).toArray(double[][]::new);
    for (var w : Composition.centred(rows)) {
      all += Arrays.stream(w).map(v -> v * v).sum();
    }
    return rest / all;
  }
}
