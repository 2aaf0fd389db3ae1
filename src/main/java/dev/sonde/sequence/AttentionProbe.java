package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Lbfgs;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// A probe that chooses which tokens it reads.
///
/// ```
/// softmax   f = b + sum_h sum_t softmax_t(q_h . x_t + m_h pos_t) (v_h . x_t)
/// multimax  f = b + sum_h max_t v_h . x_t
/// rolling   f = b + sum_h max_t (softmax average of v_h . x_j over the last W tokens)
/// ```
///
/// One query with a position weight is Shabalin & Belrose's probe, which starts as mean pooling (q
/// = 0, m = 0); MultiMax and the max of rolling means are those of Kramár et al. (2026), read on
/// the activations themselves. Trained on the mean log-loss plus `decay / 2` times the squared
/// numbers (bias aside), in common units, by [Lbfgs] on analytic gradients: deterministic. The loss
/// is not convex; several seeded starts run side by side and the lowest end is kept. Tokens that do
/// not count are never read. For more than one head the starts differ in their values, since equal
/// heads would stay equal.
public final class AttentionProbe implements SequenceProbe {
  private final Settings settings;
  private final int width;
  private final double positionUnit;
  private final double[] theta;
  private final double loss;
  private final double gradient;
  private final int steps;

  private AttentionProbe(
      Settings settings,
      int width,
      double positionUnit,
      double[] theta,
      double loss,
      double gradient,
      int steps) {
    this.settings = settings;
    this.width = width;
    this.positionUnit = positionUnit;
    this.theta = theta;
    this.loss = loss;
    this.gradient = gradient;
    this.steps = steps;
  }

  /// What there is to choose. `positions` false leaves the position weights at 0. `wide` computes
  /// products in float64, else in float32. The gradient ends below `tolerance`, or the loss no
  /// longer falls.
  public record Settings(
      Attention attention,
      int heads,
      int window,
      boolean positions,
      double decay,
      int starts,
      boolean wide,
      double tolerance) {
    public static final Settings DEFAULT =
        new Settings(Attention.SOFTMAX, 1, 10, true, 1e-3, 3, true, 1e-6);

    public Settings {
      if (heads < 1 || window < 1 || starts < 1) {
        throw new BadInput("an attention probe has a head, a window and a start, or more of each");
      }
      if (!(decay > 0) || !(tolerance > 0)) {
        throw new BadInput(
            "an attention probe needs a decay above 0: without one separable texts have no optimum");
      }
    }

    /// Max over the tokens, ten heads.
    public static Settings multiMax() {
      return new Settings(Attention.MULTIMAX, 10, 1, false, 1e-3, 3, true, 1e-6);
    }

    /// Max of attention-weighted rolling means of ten tokens, ten heads.
    public static Settings rolling() {
      return new Settings(Attention.ROLLING, 10, 10, false, 1e-3, 3, true, 1e-6);
    }

    public Settings withHeads(int count) {
      return new Settings(attention, count, window, positions, decay, starts, wide, tolerance);
    }

    public Settings withStarts(int count) {
      return new Settings(attention, heads, window, positions, decay, count, wide, tolerance);
    }

    public Settings withDecay(double strength) {
      return new Settings(attention, heads, window, positions, strength, starts, wide, tolerance);
    }

    public Settings withPositions(boolean weighted) {
      return new Settings(attention, heads, window, weighted, decay, starts, wide, tolerance);
    }

    DType type() {
      return wide ? DType.FLOAT64 : DType.FLOAT32;
    }

    public Settings inFloat32() {
      return new Settings(attention, heads, window, positions, decay, starts, false, tolerance);
    }
  }

  /// `y` has a class for each text. Computes on the calling thread, which is a worker's.
  ///
  /// @throws BadInput for other than two classes, or a text without a token that counts
  public static AttentionProbe fit(Sequences x, Classes y, Settings settings, Seed seed) {
    return fit(x, y, settings, seed, Workers.calling());
  }

  /// The same, to the bit, with the texts shared out among workers; not to be called on one of
  /// them.
  public static AttentionProbe fit(
      Sequences x, Classes y, Settings settings, Seed seed, Workers workers) {
    TokenProbe.mustBeTwo(y, x.texts());
    try (var scope = Scope.open();
        var arena = Arena.ofShared()) {
      var objective = AttentionLoss.of(x.packed(), y, settings, arena, workers);
      var limits =
          Lbfgs.Settings.DEFAULT.withTolerance(settings.tolerance()).withFlat(1e-7).withSteps(2000);
      var starts =
          Arrays.stream(starts(settings, x.width(), seed))
              .map(objective::point)
              .toArray(double[][]::new);
      var found = Lbfgs.minimise(objective, starts, limits);
      var best = found.stream().min(Comparator.comparingDouble(Lbfgs.Minimum::value)).orElseThrow();
      return new AttentionProbe(
          settings,
          x.width(),
          objective.positionUnit(),
          raw(objective.weights(best.point()), objective.rows(), settings.heads()),
          best.value(),
          best.gradient(),
          best.steps());
    }
  }

  /// Parts as they are: `queries` and `values` a row a head, a position weight a head for positions
  /// counted in tokens.
  public static AttentionProbe of(
      Attention attention,
      int window,
      double[][] queries,
      double[][] values,
      double[] positionWeights,
      double bias) {
    int heads = queries.length;
    int d = queries[0].length;
    var theta = new double[AttentionLoss.size(d, heads)];
    for (int h = 0; h < heads; h++) {
      System.arraycopy(queries[h], 0, theta, h * d, d);
      System.arraycopy(values[h], 0, theta, (heads + h) * d, d);
      theta[2 * heads * d + h] = positionWeights[h];
    }
    theta[2 * heads * d + heads] = bias;
    var settings = new Settings(attention, heads, window, true, 1e-3, 1, true, 1e-6);
    return new AttentionProbe(settings, d, 1, theta, Double.NaN, Double.NaN, 0);
  }

