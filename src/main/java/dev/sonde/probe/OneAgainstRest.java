package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import java.util.ArrayList;
import java.util.List;

/// A probe of two classes asked of every class against all others; the largest score wins.
public record OneAgainstRest(ProbeFamily binary) implements ClassFamily {
  @Override
  public String name() {
    return binary.name();
  }

  @Override
  public List<Double> grid() {
    return binary.grid();
  }

  @Override
  public boolean probabilities() {
    return false;
  }

  @Override
  public ClassSolution solve(
      Basis basis, List<ClassTask> tasks, boolean exact, List<double[]> near) {
    var columns = new ArrayList<Task>();
    for (var task : tasks) {
      for (int k : task.present()) {
        columns.add(task.against(k));
      }
    }
    var solution = binary.solve(basis, columns, exact);
    var out = new ClassSolution(basis, tasks.getFirst().classes(), 0);
    int at = 0;
    for (var task : tasks) {
      var present = task.present();
      var theta = new double[(basis.rank() + 1) * present.length];
      boolean converged = true;
      for (int p = 0; p < present.length; p++, at++) {
        var own = solution.coordinates(at);
        converged &= solution.converged(at);
        for (int i = 0; i < own.length; i++) {
          theta[i * present.length + p] = own[i];
        }
      }
      out.add(theta, present, converged ? 0 : 1);
    }
    return out;
  }
}
