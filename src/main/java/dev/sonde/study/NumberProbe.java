package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.HeldOut;
import dev.sonde.probe.Linear;
import dev.sonde.probe.Ridge;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Ridge at one site: everything from one fit a penalty, in closed form and exact ([HeldOut]).
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
    var heldOut = HeldOut.of(basis, folds.parts());
    var cv = cv(heldOut);
    double alpha = cv.typical();
    boolean grouped = scattered != folds;
    var torn = grouped ? HeldOut.of(basis, scattered.parts()) : heldOut;
    return new Found(
        cv,
        nulls(heldOut, alpha),
        held(heldOut, control, folds, alpha),
        grouped ? held(torn, control, scattered, alpha) : Double.NaN,
        grouped ? held(torn, y, scattered, alpha) : Double.NaN,
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
    return cv(HeldOut.of(Basis.of(x, units), folds.parts()));
  }

  /// The inner folds of an outer fold are the other outer folds: one fit without both serves twice.
  private Cv cv(HeldOut heldOut) {
    int k = folds.count();
    var grid = Ridge.grid();
    var loss = new double[grid.size()][k];
    for (int g = 0; g < grid.size(); g++) {
      inner(heldOut, grid.get(g), loss[g]);
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
      var all = heldOut.predicted(y, alpha, each(folds));
      for (int f = 0; f < k; f++) {
        if (chosen[f] == alpha) {
          put(all[f], folds.rows(f), predicted);
        }
      }
    }
    return new Cv(predicted, chosen, inner);
  }

  private void inner(HeldOut heldOut, double alpha, double[] loss) {
    int k = folds.count();
    var pairs =
        IntStream.range(0, k)
            .boxed()
            .flatMap(a -> IntStream.range(a + 1, k).mapToObj(b -> new int[] {a, b}))
            .toArray(int[][]::new);
    var predicted = heldOut.predicted(y, alpha, pairs);
    for (int p = 0; p < pairs.length; p++) {
      var rows =
          IntStream.concat(
                  Arrays.stream(folds.rows(pairs[p][0])), Arrays.stream(folds.rows(pairs[p][1])))
              .toArray();
      for (int i = 0; i < rows.length; i++) {
        int other = folds.at(rows[i]) == pairs[p][0] ? pairs[p][1] : pairs[p][0];
        double error = predicted[p][i] - y[rows[i]];
        loss[other] += error * error;
      }
    }
  }

  private static int[][] each(Folds split) {
    return IntStream.range(0, split.count())
        .mapToObj(f -> new int[] {f})
        .toArray(int[][]::new);
  }

  private static double held(HeldOut heldOut, double[] target, Folds split, double alpha) {
    var predicted = new double[target.length];
    var all = heldOut.predicted(target, alpha, each(split));
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

  private double[] nulls(HeldOut heldOut, double alpha) {
    int count = permutations.count() + 1;
    var out = heldOut.squares(permutations::values, count, alpha);
    for (int b = 0; b < count; b++) {
      var dealt = permutations.values(b);
      var total = Regression.squares(dealt, Regression.baseline(dealt, folds));
      out[b] = 1 - out[b] / Arrays.stream(total).sum();
    }
    return out;
  }
}
