package dev.sonde.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/// Minima that are known: bowls, Rosenbrock's valley, a function with a kink.
final class LbfgsTest {
  /// Column j: Rosenbrock's function with the minimum at (1 + j, (1 + j)^2).
  private record Valleys(int columns) implements Lbfgs.Objective {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
      for (int k = 0; k < ids.length; k++) {
        double a = 1 + ids[k];
        double x = points[k][0];
        double y = points[k][1];
        values[k] = (a - x) * (a - x) + 100 * (y - x * x) * (y - x * x);
        slopes[k][0] = -2 * (a - x) - 400 * x * (y - x * x);
        slopes[k][1] = 200 * (y - x * x);
      }
    }
  }

  @Test
  void findsTheEndOfEveryValley() {
    var found = Lbfgs.minimise(new Valleys(3), new double[3][2], Lbfgs.Settings.DEFAULT);
    for (int j = 0; j < 3; j++) {
      assertThat(found.get(j).end()).isEqualTo(Lbfgs.End.CONVERGED);
      assertThat(found.get(j).gradient()).isLessThan(1e-9);
      assertThat(found.get(j).point()[0]).isCloseTo(1 + j, within(1e-8));
      assertThat(found.get(j).point()[1]).isCloseTo((1 + j) * (1 + j), within(1e-7));
    }
  }

  @Test
  void companyDoesNotChangeAColumn() {
    var alone = Lbfgs.minimise(new Valleys(1), new double[1][2], Lbfgs.Settings.DEFAULT);
    var among = Lbfgs.minimise(new Valleys(4), new double[4][2], Lbfgs.Settings.DEFAULT);
    assertThat(among.getFirst().point()).isEqualTo(alone.getFirst().point());
    assertThat(among.getFirst().steps()).isEqualTo(alone.getFirst().steps());
  }

  @Test
  void fewStepsDoNotConverge() {
    var found =
        Lbfgs.minimise(new Valleys(1), new double[1][2], Lbfgs.Settings.DEFAULT.withSteps(3));
    assertThat(found.getFirst().end()).isEqualTo(Lbfgs.End.STEPS);
    assertThat(found.getFirst().value()).isGreaterThan(1e-3);
  }

  /// `|x - 2| + 3 |y + 1|`: no gradient vanishes.
  private record Kink() implements Lbfgs.Objective {
    @Override
    public int columns() {
      return 1;
    }

    @Override
    public int size() {
      return 2;
    }

    @Override
    public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
      double x = points[0][0] - 2;
      double y = points[0][1] + 1;
      values[0] = Math.abs(x) + 3 * Math.abs(y);
      slopes[0][0] = Math.signum(x);
      slopes[0][1] = 3 * Math.signum(y);
    }
  }

  @Test
  void comesCloseToAKink() {
    var found =
        Lbfgs.minimise(new Kink(), new double[][] {{9, 7}}, Lbfgs.Settings.DEFAULT.withFlat(1e-12))
            .getFirst();
    assertThat(found.value()).isLessThan(1e-3);
  }

  @Test
  void refusesStartsThatDoNotFit() {
    assertThatThrownBy(
            () -> Lbfgs.minimise(new Valleys(2), new double[1][2], Lbfgs.Settings.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 columns");
  }
}
