package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import java.util.List;

/// Mass-mean of any number of classes: the class whose mean lies nearest.
///
/// `w_k = mean_k - mean`, `b_k = -|mean_k - mean|^2 / 2` about the mean of all training rows' class
/// means; the largest score is that of the smallest Euclidean distance. With two classes the
/// difference of the scores is [MassMean]'s with its cut at the midpoint. It ignores how the
/// classes spread.
public record NearestMean() implements ClassFamily {
  @Override
  public String name() {
    return new MassMean().name();
  }

  @Override
  public List<Double> grid() {
    return new MassMean().grid();
  }

  @Override
  public boolean probabilities() {
    return false;
  }

  @Override
  public ClassSolution solve(
      Basis basis, List<ClassTask> tasks, boolean exact, List<double[]> near) {
    var out = new ClassSolution(basis, tasks.getFirst().classes(), 0);
    for (var task : tasks) {
      try (var scope = Scope.open()) {
        var rows = ClassRows.of(basis, task);
        var means = rows.means();
        var centre = means.mean(0);
        var w = means.minus(centre);
        // |x - m_k|^2 up to what is the same for all: -2 (m_k - c).x + |m_k|^2 - |c|^2
        var b = means.square().sum(1).minus(centre.square().sum().item()).times(-0.5);
        out.add(ClassRows.stacked(w, b.toDoubles()), rows.present(), 0);
      }
    }
    return out;
  }
}
