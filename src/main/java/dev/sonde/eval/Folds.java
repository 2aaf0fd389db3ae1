package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Target;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Which fold each row is held out in. A group is never on both sides.
public final class Folds {
  private final int[] fold;
  private final int count;

  private Folds(int[] fold, int count) {
    this.fold = fold;
    this.count = count;
  }

  /// Whole groups to `count` folds, so that classes and sizes come out as even as groups allow: the
  /// largest groups first, each to the fold where it disturbs the balance least.
  ///
  /// @throws BadInput if there are fewer groups than folds, or a fold cannot hold both classes
  public static Folds grouped(Target target, Groups groups, int count, Seed seed) {
    if (groups.count() < count) {
      throw new BadInput(
          "%d groups cannot fill %d folds; %s"
              .formatted(
                  groups.count(),
                  count,
                  groups.count() < 3
                      ? "at least 3 groups are needed: choose another --group"
                      : "choose --folds " + groups.count() + " or fewer, or another --group"));
    }
    int classes = target instanceof Classes c ? c.names().size() : 1;
    boolean many = classes > 2; // small classes leave folds as good as each other: sizes decide
    var members = new int[groups.count()][many ? classes + 1 : classes];
    for (int i = 0; i < groups.size(); i++) {
      members[groups.at(i)][classOf(target, i)]++;
      if (many) {
        members[groups.at(i)][classes]++;
      }
    }
    var to = assign(members, count, seed.forPurpose("folds").generator());
    var folds =
        new Folds(IntStream.range(0, groups.size()).map(i -> to[groups.at(i)]).toArray(), count);
    folds.check(target);
    return folds;
  }

  /// Rows for themselves, as a split that does not know of groups would do it.
  public static Folds random(Target target, int count, Seed seed) {
    return grouped(target, Groups.single(target.size()), count, seed.forPurpose("random folds"));
  }

  /// One fold a group: leave one data set out (or one topic, one language).
  public static Folds leaveOneOut(Groups groups) {
    if (groups.count() < 2) {
      throw new BadInput("leaving one group out needs two groups or more, here is one");
    }
    return new Folds(groups.toArray(), groups.count());
  }

  /// Rows in their order, cut into `count` runs of as equal length as can be: for rows whose
  /// neighbours resemble each other (tokens of a text, years, places along an axis). Leave out of
  /// training what lies within a few rows of a run's ends with [#withoutNear].
  public static Folds blocks(int rows, int count) {
    if (rows < count || count < 2) {
      throw new BadInput(
          "%d rows cannot be cut into %d blocks; choose from 2 to %d".formatted(rows, count, rows));
    }
    return new Folds(
        IntStream.range(0, rows).map(i -> (int) ((long) i * count / rows)).toArray(), count);
  }

  /// The folds of some rows, which keep their numbers; a fold may be left without rows.
  public Folds select(int[] rows) {
    return new Folds(java.util.Arrays.stream(rows).map(i -> fold[i]).toArray(), count);
  }

  public int count() {
    return count;
  }

  public int at(int row) {
    return fold[row];
  }

  public int size() {
    return fold.length;
  }

  /// The rows of a fold.
  public int[] rows(int which) {
    return IntStream.range(0, fold.length).filter(i -> fold[i] == which).toArray();
  }

  /// The rows of every fold.
  public int[][] parts() {
    return IntStream.range(0, count).mapToObj(this::rows).toArray(int[][]::new);
  }

  /// True for rows of none of these folds.
  public boolean[] without(int... left) {
    var out = new boolean[fold.length];
    for (int i = 0; i < out.length; i++) {
      int f = fold[i];
      out[i] = Arrays.stream(left).noneMatch(l -> l == f);
    }
    return out;
  }

  /// True for rows that are neither of this fold nor within `gap` rows of one that is.
  public boolean[] withoutNear(int left, int gap) {
    var out = new boolean[fold.length];
    Arrays.fill(out, true);
    for (int i = 0; i < fold.length; i++) {
      if (fold[i] == left) {
        Arrays.fill(out, Math.max(0, i - gap), Math.min(out.length, i + gap + 1), false);
      }
    }
    return out;
  }

  private static int[] assign(int[][] members, int count, SplittableRandom random) {
    var order = new ArrayList<>(IntStream.range(0, members.length).boxed().toList());
    for (int i = order.size() - 1; i > 0; i--) {
      java.util.Collections.swap(order, i, random.nextInt(i + 1));
    }
    order.sort(Comparator.comparingInt(g -> -Arrays.stream(members[g]).sum()));
    int classes = members[0].length;
    var load = new double[count][classes];
    var total = new double[classes];
    for (var m : members) {
      for (int k = 0; k < classes; k++) {
        total[k] += m[k];
      }
    }
    var to = new int[members.length];
    for (int g : order) {
      int best = 0;
      double least = Double.POSITIVE_INFINITY;
      for (int f = 0; f < count; f++) {
        double cost = cost(load[f], members[g], total, count);
        if (cost < least - 1e-12) {
          least = cost;
          best = f;
        }
      }
      for (int k = 0; k < classes; k++) {
        load[best][k] += members[g][k];
      }
      to[g] = best;
    }
    return to;
  }

  /// How much the squared shares of a fold grow by taking a group in.
  private static double cost(double[] load, int[] group, double[] total, int count) {
    double cost = 0;
    for (int k = 0; k < load.length; k++) {
      if (total[k] > 0) {
        double before = load[k] * count / total[k];
        double after = (load[k] + group[k]) * count / total[k];
        cost += after * after - before * before;
      }
    }
    return cost;
  }

  private void check(Target target) {
    int classes = target instanceof Classes c ? c.names().size() : 1;
    var seen = new int[count][classes];
    for (int i = 0; i < fold.length; i++) {
      seen[fold[i]][classOf(target, i)]++;
    }
    for (int f = 0; f < count; f++) {
      boolean lacks = classes == 2 && (seen[f][0] == 0 || seen[f][1] == 0);
      if (lacks || Arrays.stream(seen[f]).sum() == 0) {
        throw new BadInput(
            "with whole groups kept together, fold %d of %d would hold %d rows of one class and %d of the other; choose fewer --folds or another --group"
                .formatted(f + 1, count, seen[f][0], classes > 1 ? seen[f][1] : 0));
      }
    }
    if (classes > 2) {
      checkTrainable((Classes) target, seen);
    }
  }

  /// Of many classes some may be missing in a fold, but none may lie in one fold alone: outside of
  /// it there would be nothing to learn it from.
  private void checkTrainable(Classes target, int[][] seen) {
    for (int k = 0; k < target.names().size(); k++) {
      int own = k;
      long holding = Arrays.stream(seen).filter(s -> s[own] > 0).count();
      if (holding == 1) {
        throw new BadInput(
            "all rows of class %s lie in one group or fold; a class needs rows in two groups or more: leave it out or choose another --group"
                .formatted(target.names().get(k)));
      }
    }
  }

  private static int classOf(Target target, int row) {
    return target instanceof Classes classes ? classes.at(row) : 0;
  }
}
