package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import dev.sonde.tensor.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;

/// The mean log-loss of attention probes over texts and its gradient, many starts at once: all
/// queries and values of all columns are one product with the rows of a block of texts, all slopes
/// another while the block is still near.
///
/// A column is `q_1 .. q_H, v_1 .. v_H` (d numbers each), the H position weights, the bias. Queries
/// and values are given along the axes of the rows, divided so that the penalty and a guess at the
/// curvature of the log-loss weigh about 1 along each: `q = V (f / sqrt(decay + CURVE sigma))`.
final class AttentionLoss implements Lbfgs.Objective {
  /// How the log-loss curves along a direction of unit variance, about, where most texts are told
  /// apart already.
  private static final double CURVE = 0.0005;

  private static final int SAMPLE = 4096;

  private final TokenRows rows;
  private final Axes axes;
  private final double[] scale;
  private final int[] firstTexts;
  private final Sequences packed;
  private final Classes y;
  private final AttentionProbe.Settings settings;
  private final Workers workers;
  private final double positionUnit;
  private final int width;
  private final int heads;

  private AttentionLoss(
      TokenRows rows,
      int[] firstTexts,
      Sequences packed,
      Classes y,
      AttentionProbe.Settings settings,
      Workers workers) {
    this.rows = rows;
    this.firstTexts = firstTexts;
    this.packed = packed;
    this.y = y;
    this.settings = settings;
    this.workers = workers;
    width = rows.width();
    heads = settings.heads();
    axes = Axes.of(rows, Math.max(SAMPLE, 4 * width), workers);
    scale =
        Arrays.stream(axes.values)
            .map(sigma -> 1 / Math.sqrt(settings.decay() + CURVE * Math.max(0, sigma)))
            .toArray();
    int longest = 1;
    for (int i = 0; i < packed.texts(); i++) {
      longest = Math.max(longest, packed.length(i));
    }
    positionUnit = longest;
  }

  /// Of texts of which every token counts; lives in the scope that is open, as long as the arena.
  static AttentionLoss of(
      Sequences packed, Classes y, AttentionProbe.Settings settings, Arena arena, Workers workers) {
    var ids = new int[packed.rows().rows()];
    Arrays.setAll(ids, i -> i);
    var edges = new int[packed.texts() + 1];
    var firstTexts = new int[packed.texts() + 1];
    int blocks = 0;
    for (int i = 0; i < packed.texts(); i++) {
      int past = packed.first(i) + packed.length(i);
      if (past - edges[blocks] >= TokenRows.BLOCK || i == packed.texts() - 1) {
        blocks++;
        edges[blocks] = past;
        firstTexts[blocks] = i + 1;
      }
    }
    var cuts = Arrays.copyOf(edges, blocks + 1);
    var rows =
        TokenRows.of(packed.rows(), ids, cuts, settings.type(), workers).kept(arena, workers);
    return new AttentionLoss(rows, firstTexts, packed, y, settings, workers);
  }

  @Override
  public int columns() {
    return settings.starts();
  }

  @Override
  public int size() {
    return size(width, heads);
  }

  static int size(int width, int heads) {
    return 2 * heads * width + heads + 1;
  }

  /// Tokens that count as one unit of position.
  double positionUnit() {
    return positionUnit;
  }

  TokenRows rows() {
    return rows;
  }

  /// The length of the gradient in common units.
  @Override
  public double length(int id, double[] slope) {
    double sum = 0;
    for (int i = 0; i < slope.length; i++) {
      double g = i < 2 * heads * width ? slope[i] / scale[i % width] : slope[i];
      sum += g * g;
    }
    return Math.sqrt(sum);
  }

  /// Queries, values, position weights and bias in common units, of coordinates.
  double[] weights(double[] point) {
    return unstack(forward(new double[][] {point}), point);
  }

  /// The coordinates of queries, values, position weights and bias in common units.
  double[] point(double[] weights) {
    int m = 2 * heads;
    var stacked = stacked(new double[][] {weights});
    axes.back(stacked, m);
    for (int i = 0; i < stacked.length; i++) {
      stacked[i] /= scale[i / m];
    }
    return unstack(stacked, weights);
  }

  /// `d x m` from columns one after the other.
  private double[] stacked(double[][] points) {
    int each = 2 * heads;
    int m = points.length * each;
    var out = new double[width * m];
    for (int k = 0; k < points.length; k++) {
      for (int h = 0; h < each; h++) {
        for (int j = 0; j < width; j++) {
          out[j * m + k * each + h] = points[k][h * width + j];
        }
      }
    }
    return out;
  }

