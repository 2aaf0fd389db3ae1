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
    var members = new int[groups.count()][2];
    for (int i = 0; i < groups.size(); i++) {
      members[groups.at(i)][classOf(target, i)]++;
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

  private static int[] assign(int[][] members, int count, SplittableRandom random) {
    var order = new ArrayList<>(IntStream.range(0, members.length).boxed().toList());
    for (int i = order.size() - 1; i > 0; i--) {
      java.util.Collections.swap(order, i, random.nextInt(i + 1));
    }
    order.sort(Comparator.comparingInt(g -> -members[g][0] - members[g][1]));
    var load = new double[count][2];
    double[] total = new double[2];
    for (var m : members) {
      total[0] += m[0];
      total[1] += m[1];
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
      load[best][0] += members[g][0];
      load[best][1] += members[g][1];
      to[g] = best;
    }
    return to;
  }

  /// How much the squared shares of a fold grow by taking a group in.
  private static double cost(double[] load, int[] group, double[] total, int count) {
    double cost = 0;
    for (int k = 0; k < 2; k++) {
      if (total[k] > 0) {
        double before = load[k] * count / total[k];
        double after = (load[k] + group[k]) * count / total[k];
        cost += after * after - before * before;
      }
    }
    return cost;
  }

  private void check(Target target) {
    for (int f = 0; f < count; f++) {
      var seen = new int[2];
      for (int row : rows(f)) {
        seen[classOf(target, row)]++;
      }
      if (seen[0] + seen[1] == 0 || (target instanceof Classes && (seen[0] == 0 || seen[1] == 0))) {
        throw new BadInput(
            "with whole groups kept together, fold %d of %d would hold %d rows of one class and %d of the other; choose fewer --folds or another --group"
                .formatted(f + 1, count, seen[0], seen[1]));
      }
    }
  }

  private static int classOf(Target target, int row) {
    return target instanceof Classes classes ? classes.at(row) : 0;
  }
}
