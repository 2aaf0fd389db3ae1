package dev.sonde.evidence;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Samples;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Softmax;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Logistic (two classes) or softmax probes as a [LabelModel], the regularisation chosen inside the
/// rows learnt from.
///
/// The choice is by held-out log loss over whole groups of the training rows, among the grid and
/// "no row is worth reading" (the prior). A code or an information estimate punishes a probe that
/// is sure of what it cannot know, so a C given once for all would measure the C. Classes that the
/// training rows lack share the probability `lacking / (rows + classes)`.
///
/// Mean and scale of the rows are those of all rows; labels of rows asked about are never seen.
public final class LinearModel implements LabelModel {
  private static final int FOLDS = 4;
  private static final List<Double> GRID = List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0);

  private final Basis basis;
  private final Classes labels;
  private final Groups groups;
  private final List<Double> grid;
  private final boolean choosing;
  private final Seed seed;
  private final LabelModel prior;

  private LinearModel(
      Basis basis, Classes labels, Groups groups, List<Double> grid, boolean choosing, Seed seed) {
    this.basis = basis;
    this.labels = labels;
    this.groups = groups;
    this.grid = List.copyOf(grid);
    this.choosing = choosing;
    this.seed = seed;
    prior = LabelModel.prior(labels.toArray(), labels.names().size());
  }

  /// With C chosen for every set of training rows; `basis` best with [Basis.Scaling#COMMON], whose
  /// units the grid counts in.
  public static LinearModel choosing(Basis basis, Classes labels, Groups groups, Seed seed) {
    return new LinearModel(basis, labels, groups, GRID, true, seed);
  }

  /// With one C for all: for comparison only.
  public static LinearModel fixed(Basis basis, Classes labels, double c) {
    return new LinearModel(
        basis, labels, Groups.single(labels.size()), List.of(c), false, new Seed(0));
  }

  @Override
  public int classes() {
    return labels.names().size();
  }

  @Override
  public double[][] logProbabilities(int[] train, int[] test) {
    if (!readable(train)) {
      return prior.logProbabilities(train, test);
    }
    if (!choosing) {
      return fit(train, grid.getFirst(), test);
    }
    int best = choose(train);
    return best < 0 ? prior.logProbabilities(train, test) : fit(train, grid.get(best), test);
  }

  private boolean readable(int[] rows) {
    return Arrays.stream(rows).map(labels::at).distinct().limit(2).count() == 2;
  }

  /// The place in the grid with the least held-out loss, -1 for the prior. A larger C must gain to
  /// be taken.
  private int choose(int[] train) {
    var folds = innerFolds(train);
    var loss = new double[grid.size() + 1];
    var parts = new ArrayList<int[]>();
    var rests = new ArrayList<int[]>();
    for (int f = 0; f < FOLDS; f++) {
      int own = f;
      var part = IntStream.range(0, train.length).filter(i -> folds[i] == own);
      var rest = IntStream.range(0, train.length).filter(i -> folds[i] != own);
      var held = part.map(i -> train[i]).toArray();
      var kept = rest.map(i -> train[i]).toArray();
      if (held.length == 0) {
        continue;
      }
      loss[0] += loss(prior.logProbabilities(kept, held), held);
      if (readable(kept)) {
        parts.add(held);
        rests.add(kept);
      } else {
        for (int g = 1; g < loss.length; g++) {
          loss[g] += loss(prior.logProbabilities(kept, held), held);
        }
      }
    }
    addLosses(rests, parts, loss);
    int best = 0;
    for (int g = 1; g < loss.length; g++) {
      if (loss[g] < loss[best] - 1e-9) {
        best = g;
      }
    }
    return best - 1;
  }

  private void addLosses(List<int[]> rests, List<int[]> parts, double[] loss) {
    if (classes() > 2) {
      for (int p = 0; p < parts.size(); p++) {
        for (int g = 0; g < grid.size(); g++) {
          var answer = fit(rests.get(p), grid.get(g), parts.get(p));
          loss[g + 1] += loss(answer, parts.get(p));
        }
      }
      return;
    }
    var tasks = new ArrayList<Task>();
    for (var rest : rests) {
      for (double c : grid) {
        tasks.add(task(rest, c));
      }
    }
    var solution = new Logistic().solve(basis, tasks, false);
    int task = 0;
    for (var part : parts) {
      for (int g = 0; g < grid.size(); g++) {
        loss[g + 1] += loss(logOdds(solution.scores(task++), part), part);
      }
    }
  }

  /// Whole groups to folds in a shuffled order, those of each class in turn.
  private int[] innerFolds(int[] train) {
    var random = seed.forPurpose("inner folds", train.length).generator();
    var fold = new int[groups.count()];
    Arrays.fill(fold, -1);
    var next = new int[classes()];
    var order = train.clone();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    for (int row : order) {
      int g = groups.at(row);
      if (fold[g] < 0) {
        fold[g] = (next[labels.at(row)]++ + labels.at(row)) % FOLDS;
      }
    }
    return Arrays.stream(train).map(i -> fold[groups.at(i)]).toArray();
  }

  private Task task(int[] train, double c) {
    var positive = new boolean[labels.size()];
    var used = new boolean[labels.size()];
    for (int i : train) {
      used[i] = true;
      positive[i] = labels.at(i) == 1;
    }
    return Task.of(positive, used, c);
  }

  private double[][] fit(int[] train, double c, int[] test) {
    if (classes() == 2) {
      return logOdds(new Logistic().solve(basis, List.of(task(train, c)), true).scores(0), test);
    }
    var seen = Arrays.stream(train).map(labels::at).distinct().sorted().toArray();
    var names = Arrays.stream(seen).mapToObj(k -> labels.names().get(k)).toList();
    var own = Arrays.stream(train).map(i -> Arrays.binarySearch(seen, labels.at(i))).toArray();
    var x = basis.x();
    var fit =
        Softmax.fit(Samples.of(x.select(train), Classes.of(names, own)), Basis.Scaling.COMMON, c);
    var asked = x.select(test);
    var scores = fit.classes().stream().map(p -> p.scores(asked)).toArray(double[][]::new);
    double lacking = classes() - seen.length;
    double spared = lacking / (train.length + classes());
    var out = new double[test.length][classes()];
    for (int i = 0; i < test.length; i++) {
      Arrays.fill(out[i], lacking > 0 ? Math.log(spared / lacking) : Double.NaN);
      int row = i;
      double total = logSumExp(Arrays.stream(scores).mapToDouble(s -> s[row]).toArray());
      for (int k = 0; k < seen.length; k++) {
        double log = scores[k][i] - total;
        // a probability that underflows would make the code infinite
        out[i][seen[k]] = Math.max(log, -700) + Math.log1p(-spared);
      }
    }
    return out;
  }

  private static double[][] logOdds(double[] scores, int[] rows) {
    var out = new double[rows.length][2];
    for (int i = 0; i < rows.length; i++) {
      double s = scores[rows[i]];
      out[i][0] = -Math.max(0, s) - Math.log1p(Math.exp(-Math.abs(s)));
      out[i][1] = -Math.max(0, -s) - Math.log1p(Math.exp(-Math.abs(s)));
    }
    return out;
  }

  private double loss(double[][] answer, int[] rows) {
    double sum = 0;
    for (int i = 0; i < rows.length; i++) {
      sum -= answer[i][labels.at(rows[i])];
    }
    return sum;
  }

  /// `log sum exp` without overflow.
  static double logSumExp(double[] values) {
    double largest = Arrays.stream(values).max().orElse(Double.NEGATIVE_INFINITY);
    if (Double.isInfinite(largest)) {
      return largest;
    }
    return largest + Math.log(Arrays.stream(values).map(v -> Math.exp(v - largest)).sum());
  }
}
