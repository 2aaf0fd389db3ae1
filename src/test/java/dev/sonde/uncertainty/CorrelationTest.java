package dev.sonde.uncertainty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Correlations against scipy 1.17, and against the trap that they fall into (AT-62).
final class CorrelationTest {
  private static double[] x() {
    var out = new double[14];
    Arrays.setAll(out, i -> Math.rint(Math.sin(1.3 * i) * 5) / 5 + .1 * i);
    return out;
  }

  private static double[] y() {
    var out = new double[14];
    Arrays.setAll(out, i -> Math.rint(Math.cos(.9 * i) * 4) / 4 + .12 * i);
    return out;
  }

  @Test
  void coefficientsAreScipys() {
    var c = Correlation.of(x(), y());
    assertThat(c.value(Correlation.Kind.PEARSON)).isCloseTo(0.19801203313184024, within(1e-12));
    assertThat(c.value(Correlation.Kind.SPEARMAN)).isCloseTo(0.24889928219930546, within(1e-12));
    assertThat(c.value(Correlation.Kind.KENDALL)).isCloseTo(0.14445336159384609, within(1e-12));
    var interval = c.interval(Correlation.Kind.PEARSON, .95);
    assertThat(interval.low()).isCloseTo(-0.3716091445516114, within(1e-9));
    assertThat(interval.high()).isCloseTo(0.6593223836063776, within(1e-9));
    var seven = Correlation.of(Arrays.copyOf(x(), 7), Arrays.copyOf(y(), 7));
    assertThat(seven.pValue(Correlation.Kind.PEARSON, 0, new Seed(1)))
        .isCloseTo(0.07261904761904762, within(1e-12));
  }

  /// r = .8 of 20 tasks: Fieller .544 to .920, Bonett and Wright .502 to .928.
  @Test
  void intervalsOfSpearman() {
    var a = IntStream.range(0, 20).asDoubleStream().toArray();
    var b = a.clone();
    int[] order = {11, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 14, 13, 12, 15, 18, 17, 16, 19};
    Arrays.setAll(b, i -> order[i]);
    var c = Correlation.of(a, b);
    double rho = c.value(Correlation.Kind.SPEARMAN);
    // by hand: the squared rank differences sum to 258
    assertThat(rho).isCloseTo(1 - 6 * 258 / 7980.0, within(1e-12));
    var eight = Correlation.fisher(.8, (1 + .32) / 17, .95);
    assertThat(eight.low()).isCloseTo(.502, within(.0006));
    assertThat(eight.high()).isCloseTo(.928, within(.0006));
    var fieller = Correlation.fisher(.8, 1.06 / 17, .95);
    assertThat(fieller.low()).isCloseTo(.544, within(.0006));
    assertThat(fieller.high()).isCloseTo(.920, within(.0006));
    assertThat(c.fieller(.95).width())
        .isLessThan(c.interval(Correlation.Kind.SPEARMAN, .95).width());
  }

  @Test
  void chanceIsLeftToChance() {
    int significant = 0;
    int covered = 0;
    for (int rep = 0; rep < 200; rep++) {
      var random = new Seed(rep).forPurpose("nothing").generator();
      var c = Correlation.of(random.doubles(15).toArray(), random.doubles(15).toArray());
      significant += c.pValue(Correlation.Kind.SPEARMAN, 199, new Seed(rep)) <= .05 ? 1 : 0;
      var interval = c.bootstrap(Correlation.Kind.PEARSON, 400, .95, new Seed(rep));
      covered += interval.contains(0) ? 1 : 0;
    }
    // 4 sigma of 200 coins at .05
    assertThat(significant / 200.0).isLessThan(.05 + 4 * .0155);
    assertThat(covered / 200.0).isGreaterThan(.85);
    // the opposite: what is there is found
    var random = new Seed(1).generator();
    var a = random.doubles(15).toArray();
    var b = Arrays.stream(a).map(v -> -v + .1 * random.nextDouble()).toArray();
    assertThat(Correlation.of(a, b).pValue(Correlation.Kind.PEARSON, 999, new Seed(1)))
        .isCloseTo(.001, within(1e-12));
    assertThat(
            Correlation.of(a, b).bootstrap(Correlation.Kind.KENDALL, 400, .95, new Seed(1)).high())
        .isLessThan(0);
  }

