package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Against scikit-learn 1.x on the same rows: matthews_corrcoef, balanced_accuracy_score,
/// recall_score, precision_score, roc_auc_score, brier_score_loss.
final class MetricsTest {
  private static final Classes THREE =
      Classes.of(List.of("a", "b", "c"), new int[] {0, 0, 0, 1, 1, 1, 2, 2, 2, 2});
  private static final int[] SAID = {0, 0, 1, 1, 1, 2, 2, 2, 0, 2};
  private static final Classes TWO =
      Classes.of(List.of("no", "yes"), new int[] {0, 0, 1, 1, 0, 1, 1, 0});
  private static final double[] SCORES = {.1, .4, .35, .8, .2, .9, .6, .55};

  private static Metrics.Sampling rows(int n) {
    return new Metrics.Sampling(Groups.single(n), 200, new Seed(1));
  }

  @Test
  void ofThreeClasses() {
    var found = Metrics.ofPredictions(THREE, SAID, rows(10));
    assertThat(found.value("mcc")).isCloseTo(0.5454545454545454, within(1e-15));
    assertThat(found.value("balanced accuracy")).isCloseTo(0.6944444444444443, within(1e-15));
    assertThat(found.value("accuracy")).isEqualTo(.7);
    assertThat(found.classes().get(2).recall()).isEqualTo(.75);
    assertThat(found.classes().get(0).precision()).isCloseTo(2 / 3.0, within(1e-15));
    for (var v : found.values().subList(0, 3)) {
      assertThat(v.interval().contains(v.value())).as(v.name()).isTrue();
    }
  }

  @Test
  void ofScoresOfTwo() {
    var found = Metrics.ofScores(TWO, SCORES, Metrics.Kind.PROBABILITY, .5, rows(8));
    assertThat(found.value("auroc")).isEqualTo(.875);
    assertThat(found.value("mcc")).isEqualTo(.5);
    assertThat(found.value("brier")).isCloseTo(0.143125, within(1e-15));
    assertThat(found.delong().contains(.875)).isTrue();
    var plain = Metrics.ofScores(TWO, SCORES, Metrics.Kind.SCORE, .5, rows(8));
    assertThatThrownBy(() -> plain.value("brier")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void randomScoresSayNothing() {
    var random = new Seed(5).generator();
    var truth = Classes.of(List.of("0", "1"), random.ints(400, 0, 2).toArray());
    var scores = random.doubles(400).toArray();
    var found = Metrics.ofScores(truth, scores, Metrics.Kind.PROBABILITY, .5, rows(400));
    var auroc = found.values().stream().filter(v -> v.name().equals("auroc")).findFirst();
    assertThat(auroc.orElseThrow().interval().contains(.5)).isTrue();
    assertThat(found.value("mcc")).isBetween(-.2, .2); // 4 sigma of 1 / sqrt(400)
  }

  @Test
  void groupsMakeIntervalsWider() {
    var truth =
        Classes.of(List.of("0", "1"), IntStream.range(0, 200).map(i -> i / 10 % 2).toArray());
    var said =
        IntStream.range(0, 200).map(i -> i / 10 < 16 ? i / 10 % 2 : 1 - i / 10 % 2).toArray();
    var alone = Metrics.ofPredictions(truth, said, rows(200));
    var tens = Groups.of(IntStream.range(0, 200).mapToObj(i -> "g" + i / 10).toList());
    var together = Metrics.ofPredictions(truth, said, new Metrics.Sampling(tens, 200, new Seed(1)));
    assertThat(together.values().getFirst().interval().width())
        .isGreaterThan(2 * alone.values().getFirst().interval().width());
  }

  @Test
  void controlRowsPromiseARate() {
    var control = IntStream.range(0, 99).mapToDouble(i -> i / 100.0).toArray();
    var found =
        Metrics.ofScores(TWO, SCORES, Metrics.Kind.SCORE, 0, rows(8))
            .withControl(TWO, SCORES, control, List.of(.5));
    var alarm = found.alarms().getFirst().found();
    // the 50th largest of 99
    assertThat(alarm.threshold()).isEqualTo(.49);
    assertThat(alarm.recall()).isEqualTo(.75);
    assertThat(alarm.realised()).isEqualTo(.25);
    assertThatThrownBy(() -> found.withControl(TWO, SCORES, control, List.of(.001)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at least 999 control rows");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> Metrics.ofPredictions(THREE, new int[] {1}, rows(10)))
        .hasMessageContaining("10 labels and 1 predictions");
    assertThatThrownBy(() ->
            Metrics.ofScores(
                TWO, new double[] {1, 2, 0, 0, 0, 0, 0, 0}, Metrics.Kind.PROBABILITY, .5, rows(8)))
        .hasMessageContaining("score 2 is 2.0, no probability");
  }
}
