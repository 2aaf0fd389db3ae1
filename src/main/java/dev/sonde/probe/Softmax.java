package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
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
/// Newton steps in the basis of the rows ([Basis]), each by preconditioned conjugate gradients with
/// products of the Hessian alone; float64 throughout.
public final class Softmax {
  private static final double TOLERANCE = 1e-9;
  private static final double AIM = 1e-12;
  private static final int STEPS = 100;
  private static final int PRODUCTS = 2000;
  private static final int HALVINGS = 40;

  private final double c;
  private final long rows;
  private final Tensor z;
  private final Tensor zt;
  private final Tensor truth;
  private final Tensor penalty;

  private Softmax(Basis basis, Classes classes, double c) {
    this.c = c;
    rows = basis.rows();
    int k = classes.names().size();
    z = Tensor.cat(1, List.of(basis.z(), Tensor.full(1, DType.FLOAT64, rows, 1)));
    zt = z.transpose(0, 1).contiguous();
    var ones = new double[Math.multiplyExact(basis.rows(), k)];
    for (int i = 0; i < rows; i++) {
      ones[i * k + classes.at(i)] = 1;
    }
    truth = Tensor.of(ones, rows, k);
    var free = new double[basis.rank() + 1];
    Arrays.fill(free, 0, basis.rank(), 1);
    penalty = Tensor.of(free, free.length, 1);
  }

  /// One probe a class, in the order of the names: the class with the largest score is the answer.
  /// `gradient` is the length of the gradient over (C n), `objective` the minimum.
  public record Fit(List<Linear> classes, double gradient, double objective, int steps) {
    public Fit {
      classes = List.copyOf(classes);
    }
  }

  /// @throws BadInput for fewer than two classes, or a class without rows
  public static Fit fit(Samples samples, Basis.Scaling scaling, double c) {
    if (!(samples.y() instanceof Classes classes) || classes.names().size() < 2) {
      throw new BadInput("a softmax probe tells two or more classes apart; give it two");
    }
    for (int k = 0; k < classes.names().size(); k++) {
      if (classes.count(k) == 0) {
        throw new BadInput(
            "no row is of class %s; a probe needs rows of every class"
                .formatted(classes.names().get(k)));
      }
    }
    if (!(c > 0) || Double.isInfinite(c)) {
      throw new IllegalArgumentException("C is a positive number, not " + c);
    }
    var basis = Basis.of(samples.x(), scaling);
    try (var scope = Scope.open()) {
      return new Softmax(basis, classes, c).solve(basis);
    }
  }

  private Fit solve(Basis basis) {
    var theta = Tensor.zeros(DType.FLOAT64, z.size(1), truth.size(1));
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; ; step++) {
      var p = z.matmul(theta).softmax(1);
      var slope = slope(p, theta);
      double size = length(slope) / (c * rows);
      boolean stuck = size <= TOLERANCE && size > before / 3;
      if (size <= AIM || stuck || step == STEPS) {
        if (!(size <= TOLERANCE)) {
          throw new IllegalStateException(
              "the softmax probe stands at a gradient of %.1e after %d steps; its optimum has none"
                  .formatted(size, step));
        }
        return done(basis, theta, size, step);
      }
      before = size;
      theta = shortened(theta, newton(p, slope, Math.min(0.1, Math.max(size, 1e-10))));
    }
  }

  private Tensor slope(Tensor p, Tensor theta) {
    return zt.matmul(p.minus(truth)).times(c).plus(theta.times(penalty));
  }

  /// The Newton step, as exactly as `accuracy` says, by conjugate gradients.
  private Tensor newton(Tensor p, Tensor slope, double accuracy) {
    var curvature = zt.square().matmul(p.minus(p.square())).times(c).plus(penalty).plus(1e-30);
    var rest = slope.negative();
    var x = rest.times(0);
    var y = rest.dividedBy(curvature);
    var direction = y;
    double size = rest.times(y).sum().item();
    double enough = accuracy * accuracy * size;
    for (int i = 0; i < PRODUCTS && size > enough; i++) {
      var product = hessian(p, direction);
      double step = size / direction.times(product).sum().item();
      x = x.plus(direction.times(step));
      rest = rest.minus(product.times(step));
      y = rest.dividedBy(curvature);
      double next = rest.times(y).sum().item();
      direction = y.plus(direction.times(next / size));
      size = next;
    }
    return x;
  }

  private Tensor hessian(Tensor p, Tensor v) {
    var u = z.matmul(v).times(p);
    var mixed = u.minus(p.times(u.sum(1).unsqueeze(1)));
    return zt.matmul(mixed).times(c).plus(v.times(penalty));
  }

  /// The step halved until it does not overshoot: by convexity a step at whose end the loss still
  /// falls has lowered it all the way.
  private Tensor shortened(Tensor theta, Tensor step) {
    double start = slope(z.matmul(theta).softmax(1), theta).times(step).sum().item();
    double by = 1;
    for (int halving = 0; halving < HALVINGS; halving++, by /= 2) {
      var there = theta.plus(step.times(by));
      double now = slope(z.matmul(there).softmax(1), there).times(step).sum().item();
      if (now <= -0.1 * start) {
        return there;
      }
    }
    return theta;
  }

  private Fit done(Basis basis, Tensor theta, double size, int steps) {
    int r = basis.rank();
    int k = (int) truth.size(1);
    var loss = z.matmul(theta).logSoftmax(1).times(truth).sum().item();
    var weights = theta.narrow(0, 0, r).contiguous();
    double objective = -c * loss + weights.square().sum().item() / 2;
    var intercepts = theta.select(0, r).toDoubles();
    var raw = basis.raw(weights, intercepts);
    double common = IntStream.range(0, k).mapToDouble(raw::bias).average().orElse(0);
    var probes =
        IntStream.range(0, k)
            .mapToObj(j -> Linear.of(raw.direction(j), raw.bias(j) - common))
            .toList();
    return new Fit(probes, size, objective, steps);
  }

  private static double length(Tensor t) {
    return Math.sqrt(t.square().sum().item());
  }
}
