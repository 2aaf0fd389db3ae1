package dev.sonde.sequence;

import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the type of a word alone can tell: the control task and the table of most frequent labels.
public final class WordTypes {
  private WordTypes() {}

  /// Hewitt & Liang's control task (2019): every type is dealt one label, once, from the
  /// distribution of `real`. What it is dealt hangs on its name, the seed and that distribution, so
  /// it is the same in training and held-out sentences.
  public static List<String> control(List<String> types, List<String> real, Seed seed) {
    var sorted = real.stream().filter(l -> !l.isEmpty()).sorted().toList();
    var dealt = new HashMap<String, String>();
    return types.stream()
        .map(t ->
            dealt.computeIfAbsent(
                t,
                name ->
                    sorted.get(
                        seed.forPurpose("control of " + name).generator().nextInt(sorted.size()))))
        .toList();
  }

  /// For each type the label that it has most often in training; for a type that is not there the
  /// most frequent label of all.
  public static List<String> lookup(
      List<String> trainTypes, List<String> trainLabels, List<String> types) {
    var byType = new HashMap<String, Map<String, Integer>>();
    var all = new TreeMap<String, Integer>();
    for (int i = 0; i < trainTypes.size(); i++) {
      all.merge(trainLabels.get(i), 1, Integer::sum);
      byType
          .computeIfAbsent(trainTypes.get(i), t -> new TreeMap<>())
          .merge(trainLabels.get(i), 1, Integer::sum);
    }
    var out = new ArrayList<String>();
    types.forEach(t -> out.add(most(byType.getOrDefault(t, all))));
    return out;
  }

  private static String most(Map<String, Integer> counts) {
    String best = "";
    int largest = -1;
    for (var entry : counts.entrySet()) {
      if (entry.getValue() > largest) {
        best = entry.getKey();
        largest = entry.getValue();
      }
    }
    return best;
  }
}
