package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A few neurons (AT-24): the planted one is found, and the best of many that say nothing is known
/// for what it is.
final class SparseTest {
  private static Samples planted(int n, int d, int neuron, double gap, long seed) {
    var random = new Seed(seed).forPurpose("neurons").generator();
    var y = new int[n];
    var rows = new double[n][];
    for (int i = 0; i < n; i++) {
      y[i] = random.nextInt(2);
      rows[i] = Planted.noise(d, 1, random);
      rows[i][neuron] += gap * y[i];
    }
    return Samples.of(Planted.matrix(rows), Planted.classes(n, i -> y[i]));
  }

  private static boolean[] labels(Samples samples) {
    return ProbeFamily.positives((dev.sonde.data.Classes) samples.y());
  }

  /// AT-24: 100 of 100 seeds at a gap of three.
  @Test
  void thePlantedNeuronIsFound() {
    for (int seed = 0; seed < 100; seed++) {
      int neuron = seed * 5 % 128;
      var samples = planted(200, 128, neuron, 3, seed);
      for (var ranking :
          List.of(
              Neurons.Ranking.MEAN_DIFFERENCE,
              Neurons.Ranking.F_STATISTIC,
              Neurons.Ranking.STEPWISE)) {
        assertThat(Neurons.best(samples.x(), labels(samples), ranking, 1)).containsExactly(neuron);
      }
    }
    var samples = planted(200, 64, 7, 3, 1);
    assertThat(Neurons.best(samples.x(), labels(samples), Neurons.Ranking.LASSO, 1))
        .containsExactly(7);
    var probe =
        new Sparse(1, Neurons.Ranking.MEAN_DIFFERENCE).fit(samples, Basis.Scaling.COMMON, 1);
    assertThat(Sparse.read(probe)).containsExactly(7);
    assertThat(Planted.accuracy(probe.scores(samples.x()), samples)).isGreaterThan(0.88);
  }

  /// AT-24, the opposite: 512 neurons of noise. The best looks like something on the rows it was
  /// chosen on, is nothing on others, and no more than chance allows.
  @Test
  void theBestOfManyIsChance() {
    double train = 0;
    double test = 0;
    int seeds = 6;
    for (int seed = 0; seed < seeds; seed++) {
      var all = planted(1300, 512, 0, 0, seed);
      var chosen = all.select(IntStream.range(0, 300).toArray());
      var others = all.select(IntStream.range(300, 1300).toArray());
      var best = Neurons.bestAgainstChance(chosen.x(), labels(chosen), 99, new Seed(seed));
      assertThat(best.chance95()).isBetween(0.6, 0.65);
      assertThat(best.p()).isGreaterThan(0.01);
      train += best.auroc() / seeds;
      var probe = new Sparse(1, Neurons.Ranking.F_STATISTIC).fit(chosen, Basis.Scaling.COMMON, 1);
      test += Planted.auroc(probe.scores(others.x()), others) / seeds;
    }
    assertThat(train).isCloseTo(.606, within(.02));
    assertThat(test).isCloseTo(.499, within(.03));
    var real = planted(300, 512, 9, 1.5, 3);
    var found = Neurons.bestAgainstChance(real.x(), labels(real), 99, new Seed(1));
    assertThat(found.neuron()).isEqualTo(9);
    assertThat(found.p()).isEqualTo(0.01);
  }

  /// Features are chosen on the training rows of each task: rows left out do not matter.
  @Test
  void rowsLeftOutAreNotLookedAt() {
    var samples = planted(120, 30, 4, 1, 5);
    var positive = labels(samples);
    var train = new boolean[120];
    Arrays.fill(train, 0, 80, true);
    var turned = positive.clone();
    for (int i = 80; i < 120; i++) {
      turned[i] = !turned[i];
    }
    var basis = Basis.of(samples.x(), Basis.Scaling.COMMON);
    for (var ranking : Neurons.Ranking.values()) {
      var family = new Sparse(3, ranking);
      var both =
          family.solve(
              basis, List.of(Task.of(positive, train, 1), Task.of(turned, train, 1)), true);
      assertThat(both.probe(0)).isEqualTo(both.probe(1));
      assertThat(Sparse.read(both.probe(0))).hasSize(3);
    }
  }