  private static double[][] starts(Settings settings, int d, Seed seed) {
    int heads = settings.heads();
    var out = new double[settings.starts()][AttentionLoss.size(d, heads)];
    for (int k = 0; k < out.length; k++) {
      if (k == 0 && heads == 1) {
        continue; // mean pooling
      }
      var random = seed.forPurpose("attention start", k).generator();
      for (int j = 0; j < heads * d; j++) {
        out[k][heads * d + j] = random.nextGaussian() / Math.sqrt(d);
      }
    }
    return out;
  }

  /// Of rows as they are: a shift of all rows moves scores of a text together, which attention does
  /// not see, and values by what the bias takes back.
  private static double[] raw(double[] theta, TokenRows rows, int heads) {
    int d = rows.width();
    var out = theta.clone();
    for (int h = 0; h < 2 * heads; h++) {
      for (int j = 0; j < d; j++) {
        out[h * d + j] /= rows.unit();
        if (h >= heads) {
          out[2 * heads * d + heads] -= out[h * d + j] * rows.mean(j);
        }
      }
    }
    return out;
  }

  /// The training loss, penalty included; NaN where it was not trained.
  public double loss() {
    return loss;
  }

  /// The length of the gradient where training ended, in common units.
  public double gradient() {
    return gradient;
  }

  /// Steps of the search that ended here; 0 where it was not trained.
  public int steps() {
    return steps;
  }

  public Settings options() {
    return settings;
  }

  /// What head h asks for, d numbers.
  public double[] query(int head) {
    return Arrays.copyOfRange(theta, head * width, (head + 1) * width);
  }

  /// What head h reads, d numbers.
  public double[] value(int head) {
    int at = settings.heads() + head;
    return Arrays.copyOfRange(theta, at * width, (at + 1) * width);
  }

  @Override
  public String kind() {
    return "attention";
  }

  @Override
  public int width() {
    return width;
  }

  /// Position weights for positions counted in tokens.
  @Override
  public Map<String, Matrix> parameters() {
    int h = settings.heads();
    var by = new double[h];
    for (int i = 0; i < h; i++) {
      by[i] = theta[2 * h * width + i] / positionUnit;
    }
    return Map.of(
        "query", Matrix.ofDoubles(h, width, Arrays.copyOf(theta, h * width)),
        "value", Matrix.ofDoubles(h, width, Arrays.copyOfRange(theta, h * width, 2 * h * width)),
        "position", SavedSequence.row(by),
        "bias", SavedSequence.row(new double[] {bias()}));
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "attention", settings.attention().name().toLowerCase(Locale.ROOT),
        "window", Integer.toString(settings.window()));
  }

  public double bias() {
    return theta[theta.length - 1];
  }

  /// One score a text; above 0 means the second class. Every text for itself, so the same bits in
  /// any company.
  public double[] scores(Sequences x) {
    mustFit(x.width());
    var out = new double[x.texts()];
    for (int i = 0; i < out.length; i++) {
      var own = x.tokens(i);
      if (own.length == 0) {
        throw new BadInput("text %d has no token that counts; widen the mask".formatted(i));
      }
      out[i] = bias();
      for (int h = 0; h < settings.heads(); h++) {
        out[i] += head(h, x, own, new double[2 * own.length]);
      }
    }
    return out;
  }

  /// How much each token of a text that counts weighs in what each head says, `[head][token]`; a
  /// head's weights sum to 1.
  public double[][] weights(Sequences x, int text) {
    mustFit(x.width());
    var own = x.tokens(text);
    var out = new double[settings.heads()][own.length];
    for (int h = 0; h < out.length; h++) {
      var slope = new double[2 * own.length];
      head(h, x, own, slope);
      for (int t = 0; t < own.length; t++) {
        out[h][t] = slope[2 * t + 1];
      }
    }
    return out;
  }

  private double head(int h, Sequences x, int[] own, double[] slope) {
    var s = new double[own.length];
    var u = new double[own.length];
    for (int t = 0; t < own.length; t++) {
      var row = x.rows().row(own[t]);
      s[t] = asked(h, row, t);
      u[t] = dot(settings.heads() + h, row);
    }
    return settings
        .attention()
        .read(new Attention.Span(s, u, own.length), settings.window(), slope);
  }

  private double asked(int head, double[] row, int token) {
    return dot(head, row) + theta[2 * settings.heads() * width + head] * token / positionUnit;
  }

  private double dot(int vector, double[] row) {
    double sum = 0;
    for (int j = 0; j < width; j++) {
      sum += theta[vector * width + j] * row[j];
    }
    return sum;
  }

  private void mustFit(int columns) {
    if (columns != width) {
      throw new IllegalArgumentException(
          "the probe reads rows of %d numbers, these have %d".formatted(width, columns));
    }
  }

  /// A text that grows: a few numbers of memory a head, the same cost for every token.
  public RowStream stream() {
    var heads =
        IntStream.range(0, settings.heads())
            .mapToObj(h -> settings.attention().head(settings.window()))
            .toList();
    var token = new int[1];
    return row -> {
      mustFit(row.length);
      double out = bias();
      for (int h = 0; h < heads.size(); h++) {
        out += heads.get(h).push(asked(h, row, token[0]), dot(settings.heads() + h, row));
      }
      token[0]++;
      return out;
    };
  }
}
