package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Labels that only memory can get right (Hewitt & Liang 2019): every type (a word, an entity, a
/// group of rows) is dealt one label, once, from the distribution of the true labels.
///
/// A probe that does well on them has room to memorise. Held out by group they are out of reach:
/// there the accuracy must be chance.
public final class ControlTask {
  private ControlTask() {}

  /// A label for each row, the same for all rows of a type; `share` is that of positive rows.
  public static boolean[] labels(Groups types, double share, Seed seed) {
    var dealt = new boolean[types.count()];
    for (int t = 0; t < dealt.length; t++) {
      dealt[t] = seed.forPurpose("control", t).generator().nextDouble() < share;
    }
    var out = new boolean[types.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = dealt[types.at(i)];
    }
    return out;
  }

  /// Classes dealt to the types that rows are of, from the distribution of `real`. What a type is
  /// dealt hangs on its name, the seed and that distribution: the same in every split.
  public static Classes classes(List<String> types, Classes real, Seed seed) {
    if (types.size() != real.size()) {
      throw new IllegalArgumentException(
          "every row is of a type, but there are %d rows and %d types"
              .formatted(real.size(), types.size()));
    }
    var index = new int[types.size()];
    for (int i = 0; i < index.length; i++) {
      var random = seed.forPurpose("control of " + types.get(i)).generator();
      double at = random.nextDouble() * real.size();
      int k = 0;
      for (double below = real.count(0); below <= at; below += real.count(k)) {
        k++;
      }
      index[i] = k;
    }
    return Classes.of(real.names(), index);
  }

  /// For each token the one before it, within each sequence; the first has `<start>`. The types of
  /// the second control of a decoder, whose states see what went before.
  public static List<String> previous(List<List<String>> sequences) {
    var out = new ArrayList<String>();
    for (var sequence : sequences) {
      for (int i = 0; i < sequence.size(); i++) {
        out.add(i == 0 ? "<start>" : sequence.get(i - 1));
      }
    }
    return List.copyOf(out);
  }

  /// What memory can reach at most: `P(type seen) + P(type unseen) * majority`, over rows that are
  /// not of `train`.
  public static double ceiling(List<String> types, Classes labels, boolean[] train) {
    var seen = new HashSet<String>();
    for (int i = 0; i < train.length; i++) {
      if (train[i]) {
        seen.add(types.get(i));
      }
    }
    double known = 0;
    double held = 0;
    for (int i = 0; i < train.length; i++) {
      held += train[i] ? 0 : 1;
      known += !train[i] && seen.contains(types.get(i)) ? 1 : 0;
    }
    double share = known / held;
    return share + (1 - share) * majority(labels);
  }

  /// Accuracy on the true labels less that on the control's.
  public static double selectivity(double real, double control) {
    return real - control;
  }

  private static double majority(Classes labels) {
    int most = 0;
    for (int k = 0; k < labels.names().size(); k++) {
      most = Math.max(most, labels.count(k));
    }
    return (double) most / labels.size();
  }

  /// A number for each row, the same for all rows of a type, drawn from the true ones.
  public static double[] numbers(Groups types, double[] values, Seed seed) {
    var out = new double[types.size()];
    for (int i = 0; i < out.length; i++) {
      var random = seed.forPurpose("control", types.at(i)).generator();
      out[i] = values[random.nextInt(values.length)];
    }
    return out;
  }
}
