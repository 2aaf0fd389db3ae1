package dev.sonde.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// AT-22: trees whose geometry is known exactly.
final class StructuralProbeTest {
  private static final int WORDS = 8;
  private static final int WIDTH = 24;

  /// Random trees; word i is the sum of the axes of the edges between it and the root. Axis e is
  /// used by the e-th word of every sentence, all turned by one rotation: squared distances are the
  /// tree's. `tied` false deals every sentence the tree of another.
  private record Forest(Sequences words, List<int[]> heads, List<boolean[]> keep) {
    static Forest of(int sentences, double[][] axes, boolean tied, Seed seed) {
      var random = seed.generator();
      var heads = new ArrayList<int[]>();
      var keep = new ArrayList<boolean[]>();
      var values = new double[sentences * WORDS * WIDTH];
      var lengths = new int[sentences];
      for (int s = 0; s < sentences; s++) {
        var tree = tree(random);
        heads.add(tied ? tree : tree(random));
        var all = new boolean[WORDS];
        Arrays.fill(all, true);
        keep.add(all);
        lengths[s] = WORDS;
        for (int i = 0; i < WORDS; i++) {
          for (int at = i; tree[at] >= 0; at = tree[at]) {
            for (int j = 0; j < WIDTH; j++) {
              values[(s * WORDS + i) * WIDTH + j] += axes[at][j];
            }
          }
        }
      }
      var rows = Matrix.ofDoubles(sentences * WORDS, WIDTH, values);
      return new Forest(Sequences.of(rows, lengths), heads, keep);
    }

    private static int[] tree(SplittableRandom random) {
      var order = new int[WORDS];
      Arrays.setAll(order, i -> i);
      for (int i = WORDS - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int held = order[i];
        order[i] = order[j];
        order[j] = held;
      }
      var heads = new int[WORDS];
      heads[order[0]] = -1;
      for (int i = 1; i < WORDS; i++) {
        heads[order[i]] = order[random.nextInt(i)];
      }
      return heads;
    }
  }

  /// Orthonormal rows, by Gram and Schmidt.
  private static double[][] axes(Seed seed) {
    var random = seed.generator();
    var out = new double[WORDS][WIDTH];
    for (int i = 0; i < WORDS; i++) {
      for (int j = 0; j < WIDTH; j++) {
        out[i][j] = random.nextGaussian();
      }
      for (int k = 0; k < i; k++) {
        double along = dot(out[i], out[k]);
        for (int j = 0; j < WIDTH; j++) {
          out[i][j] -= along * out[k][j];
        }
      }
      double length = Math.sqrt(dot(out[i], out[i]));
      for (int j = 0; j < WIDTH; j++) {
        out[i][j] /= length;
      }
    }
    return out;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static Matrix identity() {
    var out = new double[WIDTH * WIDTH];
    for (int j = 0; j < WIDTH; j++) {
      out[j * WIDTH + j] = 1;
    }
    return Matrix.ofDoubles(WIDTH, WIDTH, out);
  }

  @Test
  void theIdentityIsExact() {
    var forest = Forest.of(40, axes(new Seed(1)), true, new Seed(2));
    var probe = StructuralProbe.of(StructuralProbe.Kind.DISTANCE, identity());
    for (int s = 0; s < 40; s++) {
      var gold = Trees.distances(forest.heads.get(s));
      var found = probe.distances(forest.words, s);
      for (int i = 0; i < WORDS; i++) {
        assertThat(found[i]).containsExactly(gold[i], within(1e-9));
      }
    }
    var scores = probe.score(forest.words, forest.heads, forest.keep);
    assertThat(scores.accuracy()).isEqualTo(1);
    // exact distances come out of rounding with broken ties
    assertThat(scores.spearman()).isGreaterThan(0.9);
    var depth = StructuralProbe.of(StructuralProbe.Kind.DEPTH, identity());
    assertThat(depth.score(forest.words, forest.heads, forest.keep).accuracy()).isEqualTo(1);
  }

  @Test
  void learnsTheTreesFromARandomStart() {
    var axes = axes(new Seed(3));
    var train = Forest.of(150, axes, true, new Seed(4));
    var test = Forest.of(80, axes, true, new Seed(5));
    var settings = StructuralProbe.Settings.DEFAULT.exact().withRank(WIDTH);
    var distance =
        StructuralProbe.fit(
            StructuralProbe.Kind.DISTANCE, train.words, train.heads, settings, new Seed(6));
    assertThat(distance.score(test.words, test.heads, test.keep).accuracy())
        .isGreaterThanOrEqualTo(0.98);
    assertThat(distance.loss()).isLessThan(0.1);
    var depth =
        StructuralProbe.fit(
            StructuralProbe.Kind.DEPTH, train.words, train.heads, settings, new Seed(6));
    assertThat(depth.score(test.words, test.heads, test.keep).accuracy()).isGreaterThan(0.95);
    assertThat(
            StructuralProbe.fit(
                    StructuralProbe.Kind.DEPTH, train.words, train.heads, settings, new Seed(6))
                .map())
        .isEqualTo(depth.map());
  }

  /// Trees of other sentences: what is left is what any tree of eight words has, a quarter.
  @Test
  void learnsNothingFromTreesThatDoNotBelong() {
    var axes = axes(new Seed(7));
    var train = Forest.of(150, axes, false, new Seed(8));
    var test = Forest.of(80, axes, false, new Seed(9));
    var probe =
        StructuralProbe.fit(
            StructuralProbe.Kind.DISTANCE,
            train.words,
            train.heads,
            StructuralProbe.Settings.DEFAULT.withRank(WIDTH),
            new Seed(6));
    assertThat(probe.score(test.words, test.heads, test.keep).accuracy()).isBetween(0.1, 0.4);
  }

  @Test
  void treesByHand() {
    // 1 is the root; 0 and 2 hang on it, 3 on 2
    var heads = new int[] {1, -1, 1, 2};
    assertThat(Trees.depths(heads)).containsExactly(1, 0, 1, 2);
    assertThat(Trees.distances(heads)[0]).containsExactly(0, 1, 2, 3);
    assertThat(Trees.spanning(Trees.distances(heads), new boolean[] {true, true, true, true}))
        .containsExactlyInAnyOrder(
            new Trees.Edge(0, 1), new Trees.Edge(1, 2), new Trees.Edge(2, 3));
    var scores = new TreeScores();
    scores.distances(heads, new boolean[] {true, true, true, true}, Trees.chain(4));
    assertThat(scores.accuracy()).isEqualTo(1);
    assertThatThrownBy(() -> Trees.depths(new int[] {1, 0})).hasMessageContaining("circle");
  }

  @Test
  void refusesTreesThatDoNotFit() {
    var forest = Forest.of(2, axes(new Seed(1)), true, new Seed(2));
    assertThatThrownBy(() ->
            StructuralProbe.fit(
                StructuralProbe.Kind.DEPTH,
                forest.words,
                List.of(new int[] {-1}, new int[] {-1}),
                StructuralProbe.Settings.DEFAULT,
                new Seed(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("8 words");
  }
}
