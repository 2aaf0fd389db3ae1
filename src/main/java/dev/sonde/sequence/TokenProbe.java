package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.probe.Linear;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One direction read at every token, the scores put together by an [Aggregation].
///
/// What it is trained on and what it scores are two choices: [Train#TOKENS] learns from every token
/// that counts, each labelled like its text (Apollo's deception probes), with weight 1 / length so
/// that long texts do not count for more; [Train#MEAN] learns from the mean row of each text. Both
/// minimise `C sum_i w_i log(1 + exp(-s_i z_i)) + |w|^2 / 2` with a free intercept in common units,
/// by [Lbfgs] in float64.
public final class TokenProbe implements SequenceProbe {
  /// What a training row is.
  public enum Train {
    /// Every token, weight 1 / length of its text.
    TOKENS,
    /// Every token, weight 1: long texts count for more.
    TOKENS_UNWEIGHTED,
    /// The mean of each text.
    MEAN
  }

  private final Linear direction;
  private final Aggregation aggregation;

  private TokenProbe(Linear direction, Aggregation aggregation) {
    this.direction = direction;
    this.aggregation = aggregation;
  }

  /// The direction as it is.
  public static TokenProbe of(Linear direction, Aggregation aggregation) {
    return new TokenProbe(direction, aggregation);
  }

  /// `y` has a class for each text.
  ///
  /// @throws BadInput for other than two classes, or a text without a token that counts
  /// @throws IllegalStateException if the optimum is not reached
  public static TokenProbe fit(
      Sequences x, Classes y, Train train, double c, Aggregation aggregation) {
    mustBeTwo(y, x.texts());
    var packed = x.packed();
    var rows = train == Train.MEAN ? means(packed) : packed.rows();
    var sign = new double[rows.rows()];
    var weight = new double[rows.rows()];
    for (int i = 0; i < packed.texts(); i++) {
      double side = y.at(i) == 1 ? 1 : -1;
      int length = packed.length(i);
      int from = train == Train.MEAN ? i : packed.first(i);
      int to = train == Train.MEAN ? i + 1 : from + length;
      Arrays.fill(sign, from, to, side);
      Arrays.fill(weight, from, to, train == Train.TOKENS ? 1.0 / length : 1);
    }
    try (var scope = Scope.open()) {
      return new TokenProbe(solve(rows, sign, weight, c), aggregation);
    }
  }

  static void mustBeTwo(Classes y, int texts) {
    if (y.size() != texts) {
      throw new IllegalArgumentException(
          "%d labels do not fit %d texts".formatted(y.size(), texts));
    }
    if (y.names().size() != 2 || y.count(0) == 0 || y.count(1) == 0) {
      throw new BadInput(
          "this probe tells two classes of texts apart, here are %s; give it texts of two"
              .formatted(y.names()));
    }
  }

  private static Matrix means(Sequences packed) {
    int d = packed.width();
    var out = new double[packed.texts() * d];
    for (int i = 0; i < packed.texts(); i++) {
      var own = packed.tokens(i);
      for (int row : own) {
        for (int j = 0; j < d; j++) {
          out[i * d + j] += packed.rows().at(row, j) / own.length;
        }
      }
    }
    return Matrix.ofDoubles(packed.texts(), d, out);
  }

  private static Linear solve(Matrix rows, double[] sign, double[] weight, double c) {
    if (!(c > 0) || Double.isInfinite(c)) {
      throw new IllegalArgumentException("C is a positive number, not " + c);
    }
    var products = RowProducts.of(rows, true, DType.FLOAT64);
    var objective = new Loss(products, sign, weight, c);
    int d = products.width();
    var found =
        Lbfgs.minimise(objective, new double[1][d + 1], Lbfgs.Settings.DEFAULT.withTolerance(1e-9))
            .getFirst();
    if (found.gradient() > 1e-7) {
      throw new IllegalStateException(
          "the token probe stands at a gradient of %.1e after %d steps; its optimum has none"
              .formatted(found.gradient(), found.steps()));
    }
    var theta = found.point();
    var w = new double[d];
    double bias = theta[d];
    for (int j = 0; j < d; j++) {
      w[j] = theta[j] / products.unit();
      bias -= w[j] * products.mean()[j];
    }
    return Linear.of(w, bias);
  }

  /// Over C times the sum of the weights, so that the tolerance means the same everywhere.
  private static final class Loss implements Lbfgs.Objective {
    private final RowProducts x;
    private final double[] sign;
    private final double[] weight;
    private final double c;
    private final double total;

    Loss(RowProducts x, double[] sign, double[] weight, double c) {
      this.x = x;
      this.sign = sign;
      this.weight = weight;
      this.c = c;
      total = c * Arrays.stream(weight).sum();
    }

    @Override
    public int columns() {
      return 1;
    }

    @Override
    public int size() {
      return x.width() + 1;
    }

    @Override
    public void at(int[] ids, double[][] points, double[] values, double[][] slopes) {
      int d = x.width();
      var theta = points[0];
      var slope = slopes[0];
      var w = Arrays.copyOf(theta, d);
      try (var scope = Scope.open()) {
        var z = x.onto(w, 1);
        double sum = 0;
        double offset = 0;
        for (int i = 0; i < z.length; i++) {
          double margin = sign[i] * (z[i] + theta[d]);
          sum += weight[i] * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
          z[i] = -sign[i] * weight[i] / (1 + Math.exp(margin));
          offset += z[i];
        }
        var gradient = x.back(z, 1);
        double penalty = 0;
        for (int j = 0; j < d; j++) {
          penalty += w[j] * w[j] / 2;
          slope[j] = (c * gradient[j] + w[j]) / total;
        }
        slope[d] = c * offset / total;
        values[0] = (c * sum + penalty) / total;
      }
    }
  }

  @Override
  public String kind() {
    return "aggregated";
  }

  @Override
  public int width() {
    return direction.direction().length;
  }

  @Override
  public Map<String, Matrix> parameters() {
    return SavedSequence.arrays(List.of(direction));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("aggregation", aggregation.written());
  }

  public Linear direction() {
    return direction;
  }

  public Aggregation aggregation() {
    return aggregation;
  }

  /// The same direction, its scores put together in another way.
  public TokenProbe with(Aggregation other) {
    return new TokenProbe(direction, other);
  }

  /// One score a text; above 0 means the second class.
  public double[] scores(Sequences x) {
    var perToken = direction.scores(x.rows());
    var out = new double[x.texts()];
    for (int i = 0; i < out.length; i++) {
      var own = Arrays.stream(x.tokens(i)).mapToDouble(r -> perToken[r]).toArray();
      if (own.length == 0) {
        throw new BadInput("text %d has no token that counts; widen the mask".formatted(i));
      }
      out[i] = aggregation.over(own);
    }
    return out;
  }

  /// A text that grows by rows of `d` numbers; the score so far after each.
  public RowStream stream() {
    var scores = aggregation.stream();
    return row -> scores.push(direction.scores(Matrix.ofDoubles(1, row.length, row.clone()))[0]);
  }
}
