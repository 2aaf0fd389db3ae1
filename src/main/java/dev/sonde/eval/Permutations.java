package dev.sonde.eval;

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
  private final byte[] labels;
  private final int rows;
  private final String scheme;

  private Permutations(byte[] labels, int rows, String scheme) {
    this.labels = labels;
    this.rows = rows;
    this.scheme = scheme;
  }

  /// The true labelling and `count` dealt ones.
  public static Permutations of(
      boolean[] positive, Groups groups, Folds folds, int count, Seed seed) {
    int n = positive.length;
    var members = members(groups);
    var parts = parts(members, folds);
    int mixed = 0;
    for (var rows : members) {
      long ones = Arrays.stream(rows).filter(i -> positive[i]).count();
      mixed += ones > 0 && ones < rows.length ? rows.length : 0;
    }
    boolean within = 2 * mixed >= n;
    var labels = new byte[Math.multiplyExact(n, count + 1)];
    for (int i = 0; i < n; i++) {
      labels[i] = (byte) (positive[i] ? 1 : -1);
    }
    for (int b = 1; b <= count; b++) {
      var random = seed.forPurpose("permutation", b).generator();
      var dealt =
          within
              ? dealWithin(positive, members, random)
              : dealBetween(positive, members, parts, random);
      for (int i = 0; i < n; i++) {
        labels[b * n + i] = (byte) (dealt[i] ? 1 : -1);
      }
    }
    var scheme =
        groups.trivial()
            ? "among the rows of a fold"
            : within ? "within groups" : "whole groups among those of a fold";
    return new Permutations(labels, n, scheme);
  }

  /// How many dealt labellings there are, the true one not counted.
  public int count() {
    return labels.length / rows - 1;
  }

  /// What was exchanged with what, in words.
  public String scheme() {
    return scheme;
  }

  /// All labellings one after the other, the true one first: -1 or 1 a row.
  public byte[] labels() {
    return labels.clone();
  }

  /// Labelling `b`, 0 being the true one.
  public boolean[] labels(int b) {
    var out = new boolean[rows];
    for (int i = 0; i < rows; i++) {
      out[i] = labels[b * rows + i] > 0;
    }
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

  private static boolean[] dealWithin(
      boolean[] positive, int[][] members, SplittableRandom random) {
    var out = positive.clone();
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
  private static boolean[] dealBetween(
      boolean[] positive, int[][] members, int[][] parts, SplittableRandom random) {
    var out = new boolean[positive.length];
    for (var part : parts) {
      var donors = part.clone();
      for (int i = donors.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = donors[i];
        donors[i] = donors[j];
        donors[j] = kept;
      }
      for (int g = 0; g < part.length; g++) {
        var to = members[part[g]];
        var from = members[donors[g]];
        int start = random.nextInt(from.length);
        for (int i = 0; i < to.length; i++) {
          out[to[i]] = positive[from[(start + i) % from.length]];
        }
      }
    }
    return out;
  }

  private static void swap(boolean[] values, int a, int b) {
    boolean kept = values[a];
    values[a] = values[b];
    values[b] = kept;
  }
}
