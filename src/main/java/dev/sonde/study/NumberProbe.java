package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.Ridge;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Ridge at one site: everything from one hat matrix a penalty, in closed form and exact.
final class NumberProbe {
  private final double[] y;
  private final Folds folds;
  private final Permutations permutations;
  private final Basis.Scaling scaling;
  private final double[] control;
  private final Folds scattered;

  NumberProbe(
      double[] y,
      Folds folds,
      Permutations permutations,
      Basis.Scaling scaling,
      double[] control,
      Folds scattered) {
    this.y = y;
    this.folds = folds;
    this.permutations = permutations;
    this.scaling = scaling;
    this.control = control;
    this.scattered = scattered;
  }

  /// Predictions of held-out rows; by outer fold the penalty chosen on the inner ones and the
  /// squared error there.
  static final class Cv {
    private final double[] predicted;
    private final double[] chosen;
    private final double[] inner;

    Cv(double[] predicted, double[] chosen, double[] inner) {
      this.predicted = predicted;
      this.chosen = chosen;
      this.inner = inner;
    }

    double[] predicted() {
      return predicted;
    }

    double[] inner() {
      return inner;
    }

    double typical() {
      var sorted = chosen.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }
  }

  /// What came out at a site. `nulls` are R2 under every labelling, the true one first; `control`
  /// and `memorised` those of numbers dealt by group, held out by group and torn apart; `scattered`
  /// that of the true numbers with groups torn apart.
  static final class Found {
    private final Cv cv;
    private final double[] nulls;
    private final double control;
    private final double memorised;
    private final double scattered;
    private final Linear whole;

    Found(Cv cv, double[] nulls, double control, double memorised, double scattered, Linear whole) {
      this.cv = cv;
      this.nulls = nulls;
      this.control = control;
      this.memorised = memorised;
      this.scattered = scattered;
      this.whole = whole;
    }

    Cv cv() {
      return cv;
    }

    double[] nulls() {
      return nulls;
    }

    double control() {
      return control;
    }

    double memorised() {
      return memorised;
    }

    double scattered() {
      return scattered;
    }

    Linear whole() {
      return whole;
    }
  }

  Found run(Matrix x) {
    if (Surface.constant(x)) {
      var nothing = new double[permutations.count() + 1];
      var whole = Linear.of(new double[x.cols()], Arrays.stream(y).average().orElseThrow());
      return new Found(cv(x), nothing, 0, 0, 0, whole);
    }
    var basis = Basis.of(x, scaling);
    var cv = cv(basis);
    double alpha = cv.typical();
    boolean grouped = scattered != folds;
    return new Found(
        cv,
        nulls(basis, alpha),
        held(basis, control, folds, alpha),
        grouped ? held(basis, control, scattered, alpha) : Double.NaN,
        grouped ? held(basis, y, scattered, alpha) : Double.NaN,
        Ridge.fit(basis, y, alpha));
  }

  Cv cv(Matrix x) {
    return cv(x, scaling);
  }

  /// Where every row is the same, only the mean is left.
  Cv cv(Matrix x, Basis.Scaling units) {
    if (Surface.constant(x)) {
      var chosen = new double[folds.count()];
      Arrays.fill(chosen, Ridge.grid().getLast());
      var inner = new double[folds.count()];
      Arrays.fill(inner, Double.POSITIVE_INFINITY);
      return new Cv(Regression.baseline(y, folds), chosen, inner);
    }
    return cv(Basis.of(x, units));
  }

  /// The inner folds of an outer fold are the other outer folds: one fit without both serves twice.
  private Cv cv(Basis basis) {
    int k = folds.count();
    var grid = Ridge.grid();
    var loss = new double[grid.size()][k];
    for (int g = 0; g < grid.size(); g++) {
      inner(basis, grid.get(g), loss[g]);
    }
    var predicted = new double[y.length];
    var chosen = new double[k];
    var inner = new double[k];
    for (int f = 0; f < k; f++) {
      int fold = f;
      int best =
          IntStream.range(0, grid.size())
              .reduce((a, b) -> loss[b][fold] < loss[a][fold] ? b : a)
              .orElseThrow();
      chosen[f] = grid.get(best);
      inner[f] = loss[best][f];
    }
    for (double alpha : Arrays.stream(chosen).distinct().toArray()) {
      var all = Ridge.heldOut(basis, y, folds.parts(), alpha);
      for (int f = 0; f < k; f++) {
        if (chosen[f] == alpha) {
          put(all[f], folds.rows(f), predicted);
        }
      }
    }
    return new Cv(predicted, chosen, inner);
  }

  private void inner(Basis basis, double alpha, double[] loss) {
    int k = folds.count();
    var pairs =
        IntStream.range(0, k)
            .boxed()
            .flatMap(a -> IntStream.range(a + 1, k).mapToObj(b -> List.of(a, b)))
            .toList();
    var parts =
        pairs.stream()
            .map(p ->
                IntStream.concat(
                        Arrays.stream(folds.rows(p.getFirst())),
                        Arrays.stream(folds.rows(p.getLast())))
                    .toArray())
            .toArray(int[][]::new);
    var predicted = Ridge.heldOut(basis, y, parts, alpha);
    for (int p = 0; p < parts.length; p++) {
      for (int i = 0; i < parts[p].length; i++) {
        int row = parts[p][i];
        int other =
            folds.at(row) == pairs.get(p).getFirst()
                ? pairs.get(p).getLast()
                : pairs.get(p).getFirst();
        loss[other] += (predicted[p][i] - y[row]) * (predicted[p][i] - y[row]);
      }
    }
  }

  private double held(Basis basis, double[] target, Folds split, double alpha) {
    var predicted = new double[target.length];
    var all = Ridge.heldOut(basis, target, split.parts(), alpha);
    for (int f = 0; f < split.count(); f++) {
      put(all[f], split.rows(f), predicted);
    }
    return Regression.r2(target, predicted, split);
  }

  private static void put(double[] values, int[] rows, double[] out) {
    for (int i = 0; i < rows.length; i++) {
      out[rows[i]] = values[i];
    }
  }

  private double[] nulls(Basis basis, double alpha) {
    int n = y.length;
    var targets = permutations.labels();
    var out = Ridge.heldOutSquares(basis, targets, folds.parts(), alpha);
    for (int b = 0; b < out.length; b++) {
      var dealt = Arrays.copyOfRange(targets, b * n, (b + 1) * n);
      var total = Regression.squares(dealt, Regression.baseline(dealt, folds));
      out[b] = 1 - out[b] / Arrays.stream(total).sum();
    }
    return out;
  }
}
