package dev.sonde.probe;

import dev.sonde.linalg.Basis;
import dev.sonde.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/// Multinomial logistic regression: [Softmax] as a family, the default probe of several classes.
///
/// At equal C it weighs the penalty against the evidence as scikit-learn's multinomial
/// `LogisticRegression` does. The closed form beside it has the penalty at which ridge is the first
/// Newton step from zero, where every p(1-p) is (1/K)(1-1/K): alpha = K / C.
public record Multinomial() implements ClassFamily {
  private static final LogisticSolver.Settings EXACT =
      new LogisticSolver.Settings(1e-9, 1e-10, DType.FLOAT64, 60);

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
    int classes = tasks.getFirst().classes();
    var settings = exact ? EXACT : LogisticSolver.Settings.COARSE;
    var start = new ArrayList<double[]>();
    for (int t = 0; t < near.size(); t++) {
      start.add(turned(near.get(t), tasks.get(t)));
    }
    var ends = LogisticSolver.several(basis, tasks, settings, start);
    var out = new ClassSolution(basis, classes, settings.tolerance());
    for (int t = 0; t < tasks.size(); t++) {
      var present = tasks.get(t).present();
      out.add(
          Softmax.centred(ends.get(t).theta(), classes, present), present, ends.get(t).gradient());
    }
    return out;
  }

  /// From a class a column to a class after the other. What the neighbour had no rows of begins at
  /// 0, what this task has none of takes no part.
  private static double[] turned(double[] theta, ClassTask task) {
    int classes = task.classes();
    int width = theta.length / classes;
    var out = new double[theta.length];
    for (int k = 0; k < classes; k++) {
      boolean known = theta[(width - 1) * classes + k] > Link.NEVER / 2;
      for (int i = 0; i < width && known && task.has(k); i++) {
        out[k * width + i] = theta[i * classes + k];
      }
      if (!task.has(k)) {
        out[(k + 1) * width - 1] = Link.NEVER;
      }
    }
    return out;
  }
}
