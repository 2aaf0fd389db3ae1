package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A linear map under which squared distances between words are those of the syntax tree, or
/// squared lengths the depths of words (Hewitt & Manning 2019).
///
/// ```
/// distance  min_B  mean_sentences 1/|s|^2 sum_ij | d_T(i, j) - |B (h_i - h_j)|^2 |
/// depth     min_B  mean_sentences 1/|s|   sum_i  | depth(i)  - |B h_i|^2 |
/// ```
///
/// B has `rank` rows and starts, in common units, from uniform numbers between -0.05 and 0.05. A
/// tenth of the sentences, drawn by the seed, decides when to stop ([StructuralTraining], after the
/// authors): B has tens of thousands of numbers, and at the minimum over a thousand sentences it
/// knows their trees by heart. With `heldOut` 0 nothing is kept aside and [Lbfgs] goes down to the
/// minimum, until ten steps bring less than `flat`. What is predicted is the squared distance.
public final class StructuralProbe implements SequenceProbe {
  private final Kind kind;
  private final Matrix map;
  private final double loss;
  private final int steps;

  private StructuralProbe(Kind kind, Matrix map, double loss, int steps) {
    this.kind = kind;
    this.map = map;
    this.loss = loss;
    this.steps = steps;
  }

  /// What the geometry is to say.
  public enum Kind {
    DISTANCE,
    DEPTH
  }

  /// `rank` rows of B at most; `heldOut` the share of sentences that decides when to stop; `flat`
  /// and `steps` end a descent without; `wide` computes products in float64, else in float32.
  public record Settings(int rank, double heldOut, double flat, int steps, boolean wide) {
    public static final Settings DEFAULT = new Settings(64, 0.1, 1e-3, 300, false);

    public Settings {
      if (rank < 1 || steps < 1 || !(flat >= 0) || !(heldOut >= 0 && heldOut < 0.9)) {
        throw new BadInput("a structural probe has a rank and a step or more");
      }
    }

    public Settings withRank(int rows) {
      return new Settings(rows, heldOut, flat, steps, wide);
    }

    /// Down to the minimum over all sentences.
    public Settings exact() {
      return new Settings(rank, 0, 1e-7, 5000, true);
    }
  }

  /// `words` has a row a word, `heads` the tree of each sentence.
  ///
  /// @throws BadInput if trees and sentences do not fit, or fewer than two words are in all
  public static StructuralProbe fit(
      Kind kind, Sequences words, List<int[]> heads, Settings settings, Seed seed) {
    mustFit(words, heads);
    int d = words.width();
    int k = Math.min(settings.rank(), d);
    try (var scope = Scope.open()) {
      var type = settings.wide() ? DType.FLOAT64 : DType.FLOAT32;
      var rows = RowProducts.of(words.rows(), false, type);
      var random = seed.forPurpose("structural start").generator();
      var start = new double[1][d * k];
      for (int i = 0; i < start[0].length; i++) {
        start[0][i] = random.nextDouble(-0.05, 0.05);
      }
      var objective = StructuralLoss.of(kind, rows, words, heads, k);
      int kept = Math.toIntExact(Math.round(settings.heldOut() * heads.size()));
      if (kept > 0) {
        var end = new StructuralTraining(objective, kept, seed).run(start[0]);
        return new StructuralProbe(kind, raw(end.map(), rows, k), end.loss(), end.steps());
      }
      var limits =
          Lbfgs.Settings.DEFAULT
              .withTolerance(1e-9)
              .withFlat(settings.flat())
              .withSteps(settings.steps());
      var found = Lbfgs.minimise(objective, start, limits).getFirst();
      return new StructuralProbe(kind, raw(found.point(), rows, k), found.value(), found.steps());
    }
  }

  private static Matrix raw(double[] common, RowProducts rows, int k) {
    var map = common.clone();
    for (int i = 0; i < map.length; i++) {
      map[i] /= rows.unit();
    }
    return Matrix.ofDoubles(rows.width(), k, map);
  }

  /// The map as it is, `d x rank`.
  public static StructuralProbe of(Kind kind, Matrix map) {
    return new StructuralProbe(kind, map, Double.NaN, 0);
  }

  static void mustFit(Sequences words, List<int[]> heads) {
    if (words.texts() != heads.size()) {
      throw new IllegalArgumentException(
          "%d trees do not fit %d sentences".formatted(heads.size(), words.texts()));
    }
    for (int i = 0; i < heads.size(); i++) {
      if (heads.get(i).length != words.length(i)) {
        throw new BadInput(
            "sentence %d has %d words, but its tree %d"
                .formatted(i, words.length(i), heads.get(i).length));
      }
    }
  }

  public Kind says() {
    return kind;
  }

  @Override
  public String kind() {
    return "structural-" + kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int width() {
    return map.rows();
  }

  @Override
  public Map<String, Matrix> parameters() {
    return Map.of("map", map);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of();
  }

  /// B transposed: `d x rank`.
  public Matrix map() {
    return map;
  }

  /// The loss where it ended: of the sentences that decided when to stop, else of training; NaN
  /// where it was not trained.
  public double loss() {
    return loss;
  }

  public int steps() {
    return steps;
  }

  /// `|B (h_i - h_j)|^2` of all words of a sentence.
  public double[][] distances(Sequences words, int sentence) {
    var h = projected(words, sentence);
    var out = new double[h.length][h.length];
    for (int i = 0; i < h.length; i++) {
      for (int j = 0; j < i; j++) {
        for (int r = 0; r < h[i].length; r++) {
          double by = h[i][r] - h[j][r];
          out[i][j] += by * by;
        }
        out[j][i] = out[i][j];
      }
    }
    return out;
  }

  /// `|B h_i|^2` of all words of a sentence.
  public double[] depths(Sequences words, int sentence) {
    var h = projected(words, sentence);
    var out = new double[h.length];
    for (int i = 0; i < h.length; i++) {
      for (double v : h[i]) {
        out[i] += v * v;
      }
    }
    return out;
  }

  private double[][] projected(Sequences words, int sentence) {
    var own = words.tokens(sentence);
    var out = new double[own.length][map.cols()];
    try (var scope = Scope.open()) {
      var rows = words.rows().select(own);
      var b = dev.sonde.tensor.Tensor.of(map.toDoubles(), map.rows(), map.cols());
      var flat =
          dev.sonde.tensor.Tensor.of(rows.toDoubles(), own.length, words.width())
              .matmul(b)
              .toDoubles();
      for (int i = 0; i < out.length; i++) {
        System.arraycopy(flat, i * map.cols(), out[i], 0, map.cols());
      }
    }
    return out;
  }

  /// How well it rebuilds the trees of other sentences; `keep` says which words count as ends of
  /// edges (no punctuation).
  public TreeScores score(Sequences words, List<int[]> heads, List<boolean[]> keep) {
    mustFit(words, heads);
    var scores = new TreeScores();
    for (int i = 0; i < heads.size(); i++) {
      if (kind == Kind.DISTANCE) {
        scores.distances(heads.get(i), keep.get(i), distances(words, i));
      } else {
        scores.depths(heads.get(i), keep.get(i), depths(words, i));
      }
    }
    return scores;
  }
}
