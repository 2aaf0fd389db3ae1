package dev.sonde.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Entropies of answers, by what they must obey (AT-61) and by hand.
final class EntropyTest {
  @Test // AT-61
  void oneMeaningIsNoEntropyAndManyAreAll() {
    var same = List.of("Paris.", "paris", "The Paris", "PARIS!", "paris");
    var one = SemanticEntropy.of(same, Equivalence.words());
    assertThat(one.clusters()).isEqualTo(1);
    assertThat(one.discrete()).isZero();
    assertThat(one.weighted(new double[] {-1, -2, -3, -900, -1000})).isZero();
    var distinct = List.of("Paris", "Rome", "Oslo", "Bern");
    var four = SemanticEntropy.of(distinct, Equivalence.words());
    assertThat(four.discrete()).isCloseTo(Math.log(4), within(1e-12));
    assertThat(four.weighted(new double[] {-5, -5, -5, -5})).isCloseTo(Math.log(4), within(1e-12));
  }

  /// AT-61: joining clusters never raises it, and it is never above the entropy of the wordings.
  @Test
  void joiningMeaningsNeverRaisesIt() {
    var random = new Seed(61).generator();
    for (int rep = 0; rep < 300; rep++) {
      var ids = random.ints(10, 0, 6).toArray();
      var log = random.doubles(10, -40, -1).toArray();
      int from = random.nextInt(6);
      int to = random.nextInt(6);
      var joined = Arrays.stream(ids).map(i -> i == from ? to : i).toArray();
      var before = SemanticEntropy.ofClusters(ids);
      var after = SemanticEntropy.ofClusters(joined);
      assertThat(after.discrete()).isLessThanOrEqualTo(before.discrete() + 1e-12);
      assertThat(after.weighted(log)).isLessThanOrEqualTo(before.weighted(log) + 1e-12);
      var wordings = SemanticEntropy.ofClusters(IntStream.range(0, 10).toArray());
      assertThat(before.discrete()).isLessThanOrEqualTo(wordings.discrete() + 1e-12);
    }
  }

  /// Very unlikely answers: plain exponentials would all be 0, and the entropy NaN.
  @Test
  void longAnswersDoNotUnderflow() {
    var two = SemanticEntropy.ofClusters(new int[] {0, 1, 1});
    double expected = two.weighted(new double[] {-1, -2, -3});
    assertThat(two.weighted(new double[] {-2001, -2002, -2003})).isCloseTo(expected, within(1e-10));
    assertThat(expected).isPositive();
  }

  /// A chain of equivalences is one meaning, in whatever order the answers come; comparing with the
  /// first member only would give two clusters in one of these orders.
  @Test
  void clustersDoNotHangOnTheOrder() {
    Equivalence near = (a, b) -> Math.abs(a.length() - b.length()) <= 1;
    for (var order :
        List.of(List.of("x", "xx", "xxx"), List.of("xx", "x", "xxx"), List.of("x", "xxx", "xx"))) {
      assertThat(SemanticEntropy.of(order, near).clusters()).isEqualTo(1);
    }
    assertThat(SemanticEntropy.of(List.of("x", "xxx", "xxxxxx"), near).clusters()).isEqualTo(3);
    var entails =
        Equivalence.bidirectional((a, b) -> a.startsWith(b.substring(0, 1)) && a.length() > 2);
    assertThat(entails.same("abc", "axy")).isTrue();
    assertThat(entails.same("abc", "a")).isFalse();
  }

  @Test
  void entropiesByHand() {
    assertThat(Entropies.shannon(new double[] {.2, .5, .3}))
        .isCloseTo(1.0296530140645737, within(1e-12));
    assertThat(Entropies.naive(new double[] {-2, -4})).isEqualTo(3);
    assertThat(Entropies.lengthNormalised(new double[] {-2, -4}, new int[] {1, 4}))
        .isCloseTo(1.5, within(1e-12));
    var closed = Entropies.closed(new double[] {Math.log(.2), Math.log(.2)});
    assertThat(closed.bits()).isCloseTo(1, within(1e-12));
    assertThat(closed.share()).isCloseTo(1, within(1e-12));
    assertThat(closed.outside()).isCloseTo(.6, within(1e-12));
    assertThat(Entropies.ofLogits(new float[] {3, 3, 3, 3})).isCloseTo(Math.log(4), within(1e-12));
    assertThat(Entropies.ofLogits(new float[] {1000, 0, Float.NEGATIVE_INFINITY}))
        .isCloseTo(0, within(1e-12));
  }

  @Test
  void theBestSplitPartsTwoHeaps() {
    assertThat(SemanticEntropy.bestSplit(new double[] {.1, .2, 2.9, 3.1, .15}))
        .isCloseTo(1.55, within(1e-12));
  }

  @Test
  void rejectingTheUnsureHelpsOnlyIfTheyAreWrong() {
    boolean[] right = {true, true, false, false};
    double[] knows = {.1, .2, .8, .9};
    assertThat(Rejection.curve(knows, right)).containsExactly(1, 1, 2 / 3.0, .5);
    assertThat(Rejection.auRac(knows, right)).isCloseTo((1 + 1 + 2 / 3.0 + .5) / 4, within(1e-12));
    assertThat(Rejection.auRac(new double[4], right)).isCloseTo(.5, within(1e-12));
    assertThat(Rejection.auRac(new double[] {.9, .8, .2, .1}, right)).isLessThan(.5);
  }
}
