package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.Scope;

/// The mean log-loss of attention probes over texts and its gradient, many starts at once: all
/// queries and values of all columns are one product with the rows, all slopes another.
///
/// A column is `q_1 .. q_H, v_1 .. v_H` (d numbers each), the H position weights, the bias.
final class AttentionLoss implements Lbfgs.Objective {
  private final RowProducts x;
  private final Sequences packed;
  private final Classes y;
  private final AttentionProbe.Settings settings;
  private final double positionUnit;
  private final int columns;

  AttentionLoss(
      RowProducts x,
      Sequences packed,
      Classes y,
      AttentionProbe.Settings settings,
      double positionUnit) {
    this.x = x;
    this.packed = packed;
    this.y = y;
    this.settings = settings;
    this.positionUnit = positionUnit;
    columns = settings.starts();
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public int size() {
    return size(x.width(), settings.heads());
  }

  static int size(int width, int heads) {
    return 2 * heads * width + heads + 1;
  }

  @Override
  public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
    int d = x.width();
    int each = 2 * settings.heads();
    int m = ids.length * each;
    try (var scope = Scope.open()) {
      var read = x.onto(stacked(points, d, each), m);
      for (int k = 0; k < ids.length; k++) {
        values[k] = column(points[k], read, k * each, m, slopes[k]);
      }
      var back = x.back(read, m);
      for (int k = 0; k < ids.length; k++) {
        values[k] += penalised(points[k], back, k * each, m, slopes[k]);
      }
    }
  }

  private static double[] stacked(double[][] points, int d, int each) {
    int m = points.length * each;
    var out = new double[d * m];
    for (int k = 0; k < points.length; k++) {
      for (int h = 0; h < each; h++) {
        for (int j = 0; j < d; j++) {
          out[j * m + k * each + h] = points[k][h * d + j];
        }
      }
    }
    return out;
  }

  /// The loss of one column over all texts. Replaces what was read (scores and values) by the
  /// slopes of the loss by them; adds those of position weights and bias.
  private double column(double[] point, double[] read, int at, int m, double[] slope) {
    int heads = settings.heads();
    int offset = 2 * heads * x.width();
    double sum = 0;
    for (int i = 0; i < packed.texts(); i++) {
      int first = packed.first(i);
      int length = packed.length(i);
      var local = new double[heads][2 * length];
      double out = point[offset + heads];
      for (int h = 0; h < heads; h++) {
        var s = new double[length];
        var u = new double[length];
        for (int t = 0; t < length; t++) {
          s[t] = read[(first + t) * m + at + h] + point[offset + h] * t / positionUnit;
          u[t] = read[(first + t) * m + at + heads + h];
        }
        out +=
            settings
                .attention()
                .read(new Attention.Span(s, u, length), settings.window(), local[h]);
      }
      double sign = y.at(i) == 1 ? 1 : -1;
      double margin = sign * out;
      sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
      double error = -sign / (1 + Math.exp(margin)) / packed.texts();
      slope[offset + heads] += error;
      for (int h = 0; h < heads; h++) {
        for (int t = 0; t < length; t++) {
          read[(first + t) * m + at + h] = error * local[h][2 * t];
          read[(first + t) * m + at + heads + h] = error * local[h][2 * t + 1];
          slope[offset + h] += error * local[h][2 * t] * t / positionUnit;
        }
      }
    }
    return sum / packed.texts();
  }

  private double penalised(double[] point, double[] back, int at, int m, double[] slope) {
    int d = x.width();
    int each = 2 * settings.heads();
    double penalty = 0;
    for (int h = 0; h < each; h++) {
      for (int j = 0; j < d; j++) {
        double w = point[h * d + j];
        penalty += w * w;
        slope[h * d + j] = back[j * m + at + h] + settings.decay() * w;
      }
    }
    for (int h = 0; h < settings.heads(); h++) {
      double w = point[each * d + h];
      penalty += w * w;
      slope[each * d + h] = settings.positions() ? slope[each * d + h] + settings.decay() * w : 0;
    }
    return settings.decay() * penalty / 2;
  }
}
