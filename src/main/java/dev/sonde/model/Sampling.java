package dev.sonde.model;

import dev.sonde.io.BadInput;
import java.util.Arrays;
import java.util.SplittableRandom;

/// How the next token is drawn from its logits: divided by `temperature`, then only the `topK`
/// highest (0: all), then the fewest whose probabilities reach `topP` (1: all), in this order, as
/// the reference library has it. Temperature 0 takes the highest, of equals the first.
///
/// Nucleus sampling: Holtzman et al. (2020); top-k: Fan et al. (2018).
public record Sampling(double temperature, int topK, double topP) {
  public static final Sampling GREEDY = new Sampling(0, 0, 1);

  /// @throws BadInput for a number out of its range, or a choice among tokens that are not drawn
  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new BadInput("the temperature is 0 or more, not " + temperature);
    }
    if (topK < 0) {
      throw new BadInput("top-k is a number of tokens, or 0 for all, not " + topK);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new BadInput("top-p is a probability above 0 and up to 1, not " + topP);
    }
    if (temperature == 0 && (topK > 0 || topP < 1)) {
      throw new BadInput(
          "top-k and top-p say what is drawn from, but at temperature 0 nothing is drawn: set a temperature above 0, or leave them out");
    }
  }

  /// The id of the next token.
  ///
  /// @throws BadInput for logits that are no numbers
  int next(float[] logits, SplittableRandom random) {
    int best = highest(logits);
    if (temperature == 0) {
      return best;
    }
    double[] weights = weights(logits, logits[best]);
    if (topP < 1) {
      keepNucleus(weights);
    }
    double left = random.nextDouble() * Arrays.stream(weights).sum();
    for (int i = 0; i < weights.length; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return best; // rounding, at the very end
  }

  private static int highest(float[] logits) {
    int best = 0;
    for (int i = 0; i < logits.length; i++) {
      if (Float.isNaN(logits[i])) {
        throw new BadInput(
            "the network's logits are no numbers any more (NaN): an edit is too strong, or the weights are damaged");
      }
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /// Probabilities without their sum; 0 for what is not among the `topK`.
  private double[] weights(float[] logits, float highest) {
    float least = Float.NEGATIVE_INFINITY;
    if (topK > 0 && topK < logits.length) {
      var sorted = logits.clone();
      Arrays.sort(sorted);
      least = sorted[sorted.length - topK];
    }
    var out = new double[logits.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = logits[i] >= least ? Math.exp((logits[i] - highest) / temperature) : 0;
    }
    return out;
  }

  /// Sets to 0 every token before which those with more weight already reach `topP`.
  private void keepNucleus(double[] weights) {
    double enough = topP * Arrays.stream(weights).sum();
    var order = new long[weights.length]; // weight downwards, then id
    for (int i = 0; i < order.length; i++) {
      long down = Integer.MAX_VALUE - (long) Float.floatToIntBits((float) weights[i]);
      order[i] = down << 32 | i;
    }
    Arrays.sort(order);
    double above = 0;
    for (long place : order) {
      int id = (int) place;
      double weight = weights[id];
      weights[id] = above < enough ? weight : 0;
      above += weight;
    }
  }
}
