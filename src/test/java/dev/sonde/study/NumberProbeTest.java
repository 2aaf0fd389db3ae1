package dev.sonde.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Ridge;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Ridge at a site: the closed form against refits, and its opposite, numbers that are not there.
final class NumberProbeTest {
  private static final int N = 90;
  private static final int D = 8;

  private record Case(Matrix x, Numbers numbers, Folds folds, Groups groups, NumberProbe probe) {
    double y(int row) {
      return numbers.at(row);
    }
  }

  private static Case make(long seed, double signal) {
    var random = new Seed(seed).generator();
    var x = new double[N * D];
    var y = new double[N];
    Arrays.setAll(x, i -> random.nextGaussian());
    for (int i = 0; i < N; i++) {
      y[i] = signal * (x[i * D] - 2 * x[i * D + 3]) + random.nextGaussian();
    }
    var groups = Groups.of(IntStream.range(0, N).mapToObj(i -> "g" + i % 30).toList());
    var folds = Folds.grouped(Numbers.of(y), groups, 5, new Seed(seed));
    var dealt = Permutations.of(y, groups, folds, 99, new Seed(seed));
    var control = ControlTask.numbers(groups, y, new Seed(seed));
    var torn = Folds.random(Numbers.of(y), 5, new Seed(seed));
    var probe = new NumberProbe(y, folds, dealt, Basis.Scaling.NONE, control, torn);
    return new Case(Matrix.ofDoubles(N, D, x), Numbers.of(y), folds, groups, probe);
  }

  @Test
  void closedFormEqualsRefitsWithThePenaltyChosenInside() {
    var c = make(5, 1);
    var found = c.probe.cv(c.x).predicted();
    for (int k = 0; k < 5; k++) {
      double best = Double.POSITIVE_INFINITY;
      double chosen = 0;
      for (double alpha : Ridge.grid()) {
        double loss = 0;
        for (int j = 0; j < 5; j++) {
          loss += j == k ? 0 : loss(c, c.folds.without(k, j), c.folds.rows(j), alpha);
        }
        chosen = loss < best ? alpha : chosen;
        best = Math.min(loss, best);
      }
      var refit = refit(c, c.folds.without(k), c.folds.rows(k), chosen);
      int[] rows = c.folds.rows(k);
      for (int i = 0; i < rows.length; i++) {
        assertThat(found[rows[i]]).isCloseTo(refit[i], within(1e-8));
      }
    }
    assertThat(Regression.r2(c.numbers.toArray(), found, c.folds)).isGreaterThan(0.6);
  }

  private static double loss(Case c, boolean[] train, int[] rows, double alpha) {
    var predicted = refit(c, train, rows, alpha);
    return IntStream.range(0, rows.length)
        .mapToDouble(i -> Math.pow(predicted[i] - c.y(rows[i]), 2))
        .sum();
  }

  private static double[] refit(Case c, boolean[] train, int[] rows, double alpha) {
    int[] kept = IntStream.range(0, N).filter(i -> train[i]).toArray();
    var x = new double[kept.length * D];
    for (int i = 0; i < x.length; i++) {
      x[i] = c.x.at(kept[i / D], i % D);
    }
    var basis = Basis.of(Matrix.ofDoubles(kept.length, D, x), Basis.Scaling.NONE);
    var y = Arrays.stream(kept).mapToDouble(i -> c.y(i)).toArray();
    var scores = Ridge.fit(basis, y, alpha).scores(c.x);
    return Arrays.stream(rows).mapToDouble(i -> scores[i]).toArray();
  }

  /// What is there stands above its null, and what is not does not.
  @Test
  void theNullHoldsWhatIsNotThere() {
    var there = make(6, 1).probe.run(make(6, 1).x).nulls();
    assertThat(Permutations.pValue(there[0], tail(there))).isEqualTo(0.01);
    int seen = 0;
    for (long seed = 0; seed < 20; seed++) {
      var c = make(100 + seed, 0);
      var nulls = c.probe.run(c.x).nulls();
      seen += Permutations.pValue(nulls[0], tail(nulls)) <= 0.05 ? 1 : 0;
    }
    assertThat(seen).isLessThanOrEqualTo(4);
  }

  /// Numbers that are the same within groups are dealt between groups, or the null would keep them.
  @Test
  void numbersOfGroupsAreDealtBetweenGroups() {
    var c = make(7, 1);
    var y = new double[N];
    Arrays.setAll(y, i -> c.groups.at(i) + 0.01 * c.y(i));
    var between = Permutations.of(y, c.groups, c.folds, 19, new Seed(1));
    assertThat(between.scheme()).startsWith("whole groups");
    var inside = Permutations.of(c.numbers.toArray(), c.groups, c.folds, 19, new Seed(1));
    assertThat(inside.scheme()).isEqualTo("within groups");
  }

  @Test
  void measuresByHand() {
    double[] y = {1, 2, 3, 4, 10, 12};
    double[] turned = {6, 5, 4, 3, 2, 2};
    assertThat(Regression.spearman(y, y)).isEqualTo(1);
    assertThat(Regression.spearman(y, turned)).isCloseTo(-0.985611, within(1e-6));
    var folds = Folds.grouped(Numbers.of(y), Groups.single(6), 3, new Seed(1));
    assertThat(Regression.r2(y, Regression.baseline(y, folds), folds)).isZero();
    assertThat(Regression.r2(y, y, folds)).isEqualTo(1);
  }

  private static double[] tail(double[] nulls) {
    return Arrays.copyOfRange(nulls, 1, nulls.length);
  }
}
