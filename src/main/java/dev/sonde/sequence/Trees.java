package dev.sonde.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Trees over the words of a sentence, as heads: word i hangs on word `heads[i]`, the root on -1.
public final class Trees {
  private Trees() {}

  /// An edge between two words, the earlier first.
  public record Edge(int from, int to) {}

  /// How many steps each word is from the root; the root 0.
  ///
  /// @throws IllegalArgumentException for heads that are no tree
  public static int[] depths(int[] heads) {
    var out = new int[heads.length];
    int roots = 0;
    for (int i = 0; i < heads.length; i++) {
      int at = i;
      while (heads[at] >= 0) {
        at = heads[at];
        out[i]++;
        if (out[i] > heads.length) {
          throw new IllegalArgumentException("word %d hangs on itself in a circle".formatted(i));
        }
      }
      roots += heads[i] < 0 ? 1 : 0;
    }
    if (roots != 1) {
      throw new IllegalArgumentException("a tree has one root, not " + roots);
    }
    return out;
  }

  /// How many edges lie between any two words.
  public static double[][] distances(int[] heads) {
    var depth = depths(heads);
    int n = heads.length;
    var out = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        int a = i;
        int b = j;
        int steps = 0;
        while (a != b) {
          if (depth[a] >= depth[b]) {
            a = heads[a];
          } else {
            b = heads[b];
          }
          steps++;
        }
        out[i][j] = steps;
        out[j][i] = steps;
      }
    }
    return out;
  }

  /// The minimum spanning tree over the words that `keep` names (Prim's; of equal edges the one
  /// with the earlier words).
  public static List<Edge> spanning(double[][] distances, boolean[] keep) {
    int n = keep.length;
    var out = new ArrayList<Edge>();
    var least = new double[n];
    var from = new int[n];
    var in = new boolean[n];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(from, -1);
    int next = first(keep);
    while (next >= 0) {
      in[next] = true;
      if (from[next] >= 0) {
        out.add(new Edge(Math.min(next, from[next]), Math.max(next, from[next])));
      }
      int best = -1;
      for (int j = 0; j < n; j++) {
        if (!keep[j] || in[j]) {
          continue;
        }
        if (distances[next][j] < least[j]) {
          least[j] = distances[next][j];
          from[j] = next;
        }
        best = best < 0 || least[j] < least[best] ? j : best;
      }
      next = best;
    }
    return out;
  }

  private static int first(boolean[] keep) {
    for (int i = 0; i < keep.length; i++) {
      if (keep[i]) {
        return i;
      }
    }
    return -1;
  }

  /// Distances as if every word hung on its neighbour.
  public static double[][] chain(int words) {
    var out = new double[words][words];
    for (int i = 0; i < words; i++) {
      for (int j = 0; j < words; j++) {
        out[i][j] = Math.abs(i - j);
      }
    }
    return out;
  }
}
