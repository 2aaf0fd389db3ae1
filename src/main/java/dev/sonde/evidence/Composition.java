package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Interval;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.Ridge;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Is a probe of "white knight" the sum of one of "white" and one of "knight"?
///
/// Asked in the space of scores, across three parts of the rows: the joint probe from one, the
/// single ones from another, their scores compared on the third. Joint weights regressed on single
/// ones trained on the *same* rows are no answer: weights are linear in the labels, and the labels
/// of a joint value overlap with those of its factors, so that even pure noise gives the label
/// space's own R² ([#naiveWeights], shown for contrast only).
///
/// All numbers are means over joint values:
/// - `scores`: R² of the joint probe's scores on those of its two single probes. At `ceiling` or
///   above: additive. Near `labelSpace`: decodable, but as a conjunction. Near 0: not decodable.
/// - `ceiling`: the squared correlation of joint scores by two parts, what the joint probe reaches
///   of itself. Single probes learn from more rows a value, so where all is additive `scores` may
///   lie above it.
/// - `labelSpace`: R² of the joint label on the single ones, `(T + C - 2)/(T C - 1)` where
///   balanced.
/// - `mispaired`: R² on the single probes of other values: what any two probes give.
/// - `naiveWeights`: R² of joint weights on single ones of the same rows. Invalid.
/// - `crossWeights`: R² of joint weights on single ones of other rows; the noise dimensions, of
///   which weights are full, make it far too small even where everything is additive.
public record Composition(
    double scores,
    double ceiling,
    double labelSpace,
    double mispaired,
    double naiveWeights,
    double crossWeights,
    int cells,
    int rows) {
  private static final int LEAST = 5;

  /// How far a joint value is worth to be explained by more than its factors: the mean gain in
  /// log-likelihood a row, in bits, with its interval over groups.
  public record Interaction(double bits, Interval interval) {
    /// True if the joint probe knows more than the two single ones.
    public boolean needed() {
      return interval.low() > 0;
    }
  }

  /// Averages over `splits` ways to cut whole groups into three.
  ///
  /// @throws BadInput if no joint value has rows enough in every part
  public static Composition of(
      Matrix x, Factors factors, Groups groups, double alpha, int splits, Seed seed) {
    var sum = new double[6];
    int cells = 0;
    for (int s = 0; s < splits; s++) {
      var parts = thirds(groups, seed.forPurpose("composition", s));
      var split = new Split(x, factors, parts, alpha);
      cells = split.cells.size();
      var found = split.measure();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += found[i] / splits;
      }
    }
    return new Composition(sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], cells, x.rows());
  }

  /// The additive probe against the joint one, from held-out log-probabilities of the true values:
  /// two softmax probes of the factors are the softmax probe of the joint value whose logits are
  /// sums. The cleanest of these tests.
  public static Interaction interaction(
      double[] joint, double[] first, double[] second, Groups groups, int draws, Seed seed) {
    var gain = new double[joint.length];
    Arrays.setAll(gain, i -> (joint[i] - first[i] - second[i]) / Math.log(2));
    var bootstrap = Bootstrap.byGroup(groups, draws, seed.forPurpose("interaction"));
    return new Interaction(
        Arrays.stream(gain).average().orElseThrow(), bootstrap.bca(Bootstrap.mean(gain), .95));
  }

  /// R² of a joint probe's scores on those of its two single probes, for weights made elsewhere;
  /// `x` are rows that none of them was trained on. Softmax weights are to be centred first.
  public static double scores(Matrix x, double[] joint, double[] first, double[] second) {
    return LeastSquares.r2(score(x, joint), score(x, first), score(x, second));
  }

  /// Weights `[class][d]` less their mean over classes, which a softmax leaves open.
  public static double[][] centred(double[][] weights) {
    var mean = new double[weights[0].length];
    for (var w : weights) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += w[j] / weights.length;
      }
    }
    var out = new double[weights.length][];
    for (int k = 0; k < out.length; k++) {
      var own = weights[k];
      out[k] = new double[mean.length];
      Arrays.setAll(out[k], j -> own[j] - mean[j]);
    }
    return out;
  }

  /// What is left of joint weights `[first][second][d]` after the mean, the first factor's and the
  /// second factor's part are taken out (sum-to-zero coding): the interaction, of the same shape.
  public static double[][][] interactionWeights(double[][][] weights) {
    int t = weights.length;
    int c = weights[0].length;
    int d = weights[0][0].length;
    var out = new double[t][c][d];
    for (int j = 0; j < d; j++) {
      var row = new double[t];
      var column = new double[c];
      double all = 0;
      for (int a = 0; a < t; a++) {
        for (int b = 0; b < c; b++) {
          row[a] += weights[a][b][j] / c;
          column[b] += weights[a][b][j] / t;
          all += weights[a][b][j] / (t * (double) c);
        }
      }
      for (int a = 0; a < t; a++) {
        for (int b = 0; b < c; b++) {
          out[a][b][j] = weights[a][b][j] - row[a] - column[b] + all;
        }
      }
    }
    return out;
  }

  private static double[] score(Matrix x, double[] w) {
    return Linear.of(w, 0).scores(x);
  }

  private static int[][] thirds(Groups groups, Seed seed) {
    var random = seed.generator();
    var order = IntStream.range(0, groups.count()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    var part = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      part[order[i]] = i % 3;
    }
    return IntStream.range(0, 3)
        .mapToObj(
            p -> IntStream.range(0, groups.size()).filter(i -> part[groups.at(i)] == p).toArray())
        .toArray(int[][]::new);
  }

  /// One way to cut the rows into three.
  private static final class Split {
    private final Factors factors;
    private final int[][] parts;
    private final Matrix test;
    private final double alpha;
    private final List<Integer> cells;
    private final Basis a;
    private final Basis b;

    Split(Matrix x, Factors factors, int[][] parts, double alpha) {
      this.factors = factors;
      this.parts = parts;
      this.alpha = alpha;
      cells = new ArrayList<>(factors.cells(parts[0], LEAST));
      cells.retainAll(factors.cells(parts[1], LEAST));
      cells.retainAll(factors.cells(parts[2], LEAST));
      if (cells.size() < 2) {
        throw new BadInput(
            "%d joint values have %d rows in each third of the data; a decomposition needs two such values or more"
                .formatted(cells.size(), LEAST));
      }
      test = x.select(parts[2]);
      a = Basis.of(x.select(parts[0]), Basis.Scaling.COMMON);
      b = Basis.of(x.select(parts[1]), Basis.Scaling.COMMON);
    }

    private double[] weights(Basis basis, double[] label) {
      return Ridge.fit(basis, label, alpha).direction();
    }

    private List<double[]> firsts(Basis basis, int[] rows) {
      return IntStream.range(0, factors.firsts())
          .mapToObj(t -> weights(basis, factors.isFirst(rows, t)))
          .toList();
    }

    private List<double[]> seconds(Basis basis, int[] rows) {
      return IntStream.range(0, factors.seconds())
          .mapToObj(c -> weights(basis, factors.isSecond(rows, c)))
          .toList();
    }

    double[] measure() {
      var first = firsts(b, parts[1]);
      var second = seconds(b, parts[1]);
      var sameFirst = firsts(a, parts[0]);
      var sameSecond = seconds(a, parts[0]);
      var sum = new double[6];
      for (int cell : cells) {
        int t = cell / factors.seconds();
        int c = cell % factors.seconds();
        int otherT = (t + 1) % factors.firsts();
        int otherC = (c + 1) % factors.seconds();
        var joint = weights(a, factors.isJoint(parts[0], cell));
        var again = weights(b, factors.isJoint(parts[1], cell));
        var label = factors.isJoint(parts[2], cell);
        double[] found = {
          scores(test, joint, first.get(t), second.get(c)),
          LeastSquares.r2(score(test, joint), score(test, again)),
          LeastSquares.r2(label, factors.isFirst(parts[2], t), factors.isSecond(parts[2], c)),
          scores(test, joint, first.get(otherT), second.get(otherC)),
          LeastSquares.r2(joint, sameFirst.get(t), sameSecond.get(c)),
          LeastSquares.r2(joint, first.get(t), second.get(c))
        };
        for (int i = 0; i < sum.length; i++) {
          sum[i] += found[i] / cells.size();
        }
      }
      return sum;
    }
  }
}
