package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;

/// Linear discriminant analysis of any number of classes.
///
/// `w_k = S^-1 mean_k`, `b_k = -mean_k . w_k / 2 + log(n_k / n)`, S the pooled within-class
/// covariance (1/n), shrunk. The class with the largest output is the answer; with two classes the
/// difference of the outputs is [Lda]'s score. Directions are given with their mean over classes
/// taken out: only differences mean something.
public final class LdaClasses {
  private LdaClasses() {}

  /// @throws BadInput for fewer than two classes, or a class without rows
  public static LinearMap fit(Samples samples, Shrinkage shrinkage) {
    var classes = classes(samples);
    var basis = Basis.of(samples.x(), Basis.Scaling.NONE);
    int n = basis.rows();
    int r = basis.rank();
    int k = classes.names().size();
    try (var scope = Scope.open()) {
      var z = basis.z();
      var means = means(z, classes);
      var within = z.minus(members(classes).matmul(means));
      var factor = Lda.factor(within, n, samples.x().cols(), shrinkage);
      var w = Solve.withCholesky(factor, means.transpose(0, 1).contiguous());
      var half = w.transpose(0, 1).times(means).sum(1).times(-0.5).toDoubles();
      var centred = w.minus(w.mean(1).unsqueeze(1));
      double common = 0;
      for (int c = 0; c < k; c++) {
        half[c] += Math.log((double) classes.count(c) / n);
        common += half[c] / k;
      }
      for (int c = 0; c < k; c++) {
        half[c] -= common;
      }
      var raw = basis.raw(centred.reshape(r, k), half);
      var out = new ArrayList<Linear>();
      for (int c = 0; c < k; c++) {
        out.add(Linear.of(raw.direction(c), raw.bias(c)));
      }
      return new LinearMap(out);
    }
  }

  static Classes classes(Samples samples) {
    if (!(samples.y() instanceof Classes classes) || classes.names().size() < 2) {
      throw new BadInput("discriminant analysis tells two or more classes apart; give it two");
    }
    for (int c = 0; c < classes.names().size(); c++) {
      if (classes.count(c) == 0) {
        throw new BadInput(
            "no row is of class %s; a probe needs rows of every class"
                .formatted(classes.names().get(c)));
      }
    }
    return classes;
  }

  /// `n x k`, 1 where a row is of a class.
  static Tensor members(Classes classes) {
    int k = classes.names().size();
    var ones = new double[classes.size() * k];
    for (int i = 0; i < classes.size(); i++) {
      ones[i * k + classes.at(i)] = 1;
    }
    return Tensor.of(ones, classes.size(), k);
  }

  /// `k x r`.
  static Tensor means(Tensor z, Classes classes) {
    int k = classes.names().size();
    var counts = new double[k];
    for (int c = 0; c < k; c++) {
      counts[c] = classes.count(c);
    }
    return members(classes).transpose(0, 1).matmul(z).dividedBy(Tensor.of(counts, k, 1));
  }

  /// The subspace in which the classes differ most for how they spread: the first eigenvectors of
  /// `(S_B, S_W + lambda I)`, orthonormal, K - 1 of them at most. `lambda` counts in units of the
  /// mean variance.
  public static Subspace subspace(Samples samples, int dimensions, double lambda) {
    var classes = classes(samples);
    int most = Math.min(classes.names().size() - 1, samples.x().cols());
    if (dimensions < 1 || dimensions > most) {
      throw new BadInput(
          "%d classes span at most %d directions, not %d"
              .formatted(classes.names().size(), most, dimensions));
    }
    var basis = Basis.of(samples.x(), Basis.Scaling.NONE);
    try (var scope = Scope.open()) {
      var z = basis.z();
      var means = means(z, classes);
      var between = members(classes).matmul(means);
      var within = z.minus(between);
      var sw = within.transpose(0, 1).matmul(within);
      double mean = within.square().sum().item() / samples.x().cols();
      var unit = Tensor.eye(sw.size(0), sw.type());
      var eigen = Solve.eigen(sw.plus(unit.times((lambda + 1e-12) * mean)));
      var root = eigen.vectors().dividedBy(eigen.values().sqrt());
      var white = between.matmul(root);
      var top = Solve.eigen(white.transpose(0, 1).matmul(white)).vectors();
      var best = top.narrow(1, top.size(1) - dimensions, dimensions).contiguous();
      var raw = basis.raw(root.matmul(best), new double[dimensions]);
      var directions = new ArrayList<double[]>();
      for (int c = dimensions - 1; c >= 0; c--) {
        directions.add(raw.direction(c));
      }
      return Subspace.spannedBy(directions);
    }
  }
}
