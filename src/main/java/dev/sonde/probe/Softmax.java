package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Multinomial logistic regression with an L2 penalty, to its optimum.
///
/// Minimises `C * sum_i [logsumexp_k z_ik - z_iy] + |W|^2 / 2` over one direction and one free
/// intercept a class, as scikit-learn's `LogisticRegression` states it for more than two classes.
/// The optimum's directions sum to 0 over the classes; the intercepts, which a common constant does
/// not change, are given so that they do too. With two classes it is [Logistic] at half the penalty
/// (softmax at C equals sigmoid at 2C). Centre directions over classes before any cosine: only
/// their differences mean something.
///
/// Solved by [LogisticSolver], all classes of a task in one column of it.
public final class Softmax {
  private Softmax() {}

  /// One probe a class, in the order of the names: the class with the largest score is the answer.
  /// `gradient` is the length of the gradient over (C n), `objective` the minimum.
  public record Fit(List<Linear> classes, double gradient, double objective, int steps) {
    public Fit {
      classes = List.copyOf(classes);
    }
  }

  /// @throws BadInput for fewer than two classes, or a class without rows
  /// @throws IllegalStateException if the optimum is not reached
  public static Fit fit(Samples samples, Basis.Scaling scaling, double c) {
    if (!(samples.y() instanceof Classes classes) || classes.names().size() < 2) {
      throw new BadInput("a softmax probe tells two or more classes apart; give it two");
    }
    int k = classes.names().size();
    for (int q = 0; q < k; q++) {
      if (classes.count(q) == 0) {
        throw new BadInput(
            "no row is of class %s; a probe needs rows of every class"
                .formatted(classes.names().get(q)));
      }
    }
    var basis = Basis.of(samples.x(), scaling);
    var all = new boolean[samples.size()];
    Arrays.fill(all, true);
    var task = ClassTask.of(classes.toArray(), k, all, c);
    var exact = LogisticSolver.Settings.EXACT;
    var end = LogisticSolver.several(basis, List.of(task), exact, List.of()).getFirst();
    if (!(end.gradient() <= exact.tolerance())) {
      throw new IllegalStateException(
          "the softmax probe stands at a gradient of %.1e after %d steps; its optimum has none"
              .formatted(end.gradient(), end.steps()));
    }
    return done(basis, task, end);
  }

  private static Fit done(Basis basis, ClassTask task, LogisticSolver.End end) {
    int r = basis.rank();
    int k = task.classes();
    try (var scope = Scope.open()) {
      var theta = Tensor.of(centred(end.theta(), k, task.present()), r + 1, k);
      var weights = theta.narrow(0, 0, r).contiguous();
      var intercepts = theta.select(0, r);
      var log = basis.z().matmul(weights).plus(intercepts).logSoftmax(1);
      double loss = log.times(ClassRows.of(basis, task).members()).sum().item();
      double objective = -task.c() * loss + weights.square().sum().item() / 2;
      var raw = basis.raw(weights, intercepts.toDoubles());
      double common = IntStream.range(0, k).mapToDouble(raw::bias).average().orElse(0);
      var probes =
          IntStream.range(0, k)
              .mapToObj(j -> Linear.of(raw.direction(j), raw.bias(j) - common))
              .toList();
      return new Fit(probes, end.gradient(), objective, end.steps());
    }
  }

  /// From a class after the other to a column for each class that is there, `(r + 1) x present`. A
  /// constant that all intercepts share changes nothing; here it is 0.
  static double[] centred(double[] theta, int classes, int[] present) {
    int width = theta.length / classes;
    var out = new double[width * present.length];
    for (int p = 0; p < present.length; p++) {
      for (int i = 0; i < width; i++) {
        out[i * present.length + p] = theta[present[p] * width + i];
      }
    }
    int last = out.length - present.length;
    double common = Arrays.stream(out, last, out.length).average().orElseThrow();
    for (int i = last; i < out.length; i++) {
      out[i] -= common;
    }
    return out;
  }
}