  @Test
  void partialIsTheRegressionsRest() {
    var z = new double[14];
    Arrays.setAll(z, i -> Math.sin(i * i) + .1 * i);
    var p = PartialCorrelation.pearson(x(), y(), List.of(z));
    assertThat(p.r()).isCloseTo(0.20071202797562027, within(1e-10));
    assertThat(p.p()).isCloseTo(0.5108579816772945, within(1e-9));
    assertThat(p.df()).isEqualTo(11);
    // a control given twice costs a task but changes nothing else
    assertThat(PartialCorrelation.pearson(x(), y(), List.of(z, z)).r())
        .isCloseTo(p.r(), within(1e-12));
    assertThatThrownBy(() -> PartialCorrelation.pearson(new double[4], new double[4], List.of(z)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /// AT-62: nothing but the number of classes, which drives both entropy and accuracy: the raw
  /// correlation is significant nearly always, the chance-corrected one with the classes taken out
  /// covers 0 as often as its interval says.
  @Test
  void theNumberOfClassesIsNotUncertainty() {
    int raw = 0;
    int covered = 0;
    int reps = 300;
    for (int rep = 0; rep < reps; rep++) {
      var random = new Seed(rep).forPurpose("classes").generator();
      int tasks = 40;
      var entropy = new double[tasks];
      var accuracy = new double[tasks];
      var skill = new double[tasks];
      var share = new double[tasks];
      var classes = new double[tasks];
      for (int t = 0; t < tasks; t++) {
        int k = 2 + random.nextInt(15);
        classes[t] = Math.log(k);
        double majority = 1.0 / k;
        double s = .4 + .2 * random.nextDouble();
        entropy[t] = Math.log(k) * (.3 + .5 * random.nextDouble());
        accuracy[t] = majority + s * (1 - majority);
        skill[t] = Skill.overMajority(accuracy[t], majority);
        share[t] = Skill.normalised(entropy[t], k);
      }
      var interval = Correlation.of(entropy, accuracy).interval(Correlation.Kind.PEARSON, .95);
      raw += interval.high() < 0 ? 1 : 0;
      covered +=
          PartialCorrelation.pearson(share, skill, List.of(classes)).interval().contains(0) ? 1 : 0;
    }
    assertThat((double) raw / reps).isGreaterThan(.8);
    // 4 sigma of 300 coins at .95
    assertThat((double) covered / reps).isGreaterThan(.95 - 4 * .0126);
  }

  /// Models of different level on the same tasks: pooled, their levels make a correlation; within
  /// models there is none.
  @Test
  void levelsOfModelsAreNotTasks() {
    var random = new Seed(8).generator();
    var a = new double[60];
    var b = new double[60];
    for (int i = 0; i < 60; i++) {
      a[i] = i % 3 + random.nextDouble();
      b[i] = -(i % 3) + random.nextDouble();
    }
    var models = Groups.of(IntStream.range(0, 60).mapToObj(i -> "m" + i % 3).toList());
    assertThat(Correlation.of(a, b).value(Correlation.Kind.PEARSON)).isLessThan(-.8);
    assertThat(PartialCorrelation.withinModels(a, b, models, List.of()).interval().contains(0))
        .isTrue();
    assertThat(PartialCorrelation.spearman(a, b, List.of(a)).r()).isNaN();
  }

  /// Two noisy measures of one figure: what is measured is less than what is there by exactly the
  /// reliabilities.
  @Test
  void noiseIsTakenOutOfTheCorrelation() {
    var random = new Seed(9).generator();
    int n = 4000;
    var truth = new double[n];
    var first = new double[n];
    var second = new double[n];
    var other = new double[n];
    var whole = new double[n];
    for (int i = 0; i < n; i++) {
      truth[i] = random.nextGaussian();
      first[i] = truth[i] + random.nextGaussian();
      second[i] = truth[i] + random.nextGaussian();
      whole[i] = (first[i] + second[i]) / 2;
      other[i] = .6 * truth[i] + .8 * random.nextGaussian();
    }
    double reliability = Reliability.splitHalf(first, second);
    assertThat(reliability).isCloseTo(2 / 3.0, within(.03));
    double r = Correlation.of(whole, other).value(Correlation.Kind.PEARSON);
    assertThat(r).isLessThan(.55);
    assertThat(Reliability.disattenuated(r, reliability, 1)).isCloseTo(.6, within(.05));
    assertThatThrownBy(() -> Reliability.disattenuated(r, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
