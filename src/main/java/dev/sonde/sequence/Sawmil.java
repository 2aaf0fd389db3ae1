package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Linear;
import java.util.ArrayList;
import java.util.Arrays;

/// Sparse-aware multiple-instance probe: a text is a bag of tokens, and only some tokens of a
/// positive text carry the signal.
///
/// Stage 1 is sMIL (Bunescu & Mooney 2007): every token of a negative text must lie at -1 or below,
/// the mean of a positive bag B at `(2 - |B|) / |B|` or above. Stage 2 scores all tokens of
/// positive bags and calls positive the highest share `eta` of them, as long as they are among the
/// tokens that are expected to carry the signal (the last two of a statement); the others count as
/// negative, and the machine is trained again on tokens. `eta` is the share of expected tokens
/// among those of positive bags (the runner of Savcisens & Eliassi-Rad, *The Trilemma of Truth*
/// (2025), counts negative bags too). A text scores as its highest token. Costs are C over the
/// number of rows of the class.
public final class Sawmil {
  private static final double FEWEST = 0.05;

  private final Linear probe;
  private final double stageOne;

  private Sawmil(Linear probe, double stageOne) {
    this.probe = probe;
    this.stageOne = stageOne;
  }

  /// `expected`: so many tokens at the end of a text are expected to carry the signal. `bag`: so
  /// many tokens at the end of a text are learnt from.
  public record Settings(double c, int expected, int bag) {
    public static final Settings DEFAULT = new Settings(1, 2, 10);

    public Settings {
      if (!(c > 0) || expected < 1 || bag < 1) {
        throw new BadInput(
            "a multiple-instance probe takes a C above 0, an expected token and a bag of one or more");
      }
    }

    public Settings withC(double strength) {
      return new Settings(strength, expected, bag);
    }

    public Settings withExpected(int tokens) {
      return new Settings(c, tokens, bag);
    }

    public Settings withBag(int tokens) {
      return new Settings(c, expected, tokens);
    }
  }

  /// `y` has a class for each text; the second is the positive one.
  ///
  /// @throws BadInput for other than two classes, an empty text, or too many tokens
  public static Sawmil fit(Sequences x, Classes y, Settings settings) {
    TokenProbe.mustBeTwo(y, x.texts());
    var bags = x.last(settings.bag()).packed();
    var units = Units.of(bags.rows());
    var rows = units.apply(bags.rows());
    var stage1 =
        HingeMachine.solve(
            bagRows(bags, rows, y),
            bagSigns(bags, y),
            bagMargins(bags, y),
            bagCosts(bags, y, settings.c()));
    var positive = chosen(bags, y, stage1.probe().scores(rows), settings.expected());
    var sign = new double[positive.length];
    var cost = new double[positive.length];
    long chosen = count(positive);
    for (int i = 0; i < sign.length; i++) {
      sign[i] = positive[i] ? 1 : -1;
      cost[i] = settings.c() / (positive[i] ? chosen : sign.length - chosen);
    }
    var margin = new double[sign.length];
    Arrays.fill(margin, 1);
    var stage2 = HingeMachine.solve(rows, sign, margin, cost);
    return new Sawmil(units.raw(stage2.probe()), stage1.objective());
  }

  /// The probe of tokens as it was saved.
  static Sawmil restored(Linear probe) {
    return new Sawmil(probe, Double.NaN);
  }

  /// Tokens of negative bags, then the means of positive ones: text by text.
  private static Matrix bagRows(Sequences bags, Matrix rows, Classes y) {
    var out = new ArrayList<double[]>();
    for (int i = 0; i < bags.texts(); i++) {
      var mean = new double[rows.cols()];
      for (int row : bags.tokens(i)) {
        var values = rows.row(row);
        if (y.at(i) == 0) {
          out.add(values);
        }
        for (int j = 0; j < mean.length; j++) {
          mean[j] += values[j] / bags.length(i);
        }
      }
      if (y.at(i) == 1) {
        out.add(mean);
      }
    }
    var flat = out.stream().flatMapToDouble(Arrays::stream).toArray();
    return Matrix.ofDoubles(out.size(), rows.cols(), flat);
  }

  private static double[] bagSigns(Sequences bags, Classes y) {
    return perRow(bags, y, i -> y.at(i) == 1 ? 1 : -1);
  }

  private static double[] bagMargins(Sequences bags, Classes y) {
    return perRow(bags, y, i -> y.at(i) == 1 ? (2.0 - bags.length(i)) / bags.length(i) : 1);
  }

