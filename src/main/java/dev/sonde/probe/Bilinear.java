package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/// A probe of two rows: `score(h, g) = (h - mean) . A (g - mean) + b`, A of a rank that is given:
/// is a relation between the two written in their product?
///
/// Convex first: logistic regression with an L2 penalty on all products of the first k principal
/// components of both; then the first singular directions of what it found.
public final class Bilinear implements Fitted {
  private final double[] leftMean;
  private final double[] rightMean;
  private final double[][] left;
  private final double[][] right;
  private final double b;

  private Bilinear(
      double[] leftMean, double[] rightMean, double[][] left, double[][] right, double b) {
    this.leftMean = leftMean;
    this.rightMean = rightMean;
    this.left = left;
    this.right = right;
    this.b = b;
  }

  /// Row i of `first` and of `second` are a pair, `related` says of which of two classes.
  public static Bilinear fit(
      Matrix first, Matrix second, Classes related, int components, int rank, double c) {
    if (related.names().size() != 2 || related.count(0) == 0 || related.count(1) == 0) {
      throw new BadInput("a pair probe tells two kinds of pairs apart; give it pairs of both");
    }
    if (rank < 1 || components < rank) {
      throw new BadInput(
          "a pair probe of rank %d needs at least as many components, not %d"
              .formatted(rank, components));
    }
    var h = Quadratic.Frame.of(first, components);
    var g = Quadratic.Frame.of(second, components);
    int k = h.axes.length;
    int l = g.axes.length;
    var products = new double[first.rows() * k * l];
    for (int i = 0; i < first.rows(); i++) {
      var u = h.coordinates(first, i);
      var v = g.coordinates(second, i);
      for (int p = 0; p < k; p++) {
        for (int q = 0; q < l; q++) {
          products[(i * k + p) * l + q] = u[p] * v[q];
        }
      }
    }
    var samples = Samples.of(Matrix.ofDoubles(first.rows(), k * l, products), related);
    var probe = new Logistic().fit(samples, Basis.Scaling.COMMON, c);
    return truncated(h, g, probe, rank);
  }

  private static Bilinear truncated(Quadratic.Frame h, Quadratic.Frame g, Linear probe, int rank) {
    int k = h.axes.length;
    int l = g.axes.length;
    int kept = Math.min(rank, Math.min(k, l));
    try (var scope = Scope.open()) {
      var a = Tensor.of(probe.direction(), k, l);
      var eigen = Solve.eigen(a.transpose(0, 1).matmul(a));
      var v = eigen.vectors().narrow(1, l - kept, kept).contiguous();
      var av = a.matmul(v).transpose(0, 1).toDoubles();
      var vt = v.transpose(0, 1).toDoubles();
      var left = new double[kept][];
      var right = new double[kept][];
      for (int r = 0; r < kept; r++) {
        left[r] = turned(h.axes, Arrays.copyOfRange(av, r * k, (r + 1) * k));
        right[r] = turned(g.axes, Arrays.copyOfRange(vt, r * l, (r + 1) * l));
      }
      return new Bilinear(h.mean, g.mean, left, right, probe.bias());
    }
  }

  private static double[] turned(double[][] axes, double[] weights) {
    var out = new double[axes[0].length];
    for (int k = 0; k < axes.length; k++) {
      out = Small.plus(out, weights[k], axes[k]);
    }
    return out;
  }

  public double[] scores(Matrix first, Matrix second) {
    var out = new double[first.rows()];
    for (int i = 0; i < out.length; i++) {
      var h = Small.plus(first.row(i), -1, leftMean);
      var g = Small.plus(second.row(i), -1, rightMean);
      out[i] = b;
      for (int r = 0; r < left.length; r++) {
        out[i] += Small.dot(left[r], h) * Small.dot(right[r], g);
      }
    }
    return out;
  }

  /// A, `d x d'`, row-major.
  public Matrix form() {
    int d = left[0].length;
    int e = right[0].length;
    var out = new double[d * e];
    for (int r = 0; r < left.length; r++) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < e; j++) {
          out[i * e + j] += left[r][i] * right[r][j];
        }
      }
    }
    return Matrix.ofDoubles(d, e, out);
  }

  @Override
  public String kind() {
    return "bilinear";
  }

  @Override
  public Map<String, Matrix> parameters() {
    return Map.of(
        "left_mean", Matrix.ofDoubles(1, leftMean.length, leftMean.clone()),
        "right_mean", Matrix.ofDoubles(1, rightMean.length, rightMean.clone()),
        "left", Kinds.matrix(left),
        "right", Kinds.matrix(right),
        "bias", Matrix.ofDoubles(1, 1, new double[] {b}));
  }

  static Bilinear restored(Map<String, Matrix> p) {
    return new Bilinear(
        Kinds.row(p, "left_mean"),
        Kinds.row(p, "right_mean"),
        Kinds.rows(p, "left"),
        Kinds.rows(p, "right"),
        Kinds.row(p, "bias")[0]);
  }
}
