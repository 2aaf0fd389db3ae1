package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Laws of the batched solver (AT-3, AT-64) on random problems, more rows than features and fewer.
final class LogisticSolverTest {
  @ParameterizedTest(name = "n={0} d={1} seed={2}")
  @CsvSource({"120, 30, 1", "60, 100, 2", "200, 64, 3"})
  void batchIsTheSameAsOneByOne(int n, int d, long seed) {
    var random = new Seed(seed).forPurpose("solver").generator();
    var x = gaussian(n, d, random);
    var tasks = tasks(n, random);
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var batch = LogisticSolver.solve(basis, tasks, LogisticSolver.Settings.EXACT);
    for (int j = 0; j < tasks.size(); j++) {
      assertThat(batch.converged(j)).isTrue();
      var single = List.of(tasks.get(j));
      var alone = LogisticSolver.solve(basis, single, LogisticSolver.Settings.EXACT).probe(0);
      var exact = newton(x, tasks.get(j));
      var found = batch.probe(j);
      double size = largest(exact, new double[d]);
      assertThat(largest(found.direction(), exact) / size).isLessThan(1e-5);
      assertThat(largest(found.direction(), alone.direction()) / size).isLessThan(1e-10);
      assertThat(gradient(x, found, tasks.get(j), basis)).isLessThan(1e-8);
    }
  }

  /// Tasks that learn from few rows are solved over those rows alone: the same probe and, at rows
  /// that nobody learns from, the same scores. Among many others or alone.
  @Test
  void rowsThatNobodyLearnsFromAreSparedAndScored() {
    var random = new Seed(4).forPurpose("solver").generator();
    int n = 160;
    var x = gaussian(n, 90, random);
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var positive = new boolean[n];
    var few = new boolean[n];
    for (int i = 0; i < n; i++) {
      positive[i] = x.at(i, 0) + random.nextGaussian() > 0;
      few[i] = i % 5 == 0;
    }
    var small = Task.of(positive, few, 0.1);
    var all = new boolean[n];
    java.util.Arrays.fill(all, true);
    var solution =
        LogisticSolver.solve(
            basis, List.of(Task.of(positive, all, 0.1), small), LogisticSolver.Settings.EXACT);
    var exact = newton(x, small);
    var probe = solution.probe(1);
    assertThat(largest(probe.direction(), exact) / largest(exact, new double[90])).isLessThan(1e-5);
    var scores = probe.scores(x);
    for (int i = 0; i < n; i++) {
      assertThat(solution.scores(1)[i]).isCloseTo(scores[i], within(1e-8));
    }
    // the rows left out do count for a task that learns from them
    assertThat(largest(solution.probe(0).direction(), exact) / largest(exact, new double[90]))
        .isGreaterThan(1e-2);
  }

  /// The optimum by plain Newton steps in the raw coordinates: the textbook, one problem at a time.
  private static double[] newton(Matrix x, Task task) {
    int d = x.cols();
    double scale2 = commonScale2(x);
    var beta = new double[d + 1];
    for (int step = 0; step < 40; step++) {
      var h = new double[d + 1][d + 2];
      for (int k = 0; k < d; k++) {
        h[k][k] = scale2;
        h[k][d + 1] = scale2 * beta[k];
      }
      for (int i = 0; i < x.rows(); i++) {
        double f = beta[d];
        for (int k = 0; k < d; k++) {
          f += beta[k] * x.at(i, k);
        }
        double p = 1 / (1 + Math.exp(-f));
        double curvature = task.c() * task.weight(i) * p * (1 - p);
        double error = task.c() * task.weight(i) * (p - task.target(i));
        for (int k = 0; k <= d; k++) {
          double xk = k < d ? x.at(i, k) : 1;
          h[k][d + 1] += error * xk;
          for (int l = 0; l <= d; l++) {
            h[k][l] += curvature * xk * (l < d ? x.at(i, l) : 1);
          }
        }
      }
      eliminate(h);
      // half steps first: far from the optimum a whole one may go too far
      double length = step < 12 ? 0.5 : 1;
      for (int k = 0; k <= d; k++) {
        beta[k] -= length * h[k][d + 1];
      }
    }
    return Arrays.copyOf(beta, d);
  }

  /// Gauss and Jordan on a positive definite system, its right-hand side in the last column.
  private static void eliminate(double[][] a) {
    int n = a.length;
    for (int k = 0; k < n; k++) {
      for (int i = 0; i < n; i++) {
        double factor = a[i][k] / a[k][k];
        for (int j = k; i != k && j <= n; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    for (int k = 0; k < n; k++) {
      a[k][n] /= a[k][k];
    }
  }

  /// The largest entry of the gradient of the raw problem, over C n; computed here from the
  /// definition. The common scale turns C into C / scale^2.
  private static double gradient(Matrix x, Linear probe, Task task, Basis basis) {
    double scale2 = commonScale2(x);
    var scores = probe.scores(x);
    double most = 0;
    for (int k = -1; k < x.cols(); k++) {
      double g = k < 0 ? 0 : probe.direction()[k] * scale2;
      for (int i = 0; i < basis.rows(); i++) {
        double p = 1 / (1 + Math.exp(-scores[i]));
        g += task.c() * task.weight(i) * (p - task.target(i)) * (k < 0 ? 1 : x.at(i, k));
      }
      most = Math.max(most, Math.abs(g) / (task.c() * task.trained()));
    }
    return most;
  }

  private static double commonScale2(Matrix x) {
    double total = 0;
    for (int k = 0; k < x.cols(); k++) {
      double mean = 0;
      for (int i = 0; i < x.rows(); i++) {
        mean += x.at(i, k) / x.rows();
      }
      for (int i = 0; i < x.rows(); i++) {
        total += Math.pow(x.at(i, k) - mean, 2);
      }
    }
    return total / x.rows() / x.cols();
  }

  private static List<Task> tasks(int n, SplittableRandom random) {
    var tasks = new ArrayList<Task>();
    for (double c : new double[] {1e-3, 1e-1, 1, 30}) {
      for (int fold = 0; fold < 3; fold++) {
        var positive = new boolean[n];
        var train = new boolean[n];
        for (int i = 0; i < n; i++) {
          positive[i] = random.nextBoolean();
          train[i] = i % 3 != fold;
        }
        tasks.add(Task.of(positive, train, c));
      }
    }
    return tasks;
  }

  private static Matrix gaussian(int n, int d, SplittableRandom random) {
    var out = new float[n * d];
    for (int i = 0; i < out.length; i++) {
      double scale = Math.pow(10, -2.0 * (i % d) / d);
      out[i] = (float) (scale * random.nextGaussian() + (i % d == 3 ? 3 : 0));
    }
    return Matrix.ofFloats(n, d, out);
  }

  private static double largest(double[] a, double[] b) {
    var differences = new double[a.length];
    Arrays.setAll(differences, i -> Math.abs(a[i] - b[i]));
    return Arrays.stream(differences).max().orElseThrow();
  }
}
