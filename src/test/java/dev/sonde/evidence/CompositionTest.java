package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// AT-38: representations whose composition is known, six types by two colours.
final class CompositionTest {
  private static final int T = 6;
  private static final int C = 2;
  private static final double ALPHA = 30;

  /// `noise` per feature; `single` and `joint` are the sizes of the vectors of the values.
  private static final class Made {
    private final Matrix x;
    private final Factors factors;

    Made(int n, int d, double noise, double single, double joint, Seed seed) {
      var random = seed.forPurpose("composition test").generator();
      var type = new double[T][d];
      var colour = new double[C][d];
      var both = new double[T * C][d];
      for (var vectors : new double[][][] {type, colour, both}) {
        for (var v : vectors) {
          Arrays.setAll(v, j -> random.nextGaussian());
        }
      }
      var t = random.ints(n, 0, T).toArray();
      var c = random.ints(n, 0, C).toArray();
      var values = new double[n * d];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < d; j++) {
          values[i * d + j] =
              single * (type[t[i]][j] + colour[c[i]][j])
                  + joint * both[t[i] * C + c[i]][j]
                  + noise * random.nextGaussian();
        }
      }
      x = Matrix.ofDoubles(n, d, values);
      factors = Factors.of(t, c, T, C);
    }

    Composition composition(Seed seed) {
      return Composition.of(x, factors, Groups.single(x.rows()), ALPHA, 2, seed);
    }
  }

  private static Composition of(double noise, double single, double joint) {
    return new Made(3000, 128, noise, single, joint, new Seed(38)).composition(new Seed(1));
  }

  @Test // AT-38
  void theFiveNumbers() {
    var noise = of(1, 0, 0);
    var additive = of(1, 1, 0);
    var noisier = of(1.5, 1, 0);
    var conjunctive = of(1, 0, 1);
    var mixed = of(1, 1, 1);
    assertThat(noise.scores()).isCloseTo(.010, within(.05));
    assertThat(additive.scores()).isCloseTo(.893, within(.05));
    assertThat(noisier.scores()).isCloseTo(.859, within(.05));
    assertThat(conjunctive.scores()).isCloseTo(.542, within(.05));
    assertThat(mixed.scores()).isCloseTo(.547, within(.05));
    assertThat(noisier.scores()).isLessThan(additive.scores());
    // the label space's own R², (T + C - 2) / (T C - 1)
    assertThat(conjunctive.labelSpace()).isCloseTo(6 / 11.0, within(.02));
    assertThat(conjunctive.scores()).isCloseTo(conjunctive.labelSpace(), within(.05));
  }

  /// The naive measure finds in noise what the labels share, and so cannot tell noise from a
  /// conjunction; the ceiling and the mispaired probes can.
  @Test
  void weightsOfTheSameRowsProveNothing() {
    var noise = of(1, 0, 0);
    var additive = of(1, 1, 0);
    assertThat(noise.naiveWeights()).isCloseTo(.57, within(.05));
    assertThat(noise.naiveWeights()).isGreaterThan(additive.naiveWeights());
    assertThat(additive.scores()).isGreaterThan(additive.ceiling() - .05);
    var conjunctive = of(1, 0, 1);
    assertThat(conjunctive.scores()).isLessThan(conjunctive.ceiling() - .2);
    assertThat(noise.ceiling()).isLessThan(.05);
    assertThat(additive.mispaired()).isLessThan(.35);
    assertThat(additive.crossWeights()).isLessThan(additive.scores() / 2);
    assertThat(additive.cells()).isEqualTo(12);
  }

  @Test
  void theSameSeedTheSameBits() {
    var made = new Made(600, 20, 1, 1, 0, new Seed(2));
    assertThat(made.composition(new Seed(3))).isEqualTo(made.composition(new Seed(3)));
    assertThat(made.composition(new Seed(4))).isNotEqualTo(made.composition(new Seed(3)));
  }

  /// The likelihood ratio: of an additive representation the joint probe knows no more than the two
  /// single ones, of a conjunctive one it does.
  @Test
  void onlyAConjunctionNeedsTheJointProbe() {
    assertThat(interaction(new Made(500, 12, 1.2, 1, 0, new Seed(5))).needed()).isFalse();
    var conjunctive = interaction(new Made(500, 12, 1.2, 0, 1, new Seed(5)));
    assertThat(conjunctive.needed()).isTrue();
    assertThat(conjunctive.bits()).isGreaterThan(.2);
  }

  private static Composition.Interaction interaction(Made made) {
    int n = made.x.rows();
    var first = IntStream.range(0, n).map(made.factors::first).toArray();
    var second = IntStream.range(0, n).map(made.factors::second).toArray();
    var joint = made.factors.joint();
    return Composition.interaction(
        held(made.x, joint, T * C),
        held(made.x, first, T),
        held(made.x, second, C),
        Groups.single(n),
        500,
        new Seed(6));
  }

  private static double[] held(Matrix x, int[] labels, int k) {
    var names = IntStream.range(0, k).mapToObj(Integer::toString).toList();
    var classes = Classes.of(names, labels);
    var model = LinearModel.fixed(Basis.of(x, Basis.Scaling.COMMON), classes, .1);
    return VInformation.heldOut(model, labels, Folds.random(classes, 3, new Seed(1)));
  }

  @Test
  void interactionWeightsOfASumAreNothing() {
    var random = new Seed(7).generator();
    var a = random.doubles(T * 4L).toArray();
    var b = random.doubles(C * 4L).toArray();
    var w = new double[T][C][4];
    for (int t = 0; t < T; t++) {
      for (int c = 0; c < C; c++) {
        for (int j = 0; j < 4; j++) {
          w[t][c][j] = a[t * 4 + j] + b[c * 4 + j] + 3;
        }
      }
    }
    for (var row : Composition.interactionWeights(w)) {
      for (var cell : row) {
        assertThat(Arrays.stream(cell).map(Math::abs).max().orElseThrow()).isLessThan(1e-12);
      }
    }
    w[2][1][0] += 1;
    assertThat(Composition.interactionWeights(w)[2][1][0])
        .isCloseTo((1 - 1.0 / T) * (1 - 1.0 / C), within(1e-12));
  }

  /// Published weights without activations: a sum is found with its factors, a stranger is not.
  @Test
  void weightsThatAreASum() {
    var random = new Seed(8).generator();
    var a = random.doubles(50).map(v -> v - .5).toArray();
    var b = random.doubles(50).map(v -> v - .5).toArray();
    var sum = new double[50];
    Arrays.setAll(sum, j -> 2 * a[j] - .5 * b[j]);
    var found = WeightSum.of(sum, a, b);
    assertThat(found.alpha()).isCloseTo(2, within(1e-12));
    assertThat(found.beta()).isCloseTo(-.5, within(1e-12));
    assertThat(found.r2()).isCloseTo(1, within(1e-12));
    assertThat(found.cosine()).isCloseTo(1, within(1e-12));
    assertThat(found.cosineBetween()).isCloseTo(Directions.cosine(a, b), within(1e-15));
    var stranger = random.doubles(50).map(v -> v - .5).toArray();
    assertThat(WeightSum.of(stranger, a, b).r2()).isLessThan(.3);
    assertThat(WeightSum.of(a, a, a).alpha()).isCloseTo(1, within(1e-12));
    assertThatThrownBy(() -> WeightSum.of(sum, a, new double[50]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tooFewRowsAreRefused() {
    var made = new Made(30, 4, 1, 1, 0, new Seed(2));
    assertThatThrownBy(() -> made.composition(new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("two such values or more");
  }
}
