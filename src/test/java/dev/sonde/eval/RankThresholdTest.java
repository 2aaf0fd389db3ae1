package dev.sonde.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// AT-36: the rank keeps the rate that it promises; an interpolated quantile does not.
final class RankThresholdTest {
  @ParameterizedTest(name = "m={0}")
  @CsvSource({"99, 0.0100, 0.0196", "499, 0.0100, 0.0119"})
  void rateOfFalseAlarms(int m, double byRank, double byQuantile) {
    var random = new Seed(36).forPurpose("rank threshold").generator();
    double rank = 0;
    double quantile = 0;
    int draws = 20_000;
    for (int i = 0; i < draws; i++) {
      // of uniform scores a threshold's false positive rate is 1 - threshold
      var control = random.doubles(m).toArray();
      rank += (1 - RankThreshold.of(control, 0.01)) / draws;
      quantile += (1 - interpolated(control, 0.99)) / draws;
    }
    // 4 sigma of the mean of 20,000 draws whose spread is at most .01
    assertThat(rank).isCloseTo(byRank, within(4 * 0.01 / Math.sqrt(draws)));
    assertThat(quantile).isCloseTo(byQuantile, within(4 * 0.015 / Math.sqrt(draws)));
  }

  private static double interpolated(double[] control, double share) {
    var sorted = control.clone();
    Arrays.sort(sorted);
    double at = share * (sorted.length - 1);
    int i = (int) at;
    return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
  }

  @Test
  void tooFewControlRowsAreRefused() {
    var few = new SplittableRandom(1).doubles(98).toArray();
    assertThatThrownBy(() -> RankThreshold.of(few, 0.01))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at least 99 control rows, here are 98");
    var largest = Arrays.stream(few).max().orElseThrow();
    var enough = Arrays.copyOf(few, 99);
    assertThat(RankThreshold.of(enough, 0.01)).isEqualTo(largest);
  }

  @Test
  void recallCountsWhatLiesAbove() {
    assertThat(RankThreshold.recall(new double[] {1, 2, 3, 4}, 2)).isEqualTo(0.5);
  }
}
