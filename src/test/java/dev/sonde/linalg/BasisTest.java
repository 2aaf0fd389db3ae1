package dev.sonde.linalg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Matrix;
import dev.sonde.tensor.Scope;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BasisTest {
  private static final long SEED = 11;

  private static Matrix rows(int n, int d, long seed) {
    var random = new SplittableRandom(seed);
    var x = new float[n * d];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextGaussian() * (1 + i % d % 3) + i % d);
    }
    return Matrix.ofFloats(n, d, x);
  }

  @ParameterizedTest
  @EnumSource(Basis.Scaling.class)
  void coordinatesKeepTheProductsOfCentredRows(Basis.Scaling scaling) {
    int n = 150;
    int d = 200;
    var x = rows(n, d, SEED);
    try (var scope = Scope.open()) {
      var basis = Basis.of(x, scaling);
      var gram = basis.z().matmul(basis.z().transpose(0, 1)).toDoubles();
      var centred = Basis.tensor(x).minus(Basis.tensor(x).mean(0));
      double total = centred.square().sum().item();
      double unit = scaling == Basis.Scaling.COMMON ? total / n / d : 1;
      var expected =
          scaling == Basis.Scaling.FEATURES
              ? centred.dividedBy(centred.square().mean(0).sqrt())
              : centred.times(1 / Math.sqrt(unit));
      var wanted = expected.matmul(expected.transpose(0, 1)).toDoubles();
      for (int i = 0; i < wanted.length; i++) {
        assertThat(Math.abs(gram[i] - wanted[i])).isLessThan(1e-9 * total / unit);
      }
      var lambda = basis.lambda().toDoubles();
      assertThat(lambda).hasSize(n - 1).isSorted();
    }
  }
}
