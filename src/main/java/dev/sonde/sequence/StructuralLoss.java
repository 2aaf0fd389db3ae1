package dev.sonde.sequence;

import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
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
    private final int length;
    private final double[][] tree;

    Sentence(int first, int length, double[][] tree) {
      this.first = first;
      this.length = length;
      this.tree = tree;
    }
  }

  static StructuralLoss of(
      StructuralProbe.Kind kind, RowProducts x, Sequences words, List<int[]> heads, int rank) {
    var sentences = new java.util.ArrayList<Sentence>();
    boolean distance = kind == StructuralProbe.Kind.DISTANCE;
    for (int i = 0; i < heads.size(); i++) {
      var tree = distance ? Trees.distances(heads.get(i)) : depths(heads.get(i));
      sentences.add(new Sentence(words.first(i), words.length(i), tree));
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

  int sentences() {
    return sentences.size();
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
        sum += sentence(sentence, sentence.first, h, slope);
      }
      values[0] = sum / sentences.size();
      var back = x.back(slope, rank);
      for (int i = 0; i < back.length; i++) {
        slopes[0][i] = back[i] / sentences.size();
      }
    }
  }

  /// The mean loss of some sentences under one map; `slope` is set to its gradient, unless it has
  /// no length.
  double of(int[] some, double[] map, double[] slope) {
    try (var scope = Scope.open()) {
      var type = x.type();
      var parts =
          Arrays.stream(some).mapToObj(sentences::get).map(s -> x.rows(s.first, s.length)).toList();
      var rows = Tensor.cat(0, parts);
      var h = rows.matmul(Tensor.of(map, x.width(), rank).to(type)).toDoubles();
      var local = new double[h.length];
      double sum = 0;
      int at = 0;
      for (int i : some) {
        sum += sentence(sentences.get(i), at, h, local);
        at += sentences.get(i).length;
      }
      if (slope.length > 0) {
        var back = rows.transpose(0, 1).matmul(Tensor.of(local, at, rank).to(type)).toDoubles();
        for (int i = 0; i < back.length; i++) {
          slope[i] = back[i] / some.length;
        }
      }
      return sum / some.length;
    }
  }

  /// The loss of the words whose projections begin at row `first`; adds to their slopes.
  private double sentence(Sentence sentence, int first, double[] h, double[] slope) {
    return distance
        ? pairs(sentence.tree, first, h, slope)
        : words(sentence.tree[0], first, h, slope);
  }

  /// Every pair counts twice, as the sum over i and j does.
  private double pairs(double[][] tree, int first, double[] h, double[] slope) {
    int n = tree.length;
    double weight = 2.0 / n / n;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      int a = (first + i) * rank;
      for (int j = 0; j < i; j++) {
        int b = (first + j) * rank;
        double square = 0;
        for (int r = 0; r < rank; r++) {
          double by = h[a + r] - h[b + r];
          square += by * by;
        }
        double off = square - tree[i][j];
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

  private double words(double[] depth, int first, double[] h, double[] slope) {
    double sum = 0;
    for (int i = 0; i < depth.length; i++) {
      int a = (first + i) * rank;
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
