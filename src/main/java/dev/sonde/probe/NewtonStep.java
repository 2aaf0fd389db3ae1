package dev.sonde.probe;

import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The Newton equations of many logistic columns, solved together by conjugate gradients.
///
/// Column j wants `(Z^T D_j Z + diag(penalty)) x = -g`, D_j as [Link] says: a number a row, or a
/// small matrix a row where there are several outputs, all of which one column then holds. A
/// product with the Hessian is two matrix products for all columns; in the eigenbasis of the rows
/// its diagonal alone is a good preconditioner. A column that has reached its accuracy leaves. Only
/// the products are native: what lies between them is little, and costs less on the heap than it
/// takes to call for it.
final class NewtonStep {
  private static final int MOST = 400;
  private static final double STAY = 0.875;

  private final RowsAs rows;

  /// Products are computed in the type of `rows`.
  NewtonStep(RowsAs rows) {
    this.rows = rows;
  }

  /// The step of every column, `m x (outputs r)` in float64. `accuracy` is the length of what is
  /// left of the equation over that of its right-hand side.
  Tensor solve(Link.Curvature curvature, Tensor gradient, double[] accuracy) {
    int r = (int) gradient.size(1);
    var out = new double[accuracy.length * r];
    try (var scope = Scope.open()) {
      var d = curvature.to(rows.type());
      var columns = start(d, gradient, accuracy);
      for (int step = 0; !columns.isEmpty() && step < MOST; step++) {
        step(columns, d);
        var open = columns.stream().filter(c -> !c.there()).toList();
        // a column that is there loses nothing by going on until others are
        if (open.size() <= STAY * columns.size()) {
          columns.stream().filter(Column::there).forEach(c -> c.write(out));
          d = open.isEmpty() ? d : d.only(places(open, columns));
          columns = open;
        }
      }
      columns.forEach(c -> c.write(out));
    }
    return Tensor.of(out, accuracy.length, r);
  }

  private List<Column> start(Link.Curvature d, Tensor slope, double[] accuracy) {
    int r = (int) slope.size(1);
    var gradient = slope.toDoubles();
    var diagonal = d.diagonal(rows).toDoubles();
    var out = new ArrayList<Column>();
    for (int j = 0; j < accuracy.length; j++) {
      out.add(new Column(j, r, rows.width(), gradient, diagonal, accuracy[j]));
    }
    return out;
  }

  /// The Hessians times the directions of the columns, one after another.
  private Tensor product(List<Column> columns, Link.Curvature d) {
    int r = columns.getFirst().p.length;
    int outputs = r / rows.width();
    Tensor p;
    if (rows.type() == DType.FLOAT32) {
      var half = new float[columns.size() * r];
      for (int i = 0; i < columns.size(); i++) {
        columns.get(i).toFloats(half, i * r);
      }
      p = Tensor.of(half, (long) columns.size() * outputs, rows.width());
    } else {
      var whole = new double[columns.size() * r];
      for (int i = 0; i < columns.size(); i++) {
        System.arraycopy(columns.get(i).p, 0, whole, i * r, r);
      }
      p = Tensor.of(whole, (long) columns.size() * outputs, rows.width()).to(rows.type());
    }
    return rows.gather(d.times(rows.spread(p)));
  }

  private void step(List<Column> columns, Link.Curvature d) {
    int r = columns.getFirst().p.length;
    try (var scope = Scope.open()) {
      var product = product(columns, d);
      var q = new double[r];
      if (rows.type() == DType.FLOAT32) {
        var half = product.toFloats();
        for (int i = 0; i < columns.size(); i++) {
          for (int k = 0; k < r; k++) {
            q[k] = half[i * r + k];
          }
          columns.get(i).step(q);
        }
      } else {
        var whole = product.toDoubles();
        for (int i = 0; i < columns.size(); i++) {
          System.arraycopy(whole, i * r, q, 0, r);
          columns.get(i).step(q);
        }
      }
    }
  }

  private static Tensor places(List<Column> open, List<Column> columns) {
    var at = new long[open.size()];
    for (int i = 0, j = 0; i < at.length; j++) {
      if (columns.get(j) == open.get(i)) {
        at[i++] = j;
      }
    }
    return Tensor.of(at, at.length);
  }

  /// Where the conjugate gradients of one column stand. The right-hand side enters with length 1,
  /// so that nothing underflows in float32; `size` is the square of what is left.
  private static final class Column {
    private final int id;
    private final int width;
    private final double norm;
    private final double[] inverse;
    private final double[] x;
    private final double[] rest;
    private final double[] p;
    private final double enough;
    private double size;

    Column(int id, int r, int width, double[] gradient, double[] diagonal, double accuracy) {
      this.id = id;
      this.width = width;
      int from = id * r;
      double squares = 0;
      for (int k = 0; k < r; k++) {
        squares += gradient[from + k] * gradient[from + k];
      }
      norm = Math.sqrt(squares);
      inverse = new double[r];
      rest = new double[r];
      p = new double[r];
      x = new double[r];
      for (int k = 0; k < r; k++) {
        inverse[k] = 1 / diagonal[from + k];
        rest[k] = norm > 0 ? -gradient[from + k] / norm : 0;
        p[k] = rest[k] * inverse[k];
      }
      size = dot(rest, p);
      enough = accuracy * accuracy * size;
    }

    boolean there() {
      return !(size > enough);
    }

    void toFloats(float[] to, int from) {
      for (int k = 0; k < p.length; k++) {
        to[from + k] = (float) p[k];
      }
    }

    /// One step, given `Z^T D Z p`, to which the penalty is added here.
    void step(double[] q) {
      for (int from = 0; from < q.length; from += width) {
        for (int k = from; k < from + width - 1; k++) { // the intercept, last, is not penalised
          q[k] += p[k];
        }
      }
      double length = size / (dot(p, q) + 1e-300);
      for (int k = 0; k < x.length; k++) {
        x[k] += length * p[k];
        rest[k] -= length * q[k];
      }
      double before = size;
      size = weighted();
      double turn = size / (before + 1e-300);
      for (int k = 0; k < x.length; k++) {
        p[k] = rest[k] * inverse[k] + turn * p[k];
      }
    }

    /// `rest * inverse * rest`, in four sums that the processor can take side by side.
    private double weighted() {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int k = 0;
      for (; k < rest.length - 3; k += 4) {
        a += rest[k] * inverse[k] * rest[k];
        b += rest[k + 1] * inverse[k + 1] * rest[k + 1];
        c += rest[k + 2] * inverse[k + 2] * rest[k + 2];
        d += rest[k + 3] * inverse[k + 3] * rest[k + 3];
      }
      for (; k < rest.length; k++) {
        a += rest[k] * inverse[k] * rest[k];
      }
      return (a + b) + (c + d);
    }

    private static double dot(double[] u, double[] v) {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int k = 0;
      for (; k < u.length - 3; k += 4) {
        a += u[k] * v[k];
        b += u[k + 1] * v[k + 1];
        c += u[k + 2] * v[k + 2];
        d += u[k + 3] * v[k + 3];
      }
      for (; k < u.length; k++) {
        a += u[k] * v[k];
      }
      return (a + b) + (c + d);
    }

    void write(double[] out) {
      for (int k = 0; k < x.length; k++) {
        out[id * x.length + k] = x[k] * norm;
      }
    }
  }
}
