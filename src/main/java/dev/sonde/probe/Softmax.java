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
  /// The length of the gradient over C n at which an optimum counts as one.
  static final double TOLERANCE = 1e-9;

  /// What is enough to choose a regularisation by.
  static final double COARSE = 1e-3;

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

  private Softmax(ClassRows of, double c) {
    this.c = c;
    rows = of.z().size(0);
    z = Tensor.cat(1, List.of(of.z(), Tensor.full(1, DType.FLOAT64, rows, 1)));
    zt = z.transpose(0, 1).contiguous();
    truth = of.members();
    var free = new double[(int) z.size(1)];
    Arrays.fill(free, 0, free.length - 1, 1);
    penalty = Tensor.of(free, free.length, 1);
  }

  /// Where a search ended: `(r + 1) x k` row-major, intercepts last; the length of the gradient
  /// over C n.
  static final class End {
    private final double[] theta;
    private final double gradient;
    private final int steps;

    private End(double[] theta, double gradient, int steps) {
      this.theta = theta;
      this.gradient = gradient;
      this.steps = steps;
    }

    double[] theta() {
      return theta;
    }

    double gradient() {
      return gradient;
    }
  }

  /// The optimum over a task's training rows, for the classes that they are of. `start` is empty or
  /// a point to begin at.
  static End minimum(Basis basis, ClassTask task, double[] start, double tolerance) {
    return new Softmax(ClassRows.of(basis, task), task.c()).minimum(start, tolerance, tolerance);
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
    var all = new boolean[samples.size()];
    Arrays.fill(all, true);
    var task = ClassTask.of(classes.toArray(), classes.names().size(), all, c);
    try (var scope = Scope.open()) {
      var softmax = new Softmax(ClassRows.of(basis, task), c);
      return softmax.done(basis, softmax.minimum(new double[0], TOLERANCE, AIM));
    }
  }

  /// To a gradient of `aim` or, where rounding hinders that, of `tolerance`.
  private End minimum(double[] start, double tolerance, double aim) {
    var theta =
        start.length == 0
            ? Tensor.zeros(DType.FLOAT64, z.size(1), truth.size(1))
            : Tensor.of(start, z.size(1), truth.size(1));
    double before = Double.POSITIVE_INFINITY;
    for (int step = 0; ; step++) {
      var p = z.matmul(theta).softmax(1);
      var slope = slope(p, theta);
      double size = length(slope) / (c * rows);
      boolean stuck = size <= tolerance && size > before / 3;
      if (size <= aim || stuck || step == STEPS) {
        if (!(size <= tolerance)) {
          throw new IllegalStateException(
              "the softmax probe stands at a gradient of %.1e after %d steps; its optimum has none"
                  .formatted(size, step));
        }
        return new End(centred(theta), size, step);
      }
      before = size;
      theta = shortened(theta, newton(p, slope, Math.max(Math.min(0.1, size), 0.1 * aim / size)));
    }
  }

  /// A constant that all intercepts share changes nothing; here it is 0.
  private double[] centred(Tensor theta) {
    var out = theta.toDoubles();
    int k = (int) truth.size(1);
    double common = Arrays.stream(out, out.length - k, out.length).average().orElseThrow();
    for (int i = out.length - k; i < out.length; i++) {
      out[i] -= common;
    }
    return out;
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

  private Fit done(Basis basis, End end) {
    int r = basis.rank();
    int k = (int) truth.size(1);
    var theta = Tensor.of(end.theta, r + 1, k);
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
    return new Fit(probes, end.gradient, objective, end.steps);
  }

  private static double length(Tensor t) {
    return Math.sqrt(t.square().sum().item());
  }
}
