package dev.sonde.activation;

import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// In which packs texts run through the network: sorted by length, as many to a pack as its tokens
/// allow. The plan depends on the texts alone, never on the machine, so that the same bits come out
/// anywhere.
record Plan(List<List<Integer>> packs) {
  /// Tokens of a pack: enough for the matrix kernels to be near their best, few enough to stay in
  /// cache.
  static final int TOKENS = 512;

  static Plan of(List<Tokens> texts) {
    var order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).size()))
            .toList();
    var packs = new ArrayList<List<Integer>>();
    var pack = new ArrayList<Integer>();
    int tokens = 0;
    for (int i : order) {
      int size = texts.get(i).size();
      if (!pack.isEmpty() && tokens + size > TOKENS) {
        packs.add(List.copyOf(pack));
        pack.clear();
        tokens = 0;
      }
      pack.add(i);
      tokens += size;
    }
    if (!pack.isEmpty()) {
      packs.add(List.copyOf(pack));
    }
    return new Plan(List.copyOf(packs));
  }
}
