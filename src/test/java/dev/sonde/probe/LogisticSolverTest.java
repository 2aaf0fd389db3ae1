package dev.sonde.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Laws of the batched solver (AT-3, AT-64) on random problems, more rows than features and fewer.
final class LogisticSolverTest {
  @ParameterizedTest(name = "n={0} d={1} seed={2}")
  @CsvSource({"120, 30, 1", "80, 200, 2", "200, 64, 3"})
  void batchIsTheSameAsOneByOne(int n, int d, long seed) {
    var random = new Seed(seed).forPurpose("solver").generator();
    var x = gaussian(n, d, random);
    var tasks = tasks(n, random);
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var batch = LogisticSolver.solve(basis, tasks, LogisticSolver.Settings.EXACT);
    var newton = new LogisticSolver.Settings(1e-11, 0, 80, DType.FLOAT64);
    for (int j = 0; j < tasks.size(); j++) {
      assertThat(batch.converged(j)).isTrue();
      var single = List.of(tasks.get(j));
      var alone = LogisticSolver.solve(basis, single, LogisticSolver.Settings.EXACT).probe(0);
      var exact = LogisticSolver.solve(basis, single, newton).probe(0);
      var found = batch.probe(j);
      double size = largest(exact.direction(), new double[d]);
      assertThat(largest(found.direction(), exact.direction()) / size).isLessThan(1e-5);
      assertThat(largest(found.direction(), alone.direction()) / size).isLessThan(1e-10);
      assertThat(gradient(x, found, tasks.get(j), basis)).isLessThan(1e-8);
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
