package dev.sonde.evidence;

import dev.sonde.eval.Comparisons;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Objections that follow from comparing numbers: a probe with its baselines, a split with a looser
/// one, a layer with the first.
public final class Leakage {
  private static final double MARGIN = 0.01;

  private Leakage() {}

  /// What tearing groups apart is worth: accuracies of the same rows under a split by rows and one
  /// by whole groups, and how likely so large a gain is if there were none.
  public record Inflation(double torn, double whole, double p) {
    public double gain() {
      return torn - whole;
    }

    /// Serious if the looser split gains 2 points or more and it is no accident.
    public List<Objection> objections() {
      if (gain() < 0.02 || p > .01) {
        return List.of();
      }
      return List.of(
          new Objection(
              "group inflation",
              Objection.Weight.SERIOUS,
              gain(),
              "split by rows the probe reaches %.3f, with whole groups held out %.3f: it knows groups by heart; report the second"
                  .formatted(torn, whole)));
    }
  }

  /// `torn[i]` and `whole[i]`: whether row i was predicted right when groups were torn and when
  /// they were kept.
  public static Inflation inflation(boolean[] torn, boolean[] whole) {
    return new Inflation(share(torn), share(whole), Comparisons.mcNemar(torn, whole).p());
  }

  /// AT-39: a surface baseline (by name, held out on the same split) that comes within a point of
  /// the probe.
  public static List<Objection> baselines(double probe, Map<String, Double> baselines) {
    var out = new ArrayList<Objection>();
    baselines.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .filter(b -> b.getValue() >= probe - MARGIN)
        .forEach(b ->
            out.add(
                new Objection(
                    "lexical baseline",
                    Objection.Weight.SERIOUS,
                    b.getValue(),
                    "%s reaches %.3f, the probe %.3f: the label can be told from the surface; choose data where it cannot"
                        .formatted(b.getKey(), b.getValue(), probe))));
    return List.copyOf(out);
  }

  /// `accuracy[layer]`, the first being that of the embeddings, which know no context: where they
  /// read nearly all that any layer reads, the model has added nothing.
  public static List<Objection> firstLayer(double[] accuracy, double chance) {
    double best = chance;
    for (double a : accuracy) {
      best = Math.max(best, a);
    }
    double first = accuracy[0];
    if (first < 0.98 && (first < best - MARGIN || best < chance + 0.05)) {
      return List.of();
    }
    return List.of(
        new Objection(
            "first layer",
            first >= 0.98 ? Objection.Weight.SERIOUS : Objection.Weight.NOTABLE,
            first,
            "the embeddings alone read the label at %.3f, the best layer at %.3f: it hangs on the token, not on what the model makes of it"
                .formatted(first, best)));
  }

  private static double share(boolean[] right) {
    double sum = 0;
    for (boolean r : right) {
      sum += r ? 1 : 0;
    }
    return sum / right.length;
  }
}
