package dev.sonde.evidence;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Folds;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/// Rows that say the same and stand on both sides of a split.
///
/// `torn`: how many rows have an equal in another fold; `sets`: how many sets of equals are torn;
/// `conflicting`: how many sets of equals have different labels, which no probe can get right.
public record Duplicates(int torn, int sets, int conflicting, List<List<Integer>> examples) {
  private static final int EXAMPLES = 5;

  public Duplicates {
    examples = List.copyOf(examples);
  }

  /// Texts compared without regard to case, spacing, punctuation at word ends and Unicode form.
  public static Duplicates ofTexts(List<String> texts, int[] labels, Folds folds) {
    return of(texts.stream().map(Duplicates::plain).toList(), labels, folds);
  }

  /// Activations compared bit by bit.
  public static Duplicates ofRows(Matrix x, int[] labels, Folds folds) {
    var keys = new ArrayList<String>();
    for (int i = 0; i < x.rows(); i++) {
      keys.add(key(x.row(i)));
    }
    return of(keys, labels, folds);
  }

  private static String key(double[] row) {
    // two hashes of 64 bits each: an accident among 1e5 rows has a chance of 1e-28
    long a = 1125899906842597L;
    long b = 7046029254386353131L;
    for (double v : row) {
      long bits = Double.doubleToLongBits(v + 0.0);
      a = Shingles.mix(a ^ bits);
      b = Shingles.mix(b + bits * 0x9E3779B97F4A7C15L);
    }
    return a + ":" + b;
  }

  private static Duplicates of(List<String> keys, int[] labels, Folds folds) {
    var sets = new HashMap<String, List<Integer>>();
    for (int i = 0; i < keys.size(); i++) {
      sets.computeIfAbsent(keys.get(i), k -> new ArrayList<>()).add(i);
    }
    int torn = 0;
    int conflicting = 0;
    var found = new ArrayList<List<Integer>>();
    for (var set : sets.values()) {
      if (set.stream().mapToInt(folds::at).distinct().count() > 1) {
        torn += set.size();
        found.add(List.copyOf(set));
      }
      conflicting += set.stream().mapToInt(i -> labels[i]).distinct().count() > 1 ? 1 : 0;
    }
    found.sort((a, b) -> Integer.compare(a.getFirst(), b.getFirst()));
    return new Duplicates(
        torn, found.size(), conflicting, found.subList(0, Math.min(EXAMPLES, found.size())));
  }

  /// Folds are told of nothing: torn equals are an objection. `what` a row is: a text, an image, a
  /// row of numbers.
  public List<Objection> objections(int rows, String what) {
    var out = new ArrayList<Objection>();
    if (torn > 0) {
      double share = (double) torn / rows;
      out.add(
          new Objection(
              "duplicates",
              share >= 0.02 ? Objection.Weight.SERIOUS : Objection.Weight.NOTABLE,
              share,
              "%d of %d rows have an equal in another fold (rows %s, …): drop repeats or give equals one group"
                  .formatted(torn, rows, examples.getFirst())));
    }
    if (conflicting > 0) {
      out.add(
          new Objection(
              "conflicting labels",
              Objection.Weight.NOTABLE,
              conflicting,
              "%d %ss occur with different labels: no probe can get all of them right; check the labels"
                  .formatted(conflicting, what)));
    }
    return out;
  }

  /// What is left of a text when nothing but its words counts.
  static String plain(String text) {
    var words =
        Normalizer.normalize(text, Normalizer.Form.NFKC)
            .toLowerCase(Locale.ROOT)
            .split("[\\s\\p{Z}]+");
    return String.join(
        " ",
        Arrays.stream(words)
            .map(w -> w.replaceAll("^\\p{Punct}+|\\p{Punct}+$", ""))
            .filter(w -> !w.isEmpty())
            .toList());
  }
}
