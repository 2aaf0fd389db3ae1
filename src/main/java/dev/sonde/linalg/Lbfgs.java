package dev.sonde.linalg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The minima of many functions side by side by L-BFGS, each with its own steps.
///
/// The columns share nothing but the evaluation: in every round all columns that are not done hand
/// one point each to the objective, which computes values and gradients together (one matrix
/// product). So a column takes the same path whatever its company, as far as the objective computes
/// it alike. The two-loop recursion is Nocedal's (1980); the line search brackets a point that
/// satisfies the weak Wolfe conditions by halving and doubling, which holds for functions with
/// kinks too (Lewis & Overton 2013), with the approximate condition of Hager & Zhang (2005) where
/// rounding hides the decrease. Runs on the calling thread.
public final class Lbfgs {
  private Lbfgs() {}

  /// Many functions of `size` numbers each.
  public interface Objective {
    int columns();

    int size();

    /// Values and gradients of the columns `ids`, the k-th at `points[k]`; fills `values` and
    /// `slopes`.
    void at(int[] ids, double[][] points, double[] values, double[][] slopes);

    /// How long a column's gradient is, of which the tolerance is a bound: its largest entry,
    /// unless the objective knows coordinates that mean more.
    default double length(int id, double[] slope) {
      double most = 0;
      for (double g : slope) {
        most = Math.max(most, Math.abs(g));
      }
      return most;
    }
  }

  /// `tolerance`: the length of the gradient ([Objective#length]) at which a column has converged.
  /// `flat`: the relative decrease over `history` steps below which a column ends without
  /// (functions with kinks, where no gradient vanishes); 0 never.
  public record Settings(int history, double tolerance, double flat, int steps, int trials) {
    public static final Settings DEFAULT = new Settings(10, 1e-9, 0, 5000, 50);

    public Settings withTolerance(double largest) {
      return new Settings(history, largest, flat, steps, trials);
    }

    public Settings withFlat(double decrease) {
      return new Settings(history, tolerance, decrease, steps, trials);
    }

    public Settings withSteps(int most) {
      return new Settings(history, tolerance, flat, most, trials);
    }
  }

  /// Why a column ended.
  public enum End {
    /// The gradient is within the tolerance.
    CONVERGED,
    /// The value no longer falls.
    FLAT,
    /// As many steps as were allowed.
    STEPS,
    /// No step along the gradient brings anything: rounding, or a kink.
    STUCK
  }

  /// Where a column ended; `gradient` is its length there ([Objective#length]).
  public static final class Minimum {
    private final double[] point;
    private final double value;
    private final double gradient;
    private final int steps;
    private final End end;

    private Minimum(LbfgsColumn column) {
      point = column.point();
      value = column.value();
      gradient = column.gradient();
      steps = column.steps();
      end = column.end();
    }

    public double[] point() {
      return point.clone();
    }

    public double value() {
      return value;
    }

    public double gradient() {
      return gradient;
    }

    public int steps() {
      return steps;
    }

    public End end() {
      return end;
    }
  }

  /// Every column from its start.
  ///
  /// @throws IllegalArgumentException if a start does not fit or a value there is not finite
  public static List<Minimum> minimise(Objective f, double[][] starts, Settings settings) {
    if (starts.length != f.columns() || Arrays.stream(starts).anyMatch(s -> s.length != f.size())) {
      throw new IllegalArgumentException(
          "%d columns of %d numbers need a start each".formatted(f.columns(), f.size()));
    }
    var columns = new ArrayList<LbfgsColumn>();
    var all = IntStream.range(0, starts.length).toArray();
    var values = new double[all.length];
    var slopes = new double[all.length][f.size()];
    f.at(all, starts, values, slopes);
    for (int j : all) {
      if (!Double.isFinite(values[j])) {
        throw new IllegalArgumentException(
            "column %d has no finite value at its start".formatted(j));
      }
      columns.add(
          new LbfgsColumn(starts[j].clone(), values[j], slopes[j], g -> f.length(j, g), settings));
    }
    while (round(f, columns)) {
      // until no column is left
    }
    return columns.stream().map(Minimum::new).toList();
  }

  private static boolean round(Objective f, List<LbfgsColumn> columns) {
    var ids = IntStream.range(0, columns.size()).filter(j -> !columns.get(j).done()).toArray();
    if (ids.length == 0) {
      return false;
    }
    var points = new double[ids.length][];
    var values = new double[ids.length];
    var slopes = new double[ids.length][f.size()];
    for (int k = 0; k < ids.length; k++) {
      points[k] = columns.get(ids[k]).trial();
    }
    f.at(ids, points, values, slopes);
    for (int k = 0; k < ids.length; k++) {
      columns.get(ids[k]).take(points[k], values[k], slopes[k]);
    }
    return true;
  }
}