  private double[] unstack(double[] stacked, double[] rest) {
    int m = 2 * heads;
    var out = rest.clone();
    for (int i = 0; i < stacked.length; i++) {
      out[i % m * width + i / m] = stacked[i];
    }
    return out;
  }

  private double[] forward(double[][] points) {
    int m = points.length * 2 * heads;
    var out = stacked(points);
    for (int i = 0; i < out.length; i++) {
      out[i] *= scale[i / m];
    }
    axes.forward(out, m);
    return out;
  }

  @Override
  public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
    int m = ids.length * 2 * heads;
    int own = heads + 2;
    var w = forward(points);
    var sums =
        rows.gather(
                workers,
                (long) size() * columns(),
                b -> block(b, points, w, m),
                TokenRows.Sums::plus)
            .values;
    var back = Arrays.copyOf(sums, width * m);
    for (int i = 0; i < back.length; i++) {
      back[i] += settings.decay() * w[i];
    }
    axes.back(back, m);
    for (int k = 0; k < ids.length; k++) {
      int at = width * m + k * own;
      values[k] = sums[at + heads + 1] + settings.decay() / 2 * penalty(points[k], w, k, m);
      for (int h = 0; h < heads; h++) {
        int position = 2 * heads * width + h;
        slopes[k][position] =
            settings.positions() ? sums[at + h] + settings.decay() * points[k][position] : 0;
      }
      slopes[k][2 * heads * width + heads] = sums[at + heads];
      for (int h = 0; h < 2 * heads; h++) {
        for (int j = 0; j < width; j++) {
          slopes[k][h * width + j] = back[j * m + k * 2 * heads + h] * scale[j];
        }
      }
    }
  }

  private double penalty(double[] point, double[] w, int k, int m) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      for (int h = 0; h < 2 * heads; h++) {
        double weight = w[j * m + k * 2 * heads + h];
        sum += weight * weight;
      }
    }
    for (int h = 0; h < heads; h++) {
      sum += point[2 * heads * width + h] * point[2 * heads * width + h];
    }
    return sum;
  }

  /// Slopes by the weights, `d x m`; then for every column those by position weights and bias, and
  /// its loss.
  private TokenRows.Sums block(int block, double[][] points, double[] w, int m) {
    int own = heads + 2;
    var out = new double[width * m + points.length * own];
    try (var scope = Scope.open()) {
      var x = rows.block(block);
      var read = x.matmul(Tensor.of(w, width, m).to(rows.type())).toDoubles();
      for (int k = 0; k < points.length; k++) {
        column(block, points[k], new Reading(read, k * 2 * heads, m), out, width * m + k * own);
      }
      var errors = Tensor.of(read, read.length / m, m).to(rows.type());
      System.arraycopy(x.transpose(0, 1).matmul(errors).toDoubles(), 0, out, 0, width * m);
      return new TokenRows.Sums(out);
    }
  }

  /// Scores and values of a column in a block of texts, which slopes take the place of.
  private static final class Reading {
    private final double[] numbers;
    private final int at;
    private final int stride;

    Reading(double[] numbers, int at, int stride) {
      this.numbers = numbers;
      this.at = at;
      this.stride = stride;
    }
  }

  private void column(int block, double[] point, Reading reading, double[] out, int at) {
    int offset = 2 * heads * width;
    int begin = packed.first(firstTexts[block]);
    for (int i = firstTexts[block]; i < firstTexts[block + 1]; i++) {
      int length = packed.length(i);
      int from = (packed.first(i) - begin) * reading.stride + reading.at;
      var local = new double[heads][2 * length];
      double said = point[offset + heads];
      for (int h = 0; h < heads; h++) {
        var s = new double[length];
        var u = new double[length];
        for (int t = 0; t < length; t++) {
          int here = from + t * reading.stride + h;
          s[t] = reading.numbers[here] + point[offset + h] * t / positionUnit;
          u[t] = reading.numbers[here + heads];
        }
        var span = new Attention.Span(s, u, length);
        said += settings.attention().read(span, settings.window(), local[h]);
      }
      double sign = y.at(i) == 1 ? 1 : -1;
      double margin = sign * said;
      out[at + heads + 1] +=
          (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)))) / packed.texts();
      double error = -sign / (1 + Math.exp(margin)) / packed.texts();
      out[at + heads] += error;
      for (int h = 0; h < heads; h++) {
        for (int t = 0; t < length; t++) {
          int here = from + t * reading.stride + h;
          reading.numbers[here] = error * local[h][2 * t];
          reading.numbers[here + heads] = error * local[h][2 * t + 1];
          out[at + h] += error * local[h][2 * t] * t / positionUnit;
        }
      }
    }
  }
}
