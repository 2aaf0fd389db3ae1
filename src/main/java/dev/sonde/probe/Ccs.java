package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/// Contrast-consistent search (Burns et al. 2022): a direction on which the two rows of a pair have
/// opposite answers, found without labels.
///
/// Rows of `+` and of `-` are each taken less their own mean over the training pairs, and so they
/// are at test time; `p = sigma(w . x + b)`; minimises
///
/// ```
/// mean over pairs of  (p+ - (1 - p-))^2 + min(p+, p-)^2   + decay |w|^2 / 2
/// ```
///
/// by Adam with a falling step from several starts (columns of one product), of which the lowest
/// loss is kept; what a pair is answered with is `(p+ + 1 - p-) / 2`.
///
/// A probe that has found nothing answers 0.4 everywhere, with loss 0.2, or, since any spread of
/// the answers lowers the second term, wavers about it at about 0.177. What nothing is here is
/// measured: the same search on the same rows with the pairs torn apart ([#chance]); [#degenerate]
/// says so. Which end is *true* the method cannot know. No label is looked at, so the sign is an
/// accident of the start; only labels given by name turn it ([#oriented]).
public final class Ccs implements Fitted {
  /// The loss of answering 0.4 everywhere, the best constant.
  public static final double CONSTANT = 0.2;

  private final double[] w;
  private final double b;
  private final double[] plusMean;
  private final double[] minusMean;
  private final double loss;
  private final double chance;
  private final double spread;

  private Ccs(
      double[] w,
      double b,
      double[] plusMean,
      double[] minusMean,
      double loss,
      double chance,
      double spread) {
    this.w = w;
    this.b = b;
    this.plusMean = plusMean;
    this.minusMean = minusMean;
    this.loss = loss;
    this.chance = chance;
    this.spread = spread;
  }

  /// `decay` is the L2 penalty in units of rows whose mean squared length is their width.
  public record Settings(int starts, int steps, double rate, double decay) {
    public static final Settings DEFAULT = new Settings(10, 1000, 0.02, 1e-3);

    public Settings {
      if (starts < 1 || steps < 1 || !(rate > 0) || !(decay >= 0)) {
        throw new BadInput("CCS takes at least one start and one step, a rate above 0, a decay");
      }
    }
  }

  /// From the side columns `pair` and `element`; the labels are not looked at.
  public static Ccs fit(Samples samples, Settings settings, Seed seed) {
    var pairs = Pairs.of(samples);
    var plus = pairs.plus();
    var minus = pairs.minus();
    var all = IntStream.range(0, pairs.count()).toArray();
    var plusMean = Small.mean(plus, all);
    var minusMean = Small.mean(minus, all);
    var p = centred(plus, plusMean);
    var q = centred(minus, minusMean);
    var best = new CcsSearch(p, q, plus.cols(), settings).run(seed);
    var torn = new CcsSearch(p, torn(q, plus.cols(), seed), plus.cols(), settings).run(seed);
    var found = new Ccs(best.w(), best.b(), plusMean, minusMean, best.loss(), torn.loss(), 0);
    var answers = found.answers(plus, minus);
    double mean = Arrays.stream(answers).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(answers).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    return new Ccs(best.w(), best.b(), plusMean, minusMean, best.loss(), torn.loss(), spread);
  }

  /// The rows in another order, so that none keeps its partner: a random cycle.
  private static double[] torn(double[] rows, int d, Seed seed) {
    int n = rows.length / d;
    var random = seed.forPurpose("pairs torn apart").generator();
    var to = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i);
      int held = to[i];
      to[i] = to[j];
      to[j] = held;
    }
    var out = new double[rows.length];
    for (int i = 0; i < n; i++) {
      System.arraycopy(rows, i * d, out, to[i] * d, d);
    }
    return out;
  }

  static double[] centred(Matrix x, double[] mean) {
    var out = x.toDoubles();
    for (int i = 0; i < out.length; i++) {
      out[i] -= mean[i % mean.length];
    }
    return out;
  }

  /// The unsupervised loss on the training pairs, without the penalty.
  public double loss() {
    return loss;
  }

  /// The loss that the same search reaches when no row has its own partner.
  public double chance() {
    return chance;
  }

  /// True if the probe has learnt nothing about pairs: its loss is not a tenth below that of the
  /// best constant, or not a tenth below what torn pairs give.
  public boolean degenerate() {
    return loss >= 0.9 * CONSTANT || loss >= 0.9 * chance;
  }

  /// What to print beside any number of this probe.
  public String finding() {
    return degenerate()
        ? "CCS found nothing: loss %.3f, answering 0.4 everywhere has 0.2, pairs torn apart give %.3f"
            .formatted(loss, chance)
        : "CCS found a consistent direction: loss %.3f, pairs torn apart give %.3f; its sign is arbitrary"
            .formatted(loss, chance);
  }

  /// The standard deviation of the answers to the training pairs; 0 for a constant.
  public double spread() {
    return spread;
  }

  /// `(p+ + 1 - p-) / 2` for every pair, centred with the means of the *training* rows.
  public double[] answers(Matrix plus, Matrix minus) {
    var p = probabilities(plus, plusMean);
    var q = probabilities(minus, minusMean);
    var out = new double[p.length];
    Arrays.setAll(out, i -> (p[i] + 1 - q[i]) / 2);
    return out;
  }

  /// The unsupervised loss on pairs.
  public double lossOf(Matrix plus, Matrix minus) {
    return loss(probabilities(plus, plusMean), probabilities(minus, minusMean));
  }

  static double loss(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double consistent = p[i] - (1 - q[i]);
      double confident = Math.min(p[i], q[i]);
      sum += (consistent * consistent + confident * confident) / p.length;
    }
    return sum;
  }

  private double[] probabilities(Matrix x, double[] mean) {
    var scores = Linear.of(w, b - Small.dot(w, mean)).scores(x);
    return Arrays.stream(scores).map(z -> 1 / (1 + Math.exp(-z))).toArray();
  }

  /// This probe or its opposite, whichever agrees with more of the labels given: supervision, to be
  /// reported as such.
  public Ccs oriented(Matrix plus, Matrix minus, boolean[] plusIsPositive) {
    var answers = answers(plus, minus);
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += (answers[i] > 0.5) == plusIsPositive[i] ? 1 : 0;
    }
    return 2 * right >= answers.length
        ? this
        : new Ccs(Small.scaled(w, -1), -b, plusMean, minusMean, loss, chance, spread);
  }

  /// The direction, in the space of the raw rows.
  public double[] direction() {
    return w.clone();
  }

  @Override
  public String kind() {
    return "ccs";
  }

  @Override
  public Map<String, Matrix> parameters() {
    int d = w.length;
    return Map.of(
        "direction", Matrix.ofDoubles(1, d, w.clone()),
        "bias", Matrix.ofDoubles(1, 1, new double[] {b}),
        "plus_mean", Matrix.ofDoubles(1, d, plusMean.clone()),
        "minus_mean", Matrix.ofDoubles(1, d, minusMean.clone()),
        "training", Matrix.ofDoubles(1, 3, new double[] {loss, chance, spread}));
  }

  static Ccs restored(Map<String, Matrix> p) {
    var training = Kinds.row(p, "training");
    if (training.length != 3) {
      throw new BadInput("the saved CCS probe does not say what it came from; is the file whole?");
    }
    return new Ccs(
        Kinds.row(p, "direction"),
        Kinds.row(p, "bias")[0],
        Kinds.row(p, "plus_mean"),
        Kinds.row(p, "minus_mean"),
        training[0],
        training[1],
        training[2]);
  }
}
