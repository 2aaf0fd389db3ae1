package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.eval.Folds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Texts that differ in little, found among up to 100,000 without comparing all pairs.
///
/// Texts whose MinHash signatures agree in one of 20 bands of 4 places are compared in full: pairs
/// of a similarity (Jaccard, over runs of 5 characters) of .8 are found with a probability of
/// .99998, those of .5 with .72. Similar texts are joined transitively; the result can serve as
/// groups of a split.
public final class NearDuplicates {
  /// From where on two texts are near-duplicates, unless said otherwise.
  public static final double SIMILAR = 0.8;

  private static final int RUN = 5;
  private static final int BANDS = 20;
  private static final int ROWS = 4;
  private static final int MOST = 256;

  private final int[] parent;

  private NearDuplicates(int texts) {
    parent = IntStream.range(0, texts).toArray();
  }

  /// Joins texts of at least this similarity.
  public static NearDuplicates of(List<String> texts, double similar) {
    var found = new NearDuplicates(texts.size());
    var shingles = texts.stream().map(t -> Shingles.of(t, RUN)).toList();
    var signatures = shingles.stream().map(s -> Shingles.signature(s, BANDS * ROWS)).toList();
    for (int b = 0; b < BANDS; b++) {
      var buckets = new HashMap<Long, List<Integer>>();
      for (int i = 0; i < texts.size(); i++) {
        found.join(buckets, band(signatures.get(i), b), i, shingles, similar);
      }
    }
    return found;
  }

  /// A text is compared with one of every set that its bucket holds, so that many copies of one
  /// text cost no more than one; of templates that fill a bucket with texts that are all somewhat
  /// alike only the first 256 are kept, or the time would grow as the square.
  private void join(
      Map<Long, List<Integer>> buckets, long band, int own, List<long[]> shingles, double similar) {
    var bucket = buckets.computeIfAbsent(band, k -> new ArrayList<>());
    for (int other : bucket) {
      if (root(other) != root(own)
          && Shingles.jaccard(shingles.get(other), shingles.get(own)) >= similar) {
        parent[Math.max(root(own), root(other))] = Math.min(root(own), root(other));
      }
    }
    if (bucket.size() < MOST && bucket.stream().noneMatch(o -> root(o) == root(own))) {
      bucket.add(own);
    }
  }

  private static long band(long[] signature, int b) {
    long h = b;
    for (int i = b * ROWS; i < (b + 1) * ROWS; i++) {
      h = Shingles.mix(h ^ signature[i]);
    }
    return h;
  }

  private int root(int i) {
    int at = i;
    while (parent[at] != at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  }

  /// The sets of joined texts, each text in one.
  public Groups groups() {
    return Groups.of(
        IntStream.range(0, parent.length).mapToObj(i -> Integer.toString(root(i))).toList());
  }

  /// How many texts are joined with another one.
  public int joined() {
    var sizes = new int[parent.length];
    for (int i = 0; i < parent.length; i++) {
      sizes[root(i)]++;
    }
    return (int) IntStream.range(0, parent.length).filter(i -> sizes[root(i)] > 1).count();
  }

  /// How many texts have a near-duplicate in another fold.
  public int torn(Folds folds) {
    var first = new int[parent.length];
    Arrays.fill(first, -1);
    var several = new boolean[parent.length];
    for (int i = 0; i < parent.length; i++) {
      int r = root(i);
      several[r] |= first[r] >= 0 && first[r] != folds.at(i);
      first[r] = first[r] < 0 ? folds.at(i) : first[r];
    }
    return (int) IntStream.range(0, parent.length).filter(i -> several[root(i)]).count();
  }

  public List<Objection> objections(Folds folds) {
    int torn = torn(folds);
    if (torn == 0) {
      return List.of();
    }
    double share = (double) torn / parent.length;
    return List.of(
        new Objection(
            "near-duplicates",
            share >= 0.1 ? Objection.Weight.SERIOUS : Objection.Weight.NOTABLE,
            share,
            "%d of %d texts have a near-duplicate in another fold: hold whole sets of them out, as groups"
                .formatted(torn, parent.length)));
  }
}
