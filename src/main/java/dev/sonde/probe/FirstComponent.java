package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Tensor;
import java.util.List;

/// The first principal component of the rows, its sign and cut from the training rows: a baseline,
/// what stands out whatever the labels.
///
/// The component is that of all rows, in the units of the basis: it sees no labels.
public record FirstComponent() implements ProbeFamily {
  @Override
  public String name() {
    return "pc1";
  }

  @Override
  public List<Double> grid() {
    return List.of(1.0);
  }

  @Override
  public Solution solve(Basis basis, List<Task> tasks, boolean exact) {
    int r = basis.rank();
    var v = new double[r];
    v[r - 1] = 1;
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
