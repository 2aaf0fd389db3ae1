package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Multinomial;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Measures of several classes by hand and against scikit-learn, and held-out scores that see
/// nothing where there is nothing.
final class ClassScoresTest {
  private static final int[] TRUTH = {0, 1, 2, 2, 1, 0};

  /// Logs of probabilities.
  private static final double[] SCORES =
      Arrays.stream(
              new double[] {
                .61, .29, .1, .19, .5, .31, .27, .33, .4, .52, .2, .28, .08, .8, .12, .3, .45, .25
              })
          .map(Math::log)
          .toArray();

  /// scikit-learn 1.9.1: `roc_auc_score(y, p, multi_class="ovr")`, `log_loss`, `f1_score(y,
  /// p.argmax(1), average="macro")`, `matthews_corrcoef`.
  @Test
  void measuresAreThoseOfTheReference() {
    var ones = new double[] {1, 1, 1, 1, 1, 1};
    var p = ClassScores.probabilities(SCORES, 3);
    assertThat(p[0]).isCloseTo(.61, within(1e-12));
    assertThat(ClassScores.macroAuroc(p, TRUTH, 3).applyAsDouble(ones))
        .isCloseTo(0.9166667, within(1e-6));
    assertThat(ClassScores.logLoss(SCORES, TRUTH, 3)).isCloseTo(0.8006360, within(1e-6));
    var said = ClassScores.predicted(SCORES, 3);
    assertThat(said).containsExactly(0, 1, 2, 0, 1, 1);
    var confusion = Confusion.of(TRUTH, said, 3);
    assertThat(ClassScores.macroF1(confusion, 3)).isCloseTo(0.6555556, within(1e-6));
    assertThat(confusion.mcc()).isCloseTo(0.5222330, within(1e-6));
  }

  /// (.1521 + .0841 + .01) + (.0361 + .25 + .0961) + ... by hand.
  @Test
  void brierIsSummedOverClasses() {
    var p = ClassScores.probabilities(SCORES, 3);
    assertThat(ClassScores.brier(p, TRUTH, 3))
        .isCloseTo((.2462 + .3822 + .5418 + .8288 + .0608 + .755) / 6, within(1e-12));
    assertThat(ClassScores.margin(SCORES, 5, 3, 0)).isCloseTo(Math.log(.3 / .45), within(1e-12));
  }

  private static ClassCv run(long seed, double signal) {
    var random = new Seed(seed).generator();
    int n = 120;
    var labels = IntStream.range(0, n).map(i -> i % 4).toArray();
    var x = new double[n * 10];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextGaussian() + (i % 10 == labels[i / 10] ? signal : 0);
    }
    var classes = Classes.of(List.of("a", "b", "c", "d"), labels);
    var groups = Groups.of(IntStream.range(0, n).mapToObj(i -> "g" + i / 4).toList());
    var folds = Folds.grouped(classes, groups, 5, new Seed(seed));
    var basis = Basis.of(Matrix.ofDoubles(n, 10, x), Basis.Scaling.COMMON);
    return ClassCv.run(new Multinomial(), basis, classes, folds);
  }

  private static double accuracy(ClassCv cv) {
    var labels = IntStream.range(0, 120).map(i -> i % 4).toArray();
    return ClassScores.accuracy(ClassScores.predicted(cv.scores(), 4), labels);
  }

  @Test
  void whatIsThereIsReadAndWhatIsNotIsNot() {
    assertThat(accuracy(run(3, 3))).isGreaterThan(.85);
    // 4 sigma of 120 rows at a quarter
    assertThat(accuracy(run(3, 0))).isBetween(.09, .41);
    // nothing to read: the strongest penalty
    assertThat(run(3, 0).typical()).isLessThan(run(3, 3).typical());
  }
}
