package dev.sonde.eval;

import dev.sonde.data.Classes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The probe that is nothing but memory: the commonest label of a type in the training rows, and
/// the commonest of all for a type that it has not seen.
///
/// What it reaches on the true labels is what knowing the word (the entity, the template) is worth;
/// on a control task it is the ceiling.
public final class LookupTable {
  private final Map<String, Integer> table;
  private final int otherwise;

  private LookupTable(Map<String, Integer> table, int otherwise) {
    this.table = Map.copyOf(table);
    this.otherwise = otherwise;
  }

  public static LookupTable fit(List<String> types, Classes labels, boolean[] train) {
    int k = labels.names().size();
    var counts = new HashMap<String, int[]>();
    var all = new int[k];
    for (int i = 0; i < train.length; i++) {
      if (train[i]) {
        counts.computeIfAbsent(types.get(i), t -> new int[k])[labels.at(i)]++;
        all[labels.at(i)]++;
      }
    }
    var table = new HashMap<String, Integer>();
    counts.forEach((type, c) -> table.put(type, largest(c)));
    return new LookupTable(table, largest(all));
  }

  public boolean knows(String type) {
    return table.containsKey(type);
  }

  public int predict(String type) {
    return table.getOrDefault(type, otherwise);
  }

  private static int largest(int[] counts) {
    int best = 0;
    for (int k = 1; k < counts.length; k++) {
      best = counts[k] > counts[best] ? k : best;
    }
    return best;
  }
}
