package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Scope;
import java.util.List;
import java.util.stream.IntStream;

/// Multinomial logistic regression: [Softmax] as a family, the default probe of several classes.
///
/// At equal C it weighs the penalty against the evidence as scikit-learn's multinomial
/// `LogisticRegression` does. The closed form beside it has the penalty at which ridge is the first
/// Newton step from zero, where every p(1-p) is (1/K)(1-1/K): alpha = K / C.
public record Multinomial() implements ClassFamily {
  @Override
  public String name() {
    return "logistic";
  }

  @Override
  public List<Double> grid() {
    return new Logistic().grid();
  }

  @Override
  public boolean probabilities() {
    return true;
  }

  @Override
  public double alpha(double c, int classes) {
    return classes / c;
  }

  @Override
  public ClassSolution solve(
      Basis basis, List<ClassTask> tasks, boolean exact, List<double[]> near) {
    int all = tasks.getFirst().classes();
    double tolerance = exact ? Softmax.TOLERANCE : Softmax.COARSE;
    var out = new ClassSolution(basis, all, tolerance);
    for (int t = 0; t < tasks.size(); t++) {
      var task = tasks.get(t);
      var present = task.present();
      var start = near.isEmpty() ? new double[0] : columns(near.get(t), present, all);
      try (var scope = Scope.open()) {
        var end = Softmax.minimum(basis, task, start, tolerance);
        out.add(end.theta(), present, end.gradient());
      }
    }
    return out;
  }

  private static double[] columns(double[] theta, int[] present, int all) {
    int rows = theta.length / all;
    return IntStream.range(0, rows * present.length)
        .mapToDouble(i -> theta[i / present.length * all + present[i % present.length]])
        .toArray();
  }
}