  /// Forward selection is that of least squares done the slow way, and skips a copy of a neuron.
  @Test
  void stepwiseIsLeastSquares() {
    var samples = planted(150, 12, 3, 1.5, 6);
    var rows = new double[150][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOf(samples.x().row(i), 13);
      rows[i][12] = rows[i][3];
    }
    var x = Planted.matrix(rows);
    var positive = labels(samples);
    var chosen = Neurons.best(x, positive, Neurons.Ranking.STEPWISE, 4);
    // the neuron or its copy, never both
    assertThat(chosen[0]).isIn(3, 12);
    assertThat(Arrays.stream(chosen).filter(j -> j == 3 || j == 12).count()).isEqualTo(1);
    for (int step = 1; step <= 4; step++) {
      int[] before = Arrays.copyOf(chosen, step - 1);
      double own = residual(rows, positive, Arrays.copyOf(chosen, step));
      for (int j = 0; j < 12; j++) {
        int id = j;
        if (Arrays.stream(before).noneMatch(t -> t == id)) {
          var other = Arrays.copyOf(before, step);
          other[step - 1] = j;
          assertThat(residual(rows, positive, other)).isGreaterThanOrEqualTo(own - 1e-9);
        }
      }
    }
  }

  private static double residual(double[][] rows, boolean[] positive, int[] chosen) {
    var y = new double[rows.length];
    var some = new double[rows.length][chosen.length];
    for (int i = 0; i < rows.length; i++) {
      y[i] = positive[i] ? 1 : 0;
      for (int f = 0; f < chosen.length; f++) {
        some[i][f] = rows[i][chosen[f]];
      }
    }
    var x = Planted.matrix(some);
    var fit = Ridge.fit(Basis.of(x, Basis.Scaling.NONE), y, 1e-9).scores(x);
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += Math.pow(y[i] - fit[i], 2);
    }
    return sum;
  }

  /// Moving any weight makes it worse; a strong enough penalty leaves none.
  @Test
  void lassoIsAtItsOptimum() {
    var fit = Lasso.fit(Golden.rows(), Golden.positive(), 0.1);
    assertThat(fit.violation()).isLessThan(1e-7);
    assertThat(Arrays.stream(fit.sizes()).filter(w -> w > 0).count()).isBetween(1L, 4L);
    double here = objective(fit.weights(), fit.intercept());
    var w = fit.weights();
    for (int j = 0; j < w.length; j++) {
      for (double by : new double[] {-1e-3, 1e-3}) {
        var moved = w.clone();
        moved[j] += by;
        assertThat(objective(moved, fit.intercept())).isGreaterThan(here);
      }
    }
    assertThat(Lasso.fit(Golden.rows(), Golden.positive(), 1e-3).sizes()).containsOnly(0);
  }

  private static double objective(double[] w, double b) {
    var x = Golden.rows();
    double loss = 0;
    var scores = new double[Golden.N];
    Arrays.fill(scores, b);
    for (int j = 0; j < Golden.D; j++) {
      double mean = 0;
      double square = 0;
      for (int i = 0; i < Golden.N; i++) {
        mean += x.at(i, j) / Golden.N;
      }
      for (int i = 0; i < Golden.N; i++) {
        square += Math.pow(x.at(i, j) - mean, 2) / Golden.N;
      }
      for (int i = 0; i < Golden.N; i++) {
        scores[i] += w[j] * (x.at(i, j) - mean) / Math.sqrt(square);
      }
    }
    for (int i = 0; i < Golden.N; i++) {
      loss += Math.log1p(Math.exp(Golden.positive()[i] ? -scores[i] : scores[i]));
    }
    return 0.1 * loss + Arrays.stream(w).map(Math::abs).sum();
  }

  @Test
  void moreNeuronsThanThereAreIsRefused() {
    assertThatThrownBy(() ->
            Neurons.best(Golden.rows(), Golden.positive(), Neurons.Ranking.MEAN_DIFFERENCE, 9))
        .isInstanceOf(BadInput.class);
  }
}
