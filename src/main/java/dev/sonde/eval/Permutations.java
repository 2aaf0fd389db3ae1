package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Labels dealt out anew, keeping what the grouping makes exchangeable: within groups where groups
/// hold both classes, whole groups' labels otherwise.
///
/// Labels are never dealt across folds. Folds are made with the true labels in view, as even as can
/// be; labels dealt freely would leave them uneven, held-out accuracy under the null would sink
/// below chance, and p-values would come out too small. Given the folds, rows (or groups) of one
/// fold are exchangeable, so the test is exact.
///
/// The first labelling is the true one; the same labellings serve every layer, so the largest score
/// over layers has its own null (Westfall & Young 1993, max-T).
public final class Permutations {
  private final double[] values;
  private final int[] sources;
  private final String scheme;

  private Permutations(double[] values, int[] sources, String scheme) {
    this.values = values;
    this.sources = sources;
    this.scheme = scheme;
  }

  /// The true labelling and `count` dealt ones.
  public static Permutations of(
      boolean[] positive, Groups groups, Folds folds, int count, Seed seed) {
    var values = new double[positive.length];
    Arrays.setAll(values, i -> positive[i] ? 1 : -1);
    int mixed = 0;
    for (var rows : members(groups)) {
      boolean differ = Arrays.stream(rows).anyMatch(i -> positive[i] != positive[rows[0]]);
      mixed += differ ? rows.length : 0;
    }
    return of(values, groups, folds, count, seed, 2 * mixed >= values.length);
  }

  /// The same of any number of classes; [#classes] gives them back.
  public static Permutations of(Classes labels, Groups groups, Folds folds, int count, Seed seed) {
    var values = new double[labels.size()];
    Arrays.setAll(values, labels::at);
    int mixed = 0;
    for (var rows : members(groups)) {
      boolean differ = Arrays.stream(rows).anyMatch(i -> values[i] != values[rows[0]]);
      mixed += differ ? rows.length : 0;
    }
    return of(values, groups, folds, count, seed, 2 * mixed >= values.length);
  }

  /// The same of numbers. They are dealt within groups if that is where most of their variance is:
  /// what the groups' means give away would otherwise stay in the null.
  public static Permutations of(double[] values, Groups groups, Folds folds, int count, Seed seed) {
    double inside = 0;
    double total = 0;
    double mean = Arrays.stream(values).average().orElse(0);
    for (var rows : members(groups)) {
      double own = Arrays.stream(rows).mapToDouble(i -> values[i]).average().orElse(0);
      for (int i : rows) {
        inside += (values[i] - own) * (values[i] - own);
        total += (values[i] - mean) * (values[i] - mean);
      }
    }
    return of(values, groups, folds, count, seed, 2 * inside >= total);
  }

  private static Permutations of(
      double[] values, Groups groups, Folds folds, int count, Seed seed, boolean within) {
    int n = values.length;
    var members = members(groups);
    var parts = parts(members, folds);
    var sources = new int[Math.multiplyExact(n, count + 1)];
    for (int i = 0; i < n; i++) {
      sources[i] = i;
    }
    for (int b = 1; b <= count; b++) {
      var random = seed.forPurpose("permutation", b).generator();
      var dealt = within ? dealWithin(n, members, random) : dealBetween(n, members, parts, random);
      System.arraycopy(dealt, 0, sources, b * n, n);
    }
    var scheme =
        groups.trivial()
            ? "among the rows of a fold"
            : within ? "within groups" : "whole groups among those of a fold";
    return new Permutations(values.clone(), sources, scheme);
  }

  /// How many dealt labellings there are, the true one not counted.
  public int count() {
    return sources.length / values.length - 1;
  }

  /// What was exchanged with what, in words.
  public String scheme() {
    return scheme;
  }

  /// All labellings one after the other, the true one first: -1 or 1 a row, or the numbers.
  public double[] labels() {
    return Arrays.stream(sources).mapToDouble(i -> values[i]).toArray();
  }

  /// Labelling `b`, 0 being the true one, as [#labels] has it.
  public double[] values(int b) {
    int n = values.length;
    var out = new double[n];
    Arrays.setAll(out, i -> values[sources[b * n + i]]);
    return out;
  }

  /// Labelling `b`, 0 being the true one.
  public boolean[] labels(int b) {
    int n = values.length;
    var out = new boolean[n];
    for (int i = 0; i < n; i++) {
      out[i] = values[sources[b * n + i]] > 0;
    }
    return out;
  }

  /// The classes of labelling `b`, 0 being the true one.
  public int[] classes(int b) {
    int n = values.length;
    var out = new int[n];
    Arrays.setAll(out, i -> (int) values[sources[b * n + i]]);
    return out;
  }

  /// `(1 + how many of the null are at least as large) / (1 + how many there are)`.
  public static double pValue(double observed, double[] nulls) {
    long asLarge = Arrays.stream(nulls).filter(v -> v >= observed - 1e-12).count();
    return (1.0 + asLarge) / (1.0 + nulls.length);
  }

  private static int[][] members(Groups groups) {
    var sizes = new int[groups.count()];
    for (int i = 0; i < groups.size(); i++) {
      sizes[groups.at(i)]++;
    }
    var out = Arrays.stream(sizes).mapToObj(int[]::new).toArray(int[][]::new);
    var next = new int[groups.count()];
    for (int i = 0; i < groups.size(); i++) {
      int g = groups.at(i);
      out[g][next[g]++] = i;
    }
    return out;
  }

  private static int[] dealWithin(int n, int[][] members, SplittableRandom random) {
    var out = IntStream.range(0, n).toArray();
    for (var rows : members) {
      for (int i = rows.length - 1; i > 0; i--) {
        swap(out, rows[i], rows[random.nextInt(i + 1)]);
      }
    }
    return out;
  }

  /// Which groups each fold holds.
  private static int[][] parts(int[][] members, Folds folds) {
    return IntStream.range(0, folds.count())
        .mapToObj(f ->
            IntStream.range(0, members.length).filter(g -> folds.at(members[g][0]) == f).toArray())
        .toArray(int[][]::new);
  }

  /// Each group takes over the labels of another of its fold; where sizes differ they repeat or are
  /// cut.
  private static int[] dealBetween(int n, int[][] members, int[][] parts, SplittableRandom random) {
    var out = new int[n];
    for (var part : parts) {
      var donors = part.clone();
      for (int i = donors.length - 1; i > 0; i--) {
        swap(donors, i, random.nextInt(i + 1));
      }
      for (int g = 0; g < part.length; g++) {
        var to = members[part[g]];
        var from = members[donors[g]];
        int start = random.nextInt(from.length);
        for (int i = 0; i < to.length; i++) {
          out[to[i]] = from[(start + i) % from.length];
        }
      }
    }
    return out;
  }

  private static void swap(int[] values, int a, int b) {
    int kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }
}
