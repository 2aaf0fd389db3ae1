package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Linear support vector machine with the squared hinge loss.
///
/// Minimises `|w|^2 / 2 (+ b^2 / 2) + C sum_i max(0, 1 - s_i z_i)^2`. With the penalised intercept
/// it is liblinear's model (scikit-learn's `LinearSVC`), which depends on where the origin lies;
/// with the free one it does not. The hinge itself: [Svm].
///
/// The penalised optimum lies in the span of the rows `(x, 1)`: that of the centred rows and one
/// direction more, `q`, the part of `(mean, 1)` perpendicular to them. In those coordinates the
/// penalty is the identity, so both models are one solver over the rows `(z + V^T mean, |q|)` or
/// `(z, 1)`.
public record SquaredHinge(boolean penalisedIntercept) implements ProbeFamily {
  private static final int BLOCK = 128;

  public SquaredHinge() {
    this(true);
  }

  @Override
  public String name() {
    return penalisedIntercept ? "svm-squared" : "svm-squared-free";
  }

  @Override
  public List<Double> grid() {
    return List.of(1e-5, 1e-4, 1e-3, 1e-2, 1e-1);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int r = basis.rank();
    int m = tasks.size();
    var gradient = new double[m];
    var steps = new int[m];
    var theta = new double[m * (r + 1)];
    var origin = Origin.of(basis, penalisedIntercept);
    double tolerance = exact ? 1e-9 : 1e-3;
    try (var scope = Scope.open()) {
      var last = Tensor.full(origin.last, basis.z().type(), basis.rows(), 1);
      var a = Tensor.cat(1, List.of(basis.z().plus(Tensor.of(origin.shift, r)), last));
      var penalty = new double[r + 1];
      Arrays.fill(penalty, 1);
      penalty[r] = penalisedIntercept ? 1 : 0;
      for (int from = 0; from < m; from += BLOCK) {
        int to = Math.min(m, from + BLOCK);
        var found =
            new HingeNewton(a, penalty, tasks.subList(from, to))
                .solve(tolerance, exact ? 1e-13 : tolerance);
        System.arraycopy(found.theta(), 0, theta, from * (r + 1), (to - from) * (r + 1));
        System.arraycopy(found.gradient(), 0, gradient, from, to - from);
        System.arraycopy(found.steps(), 0, steps, from, to - from);
      }
      var probes = new ArrayList<Linear>();
      for (int j = 0; j < m; j++) {
        probes.add(origin.probe(basis, Arrays.copyOfRange(theta, j * (r + 1), (j + 1) * (r + 1))));
      }
      return Solution.ofProbes(basis, probes, gradient, steps, tolerance);
    }
  }

  /// Where the origin of the raw rows lies, seen from the basis. `shift` is `V^T mean` (scaled
  /// units), `last` the length of q, `far` what the raw direction gains for each unit along q.
  private static final class Origin {
    private final double[] shift;
    private final double last;
    private final double[] far;
    private final boolean penalised;

    Origin(double[] shift, double last, double[] far, boolean penalised) {
      this.shift = shift;
      this.last = last;
      this.far = far;
      this.penalised = penalised;
    }

    static Origin of(Basis basis, boolean penalised) {
      int r = basis.rank();
      int d = basis.x().cols();
      if (!penalised) {
        return new Origin(new double[r], 1, new double[d], false);
      }
      try (var scope = Scope.open()) {
        var unit = Tensor.eye(r, basis.z().type());
        var axes = basis.raw(unit, new double[r]);
        var shift = new double[r];
        Arrays.setAll(shift, k -> -axes.bias(k));
        var mean = Small.mean(basis.x(), IntStream.range(0, basis.rows()).toArray());
        var scale2 = squaredScale(basis, mean);
        var far = new double[d];
        Arrays.setAll(far, j -> mean[j] / scale2[j]);
        double last = Math.sqrt(Math.max(0, Small.dot(mean, far) - Small.dot(shift, shift)) + 1);
        return new Origin(shift, last, far, true);
      }
    }

    /// What one raw unit of every feature is in the basis, squared: from how long the features are
    /// in both.
    private static double[] squaredScale(Basis basis, double[] mean) {
      int n = basis.rows();
      int d = basis.x().cols();
      var raw = basis.x().toDoubles();
      var own = new double[d];
      var there = new double[d];
      for (int from = 0; from < n; from += BLOCK) {
        int rows = Math.min(n, from + BLOCK) - from;
        try (var scope = Scope.open()) {
          // row i of (x - mean) / scale^2 is the raw direction that belongs to z_i
          var z = basis.z().narrow(0, from, rows).transpose(0, 1).contiguous();
          var images = basis.raw(z, new double[rows]);
          for (int i = 0; i < rows; i++) {
            var image = images.direction(i);
            for (int j = 0; j < d; j++) {
              double centred = raw[(from + i) * d + j] - mean[j];
              own[j] += centred * centred;
              there[j] += centred * image[j];
            }
          }
        }
      }
      double largest = Arrays.stream(own).max().orElse(0);
      var out = new double[d];
      // a constant feature has no scale of its own; the common one is as good as any
      double total = Arrays.stream(own).sum() / Arrays.stream(there).sum();
      Arrays.setAll(out, j -> own[j] > 1e-24 * largest ? own[j] / there[j] : total);
      return out;
    }

    Linear probe(Basis basis, double[] theta) {
      int r = theta.length - 1;
      double along = penalised ? theta[r] / last : 0;
      var column = new double[r];
      Arrays.setAll(column, k -> theta[k] - along * shift[k]);
      try (var scope = Scope.open()) {
        var raw = basis.raw(Tensor.of(column, r, 1), new double[] {theta[r]});
        return penalised
            ? Linear.of(Small.plus(raw.direction(0), along, far), along)
            : Linear.of(raw.direction(0), raw.bias(0));
      }
    }
  }
}
