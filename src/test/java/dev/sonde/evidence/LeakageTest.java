package dev.sonde.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Leaks made on purpose are found, and none where there is none.
final class LeakageTest {
  private static final String[] WORDS =
      "river stone bridge morning letter window garden silver quiet market harbour winter candle"
          .split(" ");

  private static String sentence(SplittableRandom random, int words) {
    var out = new ArrayList<String>();
    for (int i = 0; i < words; i++) {
      out.add(WORDS[random.nextInt(WORDS.length)] + (random.nextInt(3) == 0 ? "s" : ""));
    }
    return String.join(" ", out);
  }

  private static Folds halves(int n) {
    return Folds.blocks(n, 2);
  }

  @Test
  void equalTextsAcrossTheSplit() {
    var random = new Seed(1).generator();
    var texts = new ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      texts.add(sentence(random, 9));
    }
    var labels = IntStream.range(0, 200).map(i -> i % 2).toArray();
    var clean = Duplicates.ofTexts(texts, labels, halves(200));
    assertThat(clean.torn()).isZero();
    assertThat(clean.objections(200, "text")).isEmpty();
    texts.set(150, "  " + texts.get(10).toUpperCase(java.util.Locale.ROOT) + ".");
    texts.set(5, texts.get(6));
    var found = Duplicates.ofTexts(texts, labels, halves(200));
    assertThat(found.torn()).isEqualTo(2);
    assertThat(found.sets()).isEqualTo(1);
    assertThat(found.examples()).containsExactly(List.of(10, 150));
    assertThat(found.conflicting()).isEqualTo(1);
    assertThat(found.objections(200, "text")).hasSize(2);
    assertThat(found.objections(200, "text").getFirst().message()).contains("2 of 200 rows");
  }

  @Test
  void equalActivationsAcrossTheSplit() {
    var random = new Seed(2).generator();
    var x = random.doubles(500).toArray();
    var labels = new int[100];
    assertThat(Duplicates.ofRows(Matrix.ofDoubles(100, 5, x.clone()), labels, halves(100)).torn())
        .isZero();
    System.arraycopy(x, 5, x, 90 * 5, 5);
    assertThat(Duplicates.ofRows(Matrix.ofDoubles(100, 5, x), labels, halves(100)).torn())
        .isEqualTo(2);
  }

  @Test
  void nearDuplicatesAreJoinedAndOthersAreNot() {
    var random = new Seed(3).generator();
    var texts = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      texts.add(sentence(random, 20));
    }
    assertThat(NearDuplicates.of(texts, NearDuplicates.SIMILAR).joined()).isZero();
    for (int i = 0; i < 30; i++) {
      texts.add(texts.get(i) + " indeed");
    }
    var found = NearDuplicates.of(texts, NearDuplicates.SIMILAR);
    assertThat(found.joined()).isEqualTo(60);
    assertThat(found.groups().count()).isEqualTo(300);
    assertThat(found.torn(halves(330))).isEqualTo(60);
    assertThat(found.objections(halves(330)).getFirst().kind()).isEqualTo("near-duplicates");
    // kept whole as groups nothing is torn
    var labels = Classes.of(List.of("0", "1"), IntStream.range(0, 330).map(i -> i % 2).toArray());
    var folds = Folds.grouped(labels, found.groups(), 5, new Seed(1));
    assertThat(found.torn(folds)).isZero();
    assertThat(found.objections(folds)).isEmpty();
  }

  @Test
  void manyTextsAreNotComparedInPairs() {
    var random = new Seed(4).generator();
    var texts = new ArrayList<String>();
    for (int i = 0; i < 20_000; i++) {
      texts.add(i % 2 == 0 ? "the same text over and over" : sentence(random, 12) + i);
    }
    long start = System.nanoTime();
    var found = NearDuplicates.of(texts, NearDuplicates.SIMILAR);
    assertThat(found.joined()).isBetween(10_000, 10_100);
    // seconds at most; two hundred million comparisons would take minutes
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(30);
  }

  /// AT-39: one token determines the label. The word is named, the baseline that knows it is an
  /// objection; of texts without it there is none.
  @Test
  void oneTokenThatGivesTheLabelAway() {
    var random = new Seed(39).generator();
    var texts = new ArrayList<String>();
    var clean = new ArrayList<String>();
    var positive = new boolean[400];
    for (int i = 0; i < 400; i++) {
      positive[i] = random.nextBoolean();
      var words = sentence(random, 10);
      clean.add(words);
      texts.add(words + (positive[i] ? " however" : " whereas"));
    }
    var found = Giveaways.of(texts, positive);
    assertThat(found.words().getFirst().word()).isIn("however", "whereas");
    assertThat(found.words().getFirst().accuracy()).isEqualTo(1);
    assertThat(found.objections(.99)).extracting(Objection::kind).contains("single word");
    assertThat(Giveaways.of(clean, positive).objections(.9)).isEmpty();
    assertThat(Leakage.baselines(.93, Map.of("bag of words", .925, "length", .6)))
        .extracting(Objection::kind)
        .containsExactly("lexical baseline");
    assertThat(Leakage.baselines(.93, Map.of("bag of words", .90))).isEmpty();
  }

  @Test
  void lengthThatGivesTheLabelAway() {
    var random = new Seed(5).generator();
    var texts = new ArrayList<String>();
    var positive = new boolean[300];
    for (int i = 0; i < 300; i++) {
      positive[i] = i % 3 == 0;
      texts.add(sentence(random, positive[i] ? 6 + random.nextInt(3) : 12 + random.nextInt(3)));
    }
    var found = Giveaways.of(texts, positive);
    assertThat(found.lengthAuroc()).isGreaterThan(.99);
    assertThat(found.objections(.95)).extracting(Objection::kind).contains("length");
  }

  /// AT-34: 200 groups of 10 near-duplicates with random labels: torn apart they read at .70 or
  /// more, whole at .50, and the gain is an objection; of one split compared with itself there is
  /// none. Mean of eight data sets: whole groups are 200 coins each, so .04 is 3 sigma.
  @Test
  void tornGroupsInflate() {
    double torn = 0;
    double whole = 0;
    for (int set = 0; set < 8; set++) {
      var found = inflation(new Seed(set));
      torn += found.torn() / 8;
      whole += found.whole() / 8;
      assertThat(found.objections()).hasSize(1);
    }
    assertThat(torn).isGreaterThanOrEqualTo(.70);
    assertThat(whole).isBetween(.46, .54);
    var right = new boolean[] {true, false, true};
    assertThat(Leakage.inflation(right, right).objections()).isEmpty();
  }

  private static Leakage.Inflation inflation(Seed seed) {
    var random = seed.forPurpose("inflation").generator();
    int n = 2000;
    int d = 80;
    var dealt = IntStream.range(0, 200).map(g -> random.nextInt(2)).toArray();
    var centres = gaussian(200 * d, random);
    var x = new double[n * d];
    var y = new int[n];
    for (int i = 0; i < n; i++) {
      y[i] = dealt[i / 10];
      for (int j = 0; j < d; j++) {
        x[i * d + j] = centres[i / 10 * d + j] + .3 * random.nextGaussian();
      }
    }
    var rows = Matrix.ofDoubles(n, d, x);
    var classes = Classes.of(List.of("0", "1"), y);
    var groups = Groups.of(IntStream.range(0, n).mapToObj(i -> "g" + i / 10).toList());
    return Leakage.inflation(
        right(rows, y, Folds.random(classes, 5, seed)),
        right(rows, y, Folds.grouped(classes, groups, 5, seed)));
  }

  private static double[] gaussian(int n, SplittableRandom random) {
    var out = new double[n];
    java.util.Arrays.setAll(out, i -> random.nextGaussian());
    return out;
  }

  private static boolean[] right(Matrix x, int[] y, Folds folds) {
    var basis = Basis.of(x, Basis.Scaling.COMMON);
    var positive = new boolean[y.length];
    for (int i = 0; i < y.length; i++) {
      positive[i] = y[i] == 1;
    }
    var tasks =
        IntStream.range(0, folds.count())
            .mapToObj(f -> Task.of(positive, folds.without(f), 1))
            .toList();
    var solution = new Logistic().solve(basis, tasks, true);
    var out = new boolean[y.length];
    for (int f = 0; f < folds.count(); f++) {
      var scores = solution.scores(f);
      for (int i : folds.rows(f)) {
        out[i] = scores[i] > 0 == positive[i];
      }
    }
    return out;
  }

  @Test
  void aPerfectFirstLayerIsNoFindingOfTheModel() {
    assertThat(Leakage.firstLayer(new double[] {.99, .99, 1}, .5).getFirst().weight())
        .isEqualTo(Objection.Weight.SERIOUS);
    assertThat(Leakage.firstLayer(new double[] {.80, .81, .80}, .5).getFirst().weight())
        .isEqualTo(Objection.Weight.NOTABLE);
    assertThat(Leakage.firstLayer(new double[] {.55, .81, .93}, .5)).isEmpty();
    assertThat(Leakage.firstLayer(new double[] {.51, .50, .52}, .5)).isEmpty();
  }
}
