package dev.sonde.eval;

import dev.sonde.data.Classes;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// A probe of any number of classes on a fixed split: a column for every class against all others,
/// the largest score wins.
///
/// The regularisation, one for all columns, is chosen on folds inside the training rows. The null
/// deals labels out anew, among training rows and among held-out rows, and is fitted at the
/// regularisation chosen for the true ones.
public final class OneVsRest {
  private static final int FOLDS = 3;

  private final Classes labels;
  private final boolean[] train;
  private final int[] predicted;
  private final double c;
  private final double[] nulls;

  private OneVsRest(Classes labels, boolean[] train, int[] predicted, double c, double[] nulls) {
    this.labels = labels;
    this.train = train;
    this.predicted = predicted;
    this.c = c;
    this.nulls = nulls;
  }

  /// Trains on the rows of `train`. `permutations` labellings make the null.
  ///
  /// @throws BadInput if a class has too few training rows, or no row is held out
  public static OneVsRest run(
      ProbeFamily family,
      Basis basis,
      Classes labels,
      boolean[] train,
      int permutations,
      Seed seed) {
    check(labels, train);
    var fold = folds(labels, train, seed.forPurpose("inner folds").generator());
    double c = choose(family, basis, labels, train, fold);
    var tasks = new ArrayList<Task>();
    columns(tasks, labels, train, c);
    var exact = family.solve(basis, tasks, true);
    var scores = new double[tasks.size()][];
    for (int k = 0; k < scores.length; k++) {
      if (!exact.converged(k)) {
        throw new IllegalStateException(
            "a probe did not converge (gradient %.2g); report this with the data's digest"
                .formatted(exact.gradient(k)));
      }
      scores[k] = exact.scores(k);
    }
    var nulls = nulls(family, basis, labels, train, c, permutations, seed);
    return new OneVsRest(labels, train.clone(), best(scores), c, nulls);
  }

  /// Rows dealt to training (about `share` of every class) and held-out ones.
  public static boolean[] split(Classes labels, double share, Seed seed) {
    var random = seed.forPurpose("split").generator();
    var out = new boolean[labels.size()];
    var all = new boolean[labels.size()];
    Arrays.fill(all, true);
    for (int k = 0; k < labels.names().size(); k++) {
      var rows = rows(labels, k, all);
      shuffle(rows, random);
      int take = (int) Math.round(share * rows.length);
      for (int i = 0; i < take; i++) {
        out[rows[i]] = true;
      }
    }
    return out;
  }

  /// The regularisation chosen.
  public double c() {
    return c;
  }

  /// The class predicted for every row, those trained on too.
  public int[] predicted() {
    return predicted.clone();
  }

  /// Right among the held-out rows.
  public double accuracy() {
    return accuracy(predicted, labels, train);
  }

  /// Right among the held-out rows, by any labels that name the same classes, where `counts`.
  public double accuracy(Classes truth, boolean[] counts) {
    int right = 0;
    int all = 0;
    for (int i = 0; i < predicted.length; i++) {
      if (!train[i] && counts[i]) {
        all++;
        var name = labels.names().get(predicted[i]);
        right += name.equals(truth.names().get(truth.at(i))) ? 1 : 0;
      }
    }
    return all == 0 ? Double.NaN : (double) right / all;
  }

  /// What always saying the most frequent class of the training rows would get right.
  public static double majority(Classes labels, boolean[] train) {
    var count = new int[labels.names().size()];
    for (int i = 0; i < train.length; i++) {
      count[labels.at(i)] += train[i] ? 1 : 0;
    }
    int best = 0;
    for (int k = 1; k < count.length; k++) {
      best = count[k] > count[best] ? k : best;
    }
    var always = new int[train.length];
    Arrays.fill(always, best);
    return accuracy(always, labels, train);
  }

  /// Held-out accuracies under dealt labels.
  public double[] nulls() {
    return nulls.clone();
  }

  /// `(1 + nulls at least as large) / (1 + nulls)`.
  public double pValue() {
    return Permutations.pValue(accuracy(), nulls);
  }

  private static void check(Classes labels, boolean[] train) {
    if (labels.names().size() < 2) {
      throw new BadInput("all rows are of one class; a probe needs two or more");
    }
    for (int k = 0; k < labels.names().size(); k++) {
      int of = rows(labels, k, train).length;
      if (of < FOLDS) {
        throw new BadInput(
            "class %s has %d training rows; at least %d are needed: drop the class or add rows"
                .formatted(labels.names().get(k), of, FOLDS));
      }
    }
    if (IntStream.range(0, train.length).allMatch(i -> train[i])) {
      throw new BadInput("every row is a training row; hold some out to measure on");
    }
  }

