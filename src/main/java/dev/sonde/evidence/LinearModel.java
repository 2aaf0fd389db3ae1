package dev.sonde.evidence;

import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassTask;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.Multinomial;
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
    var trainings = new ArrayList<int[]>();
    var asked = new ArrayList<int[]>();
    var cs = new ArrayList<Double>();
    for (int p = 0; p < parts.size(); p++) {
      for (double c : grid) {
        trainings.add(rests.get(p));
        asked.add(parts.get(p));
        cs.add(c);
      }
    }
    var answers = fits(trainings, cs, asked, false);
    for (int t = 0; t < answers.size(); t++) {
      loss[t % grid.size() + 1] += loss(answers.get(t), asked.get(t));
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

  private double[][] fit(int[] train, double c, int[] test) {
    return fits(List.of(train), List.of(c), List.of(test), true).getFirst();
  }

  /// Log-probabilities of the rows asked about, fit by fit.
  private List<double[][]> fits(
      List<int[]> trainings, List<Double> cs, List<int[]> asked, boolean exact) {
    var used = trainings.stream().map(this::used).toList();
    var out = new ArrayList<double[][]>();
    if (used.isEmpty()) {
      return out;
    }
    if (classes() == 2) {
      var positive = new boolean[labels.size()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = labels.at(i) == 1;
      }
      var tasks = new ArrayList<Task>();
      for (int t = 0; t < used.size(); t++) {
        tasks.add(Task.of(positive, used.get(t), cs.get(t)));
      }
      var solution = new Logistic().solve(basis, tasks, exact);
      for (int t = 0; t < used.size(); t++) {
        out.add(logOdds(solution.scores(t), asked.get(t)));
      }
      return out;
    }
    var tasks = new ArrayList<ClassTask>();
    for (int t = 0; t < used.size(); t++) {
      tasks.add(ClassTask.of(labels.toArray(), classes(), used.get(t), cs.get(t)));
    }
    var solution = new Multinomial().solve(basis, tasks, exact, List.of());
    for (int t = 0; t < used.size(); t++) {
      out.add(logs(solution.scores(t), trainings.get(t), asked.get(t)));
    }
    return out;
  }

  private boolean[] used(int[] train) {
    var out = new boolean[labels.size()];
    for (int i : train) {
      out[i] = true;
    }
    return out;
  }

  private double[][] logs(double[] scores, int[] train, int[] test) {
    var seen = Arrays.stream(train).map(labels::at).distinct().sorted().toArray();
    double lacking = classes() - seen.length;
    double spared = lacking / (train.length + classes());
    var out = new double[test.length][classes()];
    for (int i = 0; i < test.length; i++) {
      Arrays.fill(out[i], lacking > 0 ? Math.log(spared / lacking) : Double.NaN);
      int from = test[i] * classes();
      double total = logSumExp(Arrays.stream(seen).mapToDouble(k -> scores[from + k]).toArray());
      for (int k : seen) {
        // a probability that underflows would make the code infinite
        out[i][k] = Math.max(scores[from + k] - total, -700) + Math.log1p(-spared);
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
