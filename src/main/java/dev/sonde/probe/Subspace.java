package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Solve;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// k orthonormal directions of a space of d dimensions: where a concept with more than one degree
/// of freedom lives.
public final class Subspace {
  private static final double NEGLIGIBLE = 1e-10;
  private final List<double[]> axes;

  private Subspace(List<double[]> axes) {
    this.axes = axes;
  }

  /// Orthonormalised in the order given (Gram & Schmidt, twice); what depends on those before it
  /// adds nothing.
  ///
  /// @throws BadInput if nothing is left
  public static Subspace spannedBy(List<double[]> directions) {
    var axes = new ArrayList<double[]>();
    for (var direction : directions) {
      double length = Small.length(direction);
      var rest = Small.unit(direction);
      for (int pass = 0; pass < 2; pass++) {
        for (var axis : axes) {
          rest = Small.plus(rest, -Small.dot(axis, rest), axis);
        }
      }
      if (length > 0 && Small.length(rest) > NEGLIGIBLE) {
        axes.add(Small.unit(rest));
      }
    }
    if (axes.isEmpty()) {
      throw new BadInput("these directions are all zero; they span nothing");
    }
    return new Subspace(axes);
  }

  public int dimensions() {
    return axes.size();
  }

  /// The space it lies in.
  public int width() {
    return axes.getFirst().length;
  }

  public double[] axis(int k) {
    return axes.get(k).clone();
  }

  /// The cosines of the principal angles between two subspaces, descending.
  public double[] cosines(Subspace other) {
    if (other.width() != width()) {
      throw new IllegalArgumentException(
          "a subspace of %d dimensions and one of %d do not compare"
              .formatted(width(), other.width()));
    }
    int k = dimensions();
    int l = other.dimensions();
    var products = new double[k * l];
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < l; b++) {
        products[a * l + b] = Small.dot(axes.get(a), other.axes.get(b));
      }
    }
    try (var scope = Scope.open()) {
      var m = Tensor.of(products, k, l);
      var gram = k <= l ? m.matmul(m.transpose(0, 1)) : m.transpose(0, 1).matmul(m);
      var values = Solve.eigen(gram).values().toDoubles();
      var out = new double[values.length];
      Arrays.setAll(out, i -> Math.sqrt(Math.clamp(values[values.length - 1 - i], 0.0, 1.0)));
      return out;
    }
  }

  /// Principal angles in degrees, ascending.
  public double[] angles(Subspace other) {
    return Arrays.stream(cosines(other)).map(c -> Math.toDegrees(Math.acos(c))).toArray();
  }

  /// The mean squared cosine over the smaller subspace's axes: 1 if it lies within the other one;
  /// for a random subspace and one of k dimensions k / d.
  public double overlap(Subspace other) {
    return Arrays.stream(cosines(other)).map(c -> c * c).average().orElseThrow();
  }

  /// Where rows say linearly anything of their class (Belrose et al. 2023, LEACE): `erased` is what
  /// taking the concept out removes, `read` the directions that read it; the eraser is `x - sum_k
  /// erased_k (read_k . (x - mean))`, with vectors of matching scale.
  public record Concept(List<double[]> erased, List<double[]> read) {
    public Concept {
      erased = List.copyOf(erased);
      read = List.copyOf(read);
    }

    public Subspace subspace() {
      return spannedBy(erased);
    }
  }

  /// From the covariance of rows and classes, in the whitened space; directions whose singular
  /// value is below `1e-6` of the largest are rounding.
  public static Concept concept(dev.sonde.data.Samples samples) {
    var classes = LdaClasses.classes(samples);
    var basis = Basis.of(samples.x(), Basis.Scaling.NONE);
    int n = basis.rows();
    try (var scope = Scope.open()) {
      var members = LdaClasses.members(classes);
      var centred = members.minus(members.mean(0));
      var root = basis.lambda().times(1.0 / n).sqrt();
      var cross = basis.z().transpose(0, 1).matmul(centred).times(1.0 / n);
      var white = cross.dividedBy(root.unsqueeze(1));
      var eigen = Solve.eigen(white.transpose(0, 1).matmul(white));
      var values = eigen.values().toDoubles();
      int first = 0;
      while (values[first] <= 1e-12 * values[values.length - 1]) {
        first++;
      }
      int k = values.length - first;
      var right = eigen.vectors().narrow(1, first, k).contiguous();
      var sizes = Tensor.of(Arrays.copyOfRange(values, first, values.length), k).sqrt();
      var u = white.matmul(right).dividedBy(sizes);
      var erased = basis.raw(u.times(root.unsqueeze(1)), new double[k]);
      var read = basis.raw(u.dividedBy(root.unsqueeze(1)), new double[k]);
      var out = new ArrayList<double[]>();
      var in = new ArrayList<double[]>();
      for (int i = k - 1; i >= 0; i--) {
        out.add(erased.direction(i));
        in.add(read.direction(i));
      }
      return new Concept(out, in);
    }
  }

  /// The first principal components of rows.
  public static Subspace components(Matrix x, int dimensions) {
    var basis = Basis.of(x, Basis.Scaling.NONE);
    int k = Math.min(dimensions, basis.rank());
    try (var scope = Scope.open()) {
      var unit = Tensor.eye(basis.rank(), DType.FLOAT64);
      var last = unit.narrow(1, basis.rank() - k, k).contiguous();
      var raw = basis.raw(last, new double[k]);
      var directions = new ArrayList<double[]>();
      for (int i = k - 1; i >= 0; i--) {
        directions.add(raw.direction(i));
      }
      return spannedBy(directions);
    }
  }
}