  /// A fold for every training row, classes evenly; -1 for held-out ones.
  private static int[] folds(Classes labels, boolean[] train, SplittableRandom random) {
    var out = new int[train.length];
    Arrays.fill(out, -1);
    for (int k = 0; k < labels.names().size(); k++) {
      var rows = rows(labels, k, train);
      shuffle(rows, random);
      for (int i = 0; i < rows.length; i++) {
        out[rows[i]] = i % FOLDS;
      }
    }
    return out;
  }

  private static double choose(
      ProbeFamily family, Basis basis, Classes labels, boolean[] train, int[] fold) {
    var grid = family.grid();
    int classes = labels.names().size();
    var tasks = new ArrayList<Task>();
    for (double c : grid) {
      for (int f = 0; f < FOLDS; f++) {
        columns(tasks, labels, inside(train, fold, f), c);
      }
    }
    var solution = family.solve(basis, tasks, false);
    double best = -1;
    double chosen = grid.getFirst();
    int task = 0;
    for (double c : grid) {
      int right = 0;
      for (int f = 0; f < FOLDS; f++) {
        var scores = new double[classes][];
        for (int k = 0; k < classes; k++) {
          scores[k] = solution.scores(task++);
        }
        var said = best(scores);
        for (int i = 0; i < said.length; i++) {
          right += fold[i] == f && said[i] == labels.at(i) ? 1 : 0;
        }
      }
      if (right > best) {
        best = right;
        chosen = c;
      }
    }
    return chosen;
  }

  private static boolean[] inside(boolean[] train, int[] fold, int without) {
    var out = new boolean[train.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = train[i] && fold[i] != without;
    }
    return out;
  }

  private static double[] nulls(
      ProbeFamily family,
      Basis basis,
      Classes labels,
      boolean[] train,
      double c,
      int permutations,
      Seed seed) {
    var dealt = new ArrayList<Classes>();
    var tasks = new ArrayList<Task>();
    for (int b = 0; b < permutations; b++) {
      dealt.add(dealt(labels, train, seed.forPurpose("permutation", b).generator()));
      columns(tasks, dealt.getLast(), train, c);
    }
    var out = new double[permutations];
    if (permutations > 0) {
      var solution = family.solve(basis, tasks, false);
      int task = 0;
      for (int b = 0; b < permutations; b++) {
        var scores = new double[labels.names().size()][];
        for (int k = 0; k < scores.length; k++) {
          scores[k] = solution.scores(task++);
        }
        out[b] = accuracy(best(scores), dealt.get(b), train);
      }
    }
    return out;
  }

  private static Classes dealt(Classes labels, boolean[] train, SplittableRandom random) {
    var out = labels.toArray();
    for (boolean side : new boolean[] {true, false}) {
      var rows = IntStream.range(0, train.length).filter(i -> train[i] == side).toArray();
      var from = rows.clone();
      shuffle(from, random);
      for (int i = 0; i < rows.length; i++) {
        out[rows[i]] = labels.at(from[i]);
      }
    }
    return Classes.of(labels.names(), out);
  }

  private static void columns(List<Task> tasks, Classes labels, boolean[] train, double c) {
    for (int k = 0; k < labels.names().size(); k++) {
      var positive = new boolean[train.length];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = labels.at(i) == k;
      }
      tasks.add(Task.of(positive, train, c));
    }
  }

  private static int[] best(double[][] scores) {
    var out = new int[scores[0].length];
    for (int i = 0; i < out.length; i++) {
      for (int k = 1; k < scores.length; k++) {
        out[i] = scores[k][i] > scores[out[i]][i] ? k : out[i];
      }
    }
    return out;
  }

  private static double accuracy(int[] said, Classes labels, boolean[] train) {
    int right = 0;
    int all = 0;
    for (int i = 0; i < said.length; i++) {
      all += train[i] ? 0 : 1;
      right += !train[i] && said[i] == labels.at(i) ? 1 : 0;
    }
    return (double) right / all;
  }

  private static int[] rows(Classes labels, int k, boolean[] among) {
    return IntStream.range(0, labels.size()).filter(i -> labels.at(i) == k && among[i]).toArray();
  }

  private static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = values[i];
      values[i] = values[j];
      values[j] = kept;
    }
  }
}
