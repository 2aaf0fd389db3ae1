package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.probe.Linear;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One [Sawmil] a class (true, false, neither), their scores standardised and turned to
/// probabilities by a balanced multinomial regression.
///
/// The regression has no penalty but `1e-4 / 2` times its squared weights, so that separable scores
/// have an optimum. With [Conformal] on rows of its own it abstains where one class is not enough
/// or too much.
public final class SawmilClasses {
  private static final double DECAY = 1e-4;

  private final List<String> names;
  private final List<Sawmil> probes;
  private final double[] mean;
  private final double[] scale;
  private final double[] theta;

  private SawmilClasses(
      List<String> names, List<Sawmil> probes, double[] mean, double[] scale, double[] theta) {
    this.names = names;
    this.probes = probes;
    this.mean = mean;
    this.scale = scale;
    this.theta = theta;
  }

  /// @throws BadInput for fewer than two classes, a class without texts, or what [Sawmil] refuses
  public static SawmilClasses fit(Sequences x, Classes y, Sawmil.Settings settings) {
    int k = y.names().size();
    var probes = new ArrayList<Sawmil>();
    for (int c = 0; c < k; c++) {
      var side = new int[y.size()];
      for (int i = 0; i < side.length; i++) {
        side[i] = y.at(i) == c ? 1 : 0;
      }
      var own = Classes.of(List.of("not " + y.names().get(c), y.names().get(c)), side);
      probes.add(Sawmil.fit(x, own, settings));
    }
    var scores = raw(probes, x);
    var mean = new double[k];
    var scale = new double[k];
    for (int c = 0; c < k; c++) {
      for (var row : scores) {
        mean[c] += row[c] / scores.length;
      }
      for (var row : scores) {
        scale[c] += Math.pow(row[c] - mean[c], 2) / scores.length;
      }
      scale[c] = Math.sqrt(Math.max(scale[c], 1e-300));
    }
    standardise(scores, mean, scale);
    var found =
        Lbfgs.minimise(
                new Loss(scores, y),
                new double[1][k * (k + 1)],
                Lbfgs.Settings.DEFAULT.withTolerance(1e-8))
            .getFirst();
    if (found.gradient() > 1e-6) {
      throw new IllegalStateException(
          "the regression over the scores stands at a gradient of %.1e"
              .formatted(found.gradient()));
    }
    return new SawmilClasses(y.names(), probes, mean, scale, found.point());
  }

  private static double[][] raw(List<Sawmil> probes, Sequences x) {
    var out = new double[x.texts()][probes.size()];
    for (int c = 0; c < probes.size(); c++) {
      var scores = probes.get(c).scores(x);
      for (int i = 0; i < out.length; i++) {
        out[i][c] = scores[i];
      }
    }
    return out;
  }

  private static void standardise(double[][] scores, double[] mean, double[] scale) {
    for (var row : scores) {
      for (int c = 0; c < row.length; c++) {
        row[c] = (row[c] - mean[c]) / scale[c];
      }
    }
  }

  /// As they were saved.
  static SawmilClasses restored(List<String> names, List<Linear> probes, Map<String, Matrix> p) {
    int k = names.size();
    var mean = SavedSequence.array(p, "mean", 1, k).toDoubles();
    var scale = SavedSequence.array(p, "scale", 1, k).toDoubles();
    var theta = SavedSequence.array(p, "theta", 1, k * (k + 1)).toDoubles();
    return new SawmilClasses(
        names, probes.stream().map(Sawmil::restored).toList(), mean, scale, theta);
  }

  Map<String, Matrix> parameters() {
    var out = new TreeMap<>(SavedSequence.arrays(probes.stream().map(Sawmil::probe).toList()));
    out.put("mean", SavedSequence.row(mean));
    out.put("scale", SavedSequence.row(scale));
    out.put("theta", SavedSequence.row(theta));
    return out;
  }

  public List<String> names() {
    return names;
  }

  public List<Sawmil> probes() {
    return List.copyOf(probes);
  }

  /// A probability for each class of each text.
  public double[][] probabilities(Sequences x) {
    var scores = raw(probes, x);
    standardise(scores, mean, scale);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = softmax(theta, scores[i]);
    }
    return scores;
  }

  private static double[] softmax(double[] theta, double[] row) {
    int k = row.length;
    var z = new double[k];
    for (int c = 0; c < k; c++) {
      z[c] = theta[k * k + c];
      for (int j = 0; j < k; j++) {
        z[c] += theta[c * k + j] * row[j];
      }
    }
    double top = Arrays.stream(z).max().orElseThrow();
    double sum = 0;
    for (int c = 0; c < k; c++) {
      z[c] = Math.exp(z[c] - top);
      sum += z[c];
    }
    for (int c = 0; c < k; c++) {
      z[c] /= sum;
    }
    return z;
  }

  /// Mean log-loss in which every class weighs the same.
  private record Loss(List<double[]> rows, Classes y) implements Lbfgs.Objective {
    Loss(double[][] scores, Classes y) {
      this(List.of(scores), y);
    }

    private int k() {
      return y.names().size();
    }

    @Override
    public int columns() {
      return 1;
    }

    @Override
    public int size() {
      return k() * (k() + 1);
    }

    @Override
    public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
      int k = k();
      var theta = points[0];
      var slope = slopes[0];
      double sum = 0;
      for (int i = 0; i < rows.size(); i++) {
        var row = rows.get(i);
        double weight = 1.0 / k / y.count(y.at(i));
        var p = softmax(theta, row);
        sum -= weight * Math.log(Math.max(p[y.at(i)], 1e-300));
        for (int c = 0; c < k; c++) {
          double error = weight * (p[c] - (y.at(i) == c ? 1 : 0));
          slope[k * k + c] += error;
          for (int j = 0; j < k; j++) {
            slope[c * k + j] += error * row[j];
          }
        }
      }
      for (int j = 0; j < k * k; j++) {
        sum += DECAY * theta[j] * theta[j] / 2;
        slope[j] += DECAY * theta[j];
      }
      values[0] = sum;
    }
  }
}
