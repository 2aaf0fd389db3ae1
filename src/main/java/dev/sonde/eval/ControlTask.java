package dev.sonde.eval;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;

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
