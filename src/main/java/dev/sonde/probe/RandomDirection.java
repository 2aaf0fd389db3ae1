package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Tensor;
import java.util.List;

/// A random direction, its sign and cut from the training rows: a baseline, what any direction has
/// to beat.
public record RandomDirection(Seed seed) implements ProbeFamily {
  @Override
  public String name() {
    return "random";
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  /// The direction is the same for every task.
  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int r = basis.rank();
    var random = seed.forPurpose("random direction").generator();
    var v = new double[r];
    for (int k = 0; k < r; k++) {
      v[k] = random.nextGaussian();
    }
    return Directions.solve(
        basis,
        tasks,
        Threshold.MIDPOINT,
        (z, task) -> {
          var w = Tensor.of(v, r, 1);
          var gap = w.times(ClosedForm.Means.of(z, task).difference()).sum().item();
          return w.times(gap < 0 ? -1 : 1);
        });
  }
}
