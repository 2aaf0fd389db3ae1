package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.eval.Folds;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Information about the labels that a family of probes can use, in bits (Xu et al. 2020), row by
/// row (Ethayarajh et al. 2022).
///
/// ```
/// PVI(x, y) = log2 f[x](y) - log2 f[blank](y),    I_V = the mean of it over held-out rows
/// ```
///
/// Both probes are trained, the blank one on rows without content ([LabelModel#prior]). With a
/// baseline (bag of words, embeddings) in place of the blank and both together in place of x it is
/// the conditional information: what the activations add.
public final class VInformation {
  private final double[] pointwise;
  private final double entropy;
  private final double error;

  private VInformation(double[] pointwise, double entropy, double error) {
    this.pointwise = pointwise;
    this.entropy = entropy;
    this.error = error;
  }

  /// From natural logs of the probability of the true label of each row, by [#heldOut].
  public static VInformation of(double[] model, double[] blank, Groups groups) {
    int n = model.length;
    var bits = new double[n];
    Arrays.setAll(bits, i -> (model[i] - blank[i]) / Math.log(2));
    double mean = Arrays.stream(bits).average().orElseThrow();
    var sums = new double[groups.count()];
    for (int i = 0; i < n; i++) {
      sums[groups.at(i)] += bits[i] - mean;
    }
    double g = groups.count();
    double squares = Arrays.stream(sums).map(s -> s * s).sum();
    double entropy = -Arrays.stream(blank).average().orElseThrow() / Math.log(2);
    return new VInformation(
        bits, entropy, g > 1 ? Math.sqrt(g / (g - 1) * squares) / n : Double.NaN);
  }

  /// The log-probability of each row's true label under a model that was not shown its fold.
  public static double[] heldOut(LabelModel model, int[] labels, Folds folds) {
    var out = new double[labels.length];
    for (int f = 0; f < folds.count(); f++) {
      var test = folds.rows(f);
      var kept = folds.without(f);
      var train = IntStream.range(0, labels.length).filter(i -> kept[i]).toArray();
      var log = model.logProbabilities(train, test);
      for (int i = 0; i < test.length; i++) {
        out[test[i]] = log[i][labels[test[i]]];
      }
    }
    return out;
  }

  /// The log-probability of each row's true label from held-out log-odds of the positive class.
  public static double[] ofLogOdds(double[] score, boolean[] positive) {
    var out = new double[score.length];
    Arrays.setAll(
        out,
        i -> {
          double margin = positive[i] ? score[i] : -score[i];
          return -Math.max(0, -margin) - Math.log1p(Math.exp(-Math.abs(margin)));
        });
    return out;
  }

  /// I_V, in bits a row; below 0 where the probe does harm.
  public double bits() {
    return Arrays.stream(pointwise).average().orElseThrow();
  }

  /// The standard error of [#bits] over groups.
  public double error() {
    return error;
  }

  /// H_V(Y), in bits: what the labels cost without looking.
  public double entropy() {
    return entropy;
  }

  /// H_V(Y | X), in bits.
  public double conditionalEntropy() {
    return entropy - bits();
  }

  /// PVI of each row, in bits: low ones are rows that the probe finds hard, or mislabelled.
  public double[] pointwise() {
    return pointwise.clone();
  }
}