  private static double[] bagCosts(Sequences bags, Classes y, double c) {
    long negatives = 0;
    for (int i = 0; i < bags.texts(); i++) {
      negatives += y.at(i) == 0 ? bags.length(i) : 0;
    }
    double each = c / negatives;
    return perRow(bags, y, i -> y.at(i) == 1 ? c / y.count(1) : each);
  }

  private static double[] perRow(
      Sequences bags, Classes y, java.util.function.IntToDoubleFunction value) {
    var out = new ArrayList<Double>();
    for (int i = 0; i < bags.texts(); i++) {
      int rows = y.at(i) == 1 ? 1 : bags.length(i);
      for (int t = 0; t < rows; t++) {
        out.add(value.applyAsDouble(i));
      }
    }
    return out.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /// Which tokens stage 2 calls positive.
  private static boolean[] chosen(Sequences bags, Classes y, double[] scores, int expected) {
    var mask = bags.last(expected);
    int all = 0;
    int marked = 0;
    for (int i = 0; i < bags.texts(); i++) {
      all += y.at(i) == 1 ? bags.length(i) : 0;
      marked += y.at(i) == 1 ? mask.tokens(i).length : 0;
    }
    var pool = new double[all];
    int at = 0;
    for (int i = 0; i < bags.texts(); i++) {
      for (int row : y.at(i) == 1 ? bags.tokens(i) : new int[0]) {
        pool[at++] = scores[row];
      }
    }
    Arrays.sort(pool);
    double threshold = pool[all - Math.max(1, marked)];
    var out = above(bags, y, scores, threshold, mask);
    return count(out) < FEWEST * all ? above(bags, y, scores, threshold, bags) : out;
  }

  private static boolean[] above(
      Sequences bags, Classes y, double[] scores, double threshold, Sequences mask) {
    var out = new boolean[scores.length];
    for (int i = 0; i < bags.texts(); i++) {
      for (int row : y.at(i) == 1 ? bags.tokens(i) : new int[0]) {
        out[row] = scores[row] >= threshold && mask.counts(row);
      }
    }
    return out;
  }

  private static long count(boolean[] flags) {
    long n = 0;
    for (boolean f : flags) {
      n += f ? 1 : 0;
    }
    return n;
  }

  /// Every feature to mean 0 and variance 1 over the tokens that are learnt from.
  private record Units(Linear shift, Linear scale) {
    static Units of(Matrix rows) {
      int d = rows.cols();
      var mean = new double[d];
      var scale = new double[d];
      for (int i = 0; i < rows.rows(); i++) {
        for (int j = 0; j < d; j++) {
          mean[j] += rows.at(i, j) / rows.rows();
        }
      }
      double largest = 0;
      for (int j = 0; j < d; j++) {
        for (int i = 0; i < rows.rows(); i++) {
          scale[j] += Math.pow(rows.at(i, j) - mean[j], 2) / rows.rows();
        }
        scale[j] = Math.sqrt(scale[j]);
        largest = Math.max(largest, scale[j]);
      }
      if (!(largest > 0) || Double.isInfinite(largest)) {
        throw new BadInput(
            "the tokens are all the same, or not finite; a probe needs some that vary");
      }
      for (int j = 0; j < d; j++) {
        scale[j] = Math.max(scale[j], 1e-3 * largest);
      }
      return new Units(Linear.of(mean, 0), Linear.of(scale, 0));
    }

    Matrix apply(Matrix rows) {
      int d = rows.cols();
      var out = rows.toDoubles();
      var mean = shift.direction();
      var unit = scale.direction();
      for (int i = 0; i < out.length; i++) {
        out[i] = (out[i] - mean[i % d]) / unit[i % d];
      }
      return Matrix.ofDoubles(rows.rows(), d, out);
    }

    Linear raw(Linear probe) {
      var w = probe.direction().clone();
      double bias = probe.bias();
      for (int j = 0; j < w.length; j++) {
        w[j] /= scale.direction()[j];
        bias -= w[j] * shift.direction()[j];
      }
      return Linear.of(w, bias);
    }
  }

  /// What a token is read with.
  public Linear probe() {
    return probe;
  }

  /// The objective of stage 1 at its optimum.
  public double stageOne() {
    return stageOne;
  }

  /// The highest token of each text; above 0 means the second class.
  public double[] scores(Sequences x) {
    return TokenProbe.of(probe, new Aggregation.Max()).scores(x);
  }
}
