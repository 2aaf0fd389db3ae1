package dev.sonde.sequence;

import dev.sonde.data.Classes;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/// Sets of classes that hold the true one as often as promised, from calibration rows that nothing
/// was trained on (inductive conformal prediction; Vovk et al. 2005).
///
/// The p-value of a class is `(#{calibration rows at least as strange} + 1) / (n + 1)`, strangeness
/// `1 - p` of the class; the set holds every class whose p-value exceeds alpha. A set that is empty
/// or holds several classes is an abstention. On exchangeable rows the set misses the true class
/// with probability alpha at most.
public final class Conformal {
  private final double[] calibration;
  private final double alpha;

  private Conformal(double[] calibration, double alpha) {
    this.calibration = calibration;
    this.alpha = alpha;
  }

  /// @throws BadInput if there are too few calibration rows to exclude anything at `alpha`
  public static Conformal of(double[][] probabilities, Classes truth, double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new BadInput("an error rate lies between 0 and 1, not at " + alpha);
    }
    if (probabilities.length != truth.size()) {
      throw new IllegalArgumentException(
          "%d rows do not fit %d labels".formatted(probabilities.length, truth.size()));
    }
    if (1.0 / (truth.size() + 1) > alpha) {
      throw new BadInput(
          "an error rate of %s needs at least %d calibration rows, here are %d"
              .formatted(alpha, (int) Math.ceil(1 / alpha) - 1, truth.size()));
    }
    var strange = new double[truth.size()];
    for (int i = 0; i < strange.length; i++) {
      strange[i] = 1 - probabilities[i][truth.at(i)];
    }
    Arrays.sort(strange);
    return new Conformal(strange, alpha);
  }

  /// As it was saved.
  static Conformal restored(double[] calibration, double alpha) {
    return new Conformal(calibration.clone(), alpha);
  }

  /// How strange the calibration rows are, in order.
  double[] calibration() {
    return calibration.clone();
  }

  public double alpha() {
    return alpha;
  }

  public double pValue(double strangeness) {
    int at = Arrays.binarySearch(calibration, strangeness);
    int first = at < 0 ? -at - 1 : at;
    while (first > 0 && calibration[first - 1] == strangeness) {
      first--;
    }
    return (calibration.length - first + 1.0) / (calibration.length + 1.0);
  }

  /// The classes that cannot be excluded.
  public List<Integer> set(double[] probabilities) {
    var out = new ArrayList<Integer>();
    for (int c = 0; c < probabilities.length; c++) {
      if (pValue(1 - probabilities[c]) > alpha) {
        out.add(c);
      }
    }
    return List.copyOf(out);
  }

  /// The class, if exactly one is left.
  public OptionalInt answer(double[] probabilities) {
    var set = set(probabilities);
    return set.size() == 1 ? OptionalInt.of(set.getFirst()) : OptionalInt.empty();
  }

  /// What the sets did on rows with a known truth: `coverage` how often they held it, `answered`
  /// how often they held one class, `right` how often that was the true one.
  public record Outcome(double coverage, double answered, double right) {}

  public Outcome on(double[][] probabilities, Classes truth) {
    double covered = 0;
    double answered = 0;
    double right = 0;
    for (int i = 0; i < probabilities.length; i++) {
      var set = set(probabilities[i]);
      covered += set.contains(truth.at(i)) ? 1 : 0;
      answered += set.size() == 1 ? 1 : 0;
      right += set.size() == 1 && set.getFirst() == truth.at(i) ? 1 : 0;
    }
    double n = probabilities.length;
    return new Outcome(covered / n, answered / n, answered == 0 ? Double.NaN : right / answered);
  }
}
