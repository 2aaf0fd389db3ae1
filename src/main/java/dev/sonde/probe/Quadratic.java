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
import java.util.stream.IntStream;

/// `score(x) = u . A u + w . u + b`, `u = P (x - mean)` the first k principal components of the
/// training rows at unit variance: products of features, still convex to fit.
///
/// Compare it with a linear probe of the same selectivity before calling anything nonlinear.
/// [#discriminant] is the generative baseline: one Gaussian a class.
public final class Quadratic implements Probe {
  private final double[] mean;
  private final double[][] axes;
  private final double[][] a;
  private final double[] w;
  private final double b;

  private Quadratic(double[] mean, double[][] axes, double[][] a, double[] w, double b) {
    this.mean = mean;
    this.axes = axes;
    this.a = a;
    this.w = w;
    this.b = b;
  }

  /// Logistic regression with an L2 penalty on the k components and their k (k + 1) / 2 products,
  /// each at unit variance.
  public static Quadratic fit(Samples samples, int components, double c) {
    var classes = two(samples);
    var frame = Frame.of(samples.x(), components);
    int k = frame.axes.length;
    int n = samples.size();
    int width = k + k * (k + 1) / 2;
    var features = new double[n * width];
    for (int i = 0; i < n; i++) {
      var u = frame.coordinates(samples.x(), i);
      System.arraycopy(u, 0, features, i * width, k);
      int at = i * width + k;
      for (int p = 0; p < k; p++) {
        for (int q = p; q < k; q++) {
          features[at++] = u[p] * u[q];
        }
      }
    }
    var expanded = new Samples(Matrix.ofDoubles(n, width, features), classes, samples.groups());
    var probe = new Logistic().fit(expanded, Basis.Scaling.FEATURES, c);
    var direction = probe.direction();
    var a = new double[k][k];
    int at = k;
    for (int p = 0; p < k; p++) {
      for (int q = p; q < k; q++) {
        a[p][q] += direction[at] / 2;
        a[q][p] += direction[at++] / 2;
      }
    }
    return new Quadratic(frame.mean, frame.axes, a, Arrays.copyOf(direction, k), probe.bias());
  }

  /// Quadratic discriminant analysis on the k components: log-odds of two Gaussians, each
  /// covariance shrunk.
  public static Quadratic discriminant(Samples samples, int components, Shrinkage shrinkage) {
    var classes = two(samples);
    var frame = Frame.of(samples.x(), components);
    int k = frame.axes.length;
    var a = new double[k][k];
    var w = new double[k];
    double b = Math.log((double) classes.count(1) / classes.count(0));
    for (int cls = 0; cls < 2; cls++) {
      double sign = cls == 1 ? 1 : -1;
      int id = cls;
      var rows = IntStream.range(0, samples.size()).filter(i -> classes.at(i) == id).toArray();
      var u = new double[rows.length * k];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(frame.coordinates(samples.x(), rows[i]), 0, u, i * k, k);
      }
      try (var scope = Scope.open()) {
        var all = Tensor.of(u, rows.length, k);
        var middle = all.mean(0);
        var factor = Lda.factor(all.minus(middle), rows.length, k, shrinkage);
        var unit = Tensor.eye(k, factor.type());
        var inverse = Solve.withCholesky(factor, unit).toDoubles();
        var solved = Solve.withCholesky(factor, middle.unsqueeze(1)).toDoubles();
        double determinant = factor.times(unit).sum(1).log().sum().item();
        b -= sign * (Small.dot(solved, middle.toDoubles()) / 2 + determinant);
        for (int p = 0; p < k; p++) {
          w[p] += sign * solved[p];
          for (int q = 0; q < k; q++) {
            a[p][q] -= sign * inverse[p * k + q] / 2;
          }
        }
      }
    }
    return new Quadratic(frame.mean, frame.axes, a, w, b);
  }

  private static Classes two(Samples samples) {
    if (samples.y() instanceof Classes y
        && y.names().size() == 2
        && y.count(0) > 1
        && y.count(1) > 1) {
      return y;
    }
    throw new BadInput("a quadratic probe tells two classes apart; give it two, with rows of both");
  }

  /// The first principal components at unit variance.
  static final class Frame {
    final double[] mean;
    final double[][] axes;

    Frame(double[] mean, double[][] axes) {
      this.mean = mean;
      this.axes = axes;
    }

    static Frame of(Matrix x, int components) {
      if (components < 1) {
        throw new BadInput("a probe on components takes one or more, not " + components);
      }
      var all = IntStream.range(0, x.rows()).toArray();
      var mean = Small.mean(x, all);
      var space = Subspace.components(x, components);
      var axes = new double[space.dimensions()][];
      for (int k = 0; k < axes.length; k++) {
        var axis = space.axis(k);
        var along = Linear.of(axis, -Small.dot(axis, mean)).scores(x);
        axes[k] = Small.scaled(axis, Math.sqrt(along.length) / Small.length(along));
      }
      return new Frame(mean, axes);
    }

    double[] coordinates(Matrix x, int row) {
      var centred = Small.plus(x.row(row), -1, mean);
      return Arrays.stream(axes).mapToDouble(axis -> Small.dot(axis, centred)).toArray();
    }
  }

  @Override
  public double[] scores(Matrix x) {
    var frame = new Frame(mean, axes);
    var out = new double[x.rows()];
    for (int i = 0; i < out.length; i++) {
      var u = frame.coordinates(x, i);
      out[i] = b + Small.dot(w, u);
      for (int p = 0; p < u.length; p++) {
        out[i] += u[p] * Small.dot(a[p], u);
      }
    }
    return out;
  }

  @Override
  public String kind() {
    return "quadratic";
  }

  @Override
  public Map<String, Matrix> parameters() {
    return Map.of(
        "mean", Matrix.ofDoubles(1, mean.length, mean.clone()),
        "axes", Kinds.matrix(axes),
        "products", Kinds.matrix(a),
        "direction", Matrix.ofDoubles(1, w.length, w.clone()),
        "bias", Matrix.ofDoubles(1, 1, new double[] {b}));
  }

  static Quadratic restored(Map<String, Matrix> p) {
    return new Quadratic(
        Kinds.row(p, "mean"),
        Kinds.rows(p, "axes"),
        Kinds.rows(p, "products"),
        Kinds.row(p, "direction"),
        Kinds.row(p, "bias")[0]);
  }
}
