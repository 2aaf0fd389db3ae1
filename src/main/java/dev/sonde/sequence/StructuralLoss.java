package dev.sonde.sequence;

import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.Scope;
import java.util.List;

/// The L1 loss of a [StructuralProbe] and its gradient: one product projects all words, loops over
/// the pairs of each sentence make the slopes, one product brings them back.
final class StructuralLoss implements Lbfgs.Objective {
  private final RowProducts x;
  private final int rank;
  private final List<Sentence> sentences;
  private final boolean distance;

  private StructuralLoss(RowProducts x, int rank, List<Sentence> sentences, boolean distance) {
    this.x = x;
    this.rank = rank;
    this.sentences = sentences;
    this.distance = distance;
  }

  /// Where a sentence's rows begin, and what its tree says: distances, or depths on the diagonal.
  private static final class Sentence {
    private final int first;
    private final double[][] tree;

    Sentence(int first, double[][] tree) {
      this.first = first;
      this.tree = tree;
    }
  }

  static StructuralLoss of(
      StructuralProbe.Kind kind, RowProducts x, Sequences words, List<int[]> heads, int rank) {
    var sentences = new java.util.ArrayList<Sentence>();
    boolean distance = kind == StructuralProbe.Kind.DISTANCE;
    for (int i = 0; i < heads.size(); i++) {
      var tree = distance ? Trees.distances(heads.get(i)) : depths(heads.get(i));
      sentences.add(new Sentence(words.first(i), tree));
    }
    return new StructuralLoss(x, rank, sentences, distance);
  }

  private static double[][] depths(int[] heads) {
    var depth = Trees.depths(heads);
    var out = new double[1][depth.length];
    for (int i = 0; i < depth.length; i++) {
      out[0][i] = depth[i];
    }
    return out;
  }

  @Override
  public int columns() {
    return 1;
  }

  @Override
  public int size() {
    return x.width() * rank;
  }

  @Override
  public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
    try (var scope = Scope.open()) {
      var h = x.onto(points[0], rank);
      var slope = new double[h.length];
      double sum = 0;
      for (var sentence : sentences) {
        sum += distance ? pairs(sentence, h, slope) : words(sentence, h, slope);
      }
      values[0] = sum / sentences.size();
      var back = x.back(slope, rank);
      for (int i = 0; i < back.length; i++) {
        slopes[0][i] = back[i] / sentences.size();
      }
    }
  }

  /// Every pair counts twice, as the sum over i and j does.
  private double pairs(Sentence sentence, double[] h, double[] slope) {
    int n = sentence.tree.length;
    double weight = 2.0 / n / n;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      int a = (sentence.first + i) * rank;
      for (int j = 0; j < i; j++) {
        int b = (sentence.first + j) * rank;
        double square = 0;
        for (int r = 0; r < rank; r++) {
          double by = h[a + r] - h[b + r];
          square += by * by;
        }
        double off = square - sentence.tree[i][j];
        sum += weight * Math.abs(off);
        double push = 2 * weight * Math.signum(off);
        for (int r = 0; r < rank; r++) {
          double by = push * (h[a + r] - h[b + r]);
          slope[a + r] += by;
          slope[b + r] -= by;
        }
      }
    }
    return sum;
  }

  private double words(Sentence sentence, double[] h, double[] slope) {
    var depth = sentence.tree[0];
    double sum = 0;
    for (int i = 0; i < depth.length; i++) {
      int a = (sentence.first + i) * rank;
      double square = 0;
      for (int r = 0; r < rank; r++) {
        square += h[a + r] * h[a + r];
      }
      double off = square - depth[i];
      sum += Math.abs(off) / depth.length;
      for (int r = 0; r < rank; r++) {
        slope[a + r] += 2 * Math.signum(off) * h[a + r] / depth.length;
      }
    }
    return sum;
  }
}
