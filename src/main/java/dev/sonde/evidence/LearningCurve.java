package dev.sonde.evidence;

import dev.sonde.data.Classes;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.ClassScores;
import dev.sonde.eval.Interval;
import dev.sonde.eval.Scores;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.ClassTask;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// How well a probe reads after n rows, n growing by a constant factor, several draws of each size,
/// always asked about the same held-out rows.
public final class LearningCurve {
  /// As many sizes as published scarcity curves have.
  public static final int SIZES = 20;

  private final int[] sizes;
  private final double[][] values;

  private LearningCurve(int[] sizes, double[][] values) {
    this.sizes = sizes;
    this.values = values;
  }

  /// What training on each of several sets of rows gives, one number a set; all sets at once, so
  /// that a solver of many tasks can take them together.
  @FunctionalInterface
  public interface Learner {
    double[] learn(List<int[]> trainings);
  }

  /// A point: the mean over draws and the range that 95 of 100 of them lie in.
  public record Point(int rows, double mean, Interval range) {}

  /// Distinct sizes from `least` to `most`, evenly on a log scale, at most `count`.
  public static int[] sizes(int least, int most, int count) {
    if (least < 1 || most < least || count < 2) {
      throw new IllegalArgumentException(
          "sizes grow from 1 or more: %d to %d in %d steps".formatted(least, most, count));
    }
    return IntStream.range(0, count)
        .map(i -> (int) Math.round(least * Math.pow((double) most / least, i / (count - 1.0))))
        .distinct()
        .toArray();
  }

  /// `train` are the rows to draw from; every draw holds the classes in proportion, each once at
  /// least.
  ///
  /// @throws BadInput if a class has no row in `train`
  public static LearningCurve run(
      Learner learner, Classes labels, int[] train, int resamples, Seed seed) {
    int k = labels.names().size();
    var sizes = sizes(k, train.length, SIZES);
    var drawn = new ArrayList<int[]>();
    for (int s = 0; s < sizes.length; s++) {
      for (int r = 0; r < resamples; r++) {
        var random = seed.forPurpose("learning curve", 1_000L * s + r).generator();
        drawn.add(draw(labels, train, sizes[s], random));
      }
    }
    var flat = learner.learn(drawn);
    var values = new double[sizes.length][];
    for (int s = 0; s < sizes.length; s++) {
      values[s] = Arrays.copyOfRange(flat, s * resamples, (s + 1) * resamples);
    }
    return new LearningCurve(sizes, values);
  }

  /// The AUROC on rows of `test` by a probe of two classes at one regularisation.
  public static Learner auroc(
      ProbeFamily family, Basis basis, boolean[] positive, int[] test, double c) {
    var truth = new boolean[test.length];
    for (int i = 0; i < test.length; i++) {
      truth[i] = positive[test[i]];
    }
    return trainings -> {
      var tasks = new ArrayList<Task>();
      for (var rows : trainings) {
        var used = new boolean[positive.length];
        for (int i : rows) {
          used[i] = true;
        }
        tasks.add(Task.of(positive, used, c));
      }
      var solution = family.solve(basis, tasks, true);
      var out = new double[tasks.size()];
      for (int t = 0; t < out.length; t++) {
        var all = solution.scores(t);
        out[t] = Scores.auroc(Arrays.stream(test).mapToDouble(i -> all[i]).toArray(), truth);
      }
      return out;
    };
  }

  /// The same of several classes: the mean over those that `test` has of each against the rest.
  public static Learner auroc(
      ClassFamily family, Basis basis, Classes labels, int[] test, double c) {
    int k = labels.names().size();
    var truth = Arrays.stream(test).map(labels::at).toArray();
    var ones = new double[test.length];
    Arrays.fill(ones, 1);
    return trainings -> {
      var tasks = new ArrayList<ClassTask>();
      for (var rows : trainings) {
        var used = new boolean[labels.size()];
        for (int i : rows) {
          used[i] = true;
        }
        tasks.add(ClassTask.of(labels.toArray(), k, used, c));
      }
      var solution = family.solve(basis, tasks, true, List.of());
      var out = new double[tasks.size()];
      for (int t = 0; t < out.length; t++) {
        var all = solution.scores(t);
        var held = new double[test.length * k];
        for (int i = 0; i < test.length; i++) {
          System.arraycopy(all, test[i] * k, held, i * k, k);
        }
        var ranked = family.probabilities() ? ClassScores.probabilities(held, k) : held;
        out[t] = ClassScores.macroAuroc(ranked, truth, k).applyAsDouble(ones);
      }
      return out;
    };
  }

  private static int[] draw(Classes labels, int[] train, int size, SplittableRandom random) {
    var order = train.clone();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    int k = labels.names().size();
    var taken = new boolean[order.length];
    int left = size;
    for (int c = 0; c < k; c++) {
      int own = c;
      int first =
          IntStream.range(0, order.length)
              .filter(i -> labels.at(order[i]) == own)
              .findFirst()
              .orElseThrow(() ->
                  new BadInput(
                      "a learning curve needs rows of every class to draw from; class %s has none"
                          .formatted(labels.names().get(own))));
      taken[first] = true;
      left--;
    }
    for (int i = 0; i < order.length && left > 0; i++) {
      left -= taken[i] ? 0 : 1;
      taken[i] = true;
    }
    return IntStream.range(0, order.length).filter(i -> taken[i]).map(i -> order[i]).toArray();
  }

  public List<Point> points() {
    return IntStream.range(0, sizes.length)
        .mapToObj(s -> {
          var sorted = values[s].clone();
          Arrays.sort(sorted);
          var range =
              new Interval(Bootstrap.quantile(sorted, .025), Bootstrap.quantile(sorted, .975));
          return new Point(sizes[s], mean(s), range);
        })
        .toList();
  }

  /// The mean height of the curve over log n: 1 for a probe that is perfect from the first rows.
  public double area() {
    double sum = 0;
    for (int s = 1; s < sizes.length; s++) {
      sum += (mean(s) + mean(s - 1)) / 2 * Math.log((double) sizes[s] / sizes[s - 1]);
    }
    return sum / Math.log((double) sizes[sizes.length - 1] / sizes[0]);
  }

  /// How many rows it takes to reach a share of the last value, counted from `floor` (chance, or 0
  /// for a share of the plain number), straight between points on the log scale.
  public double rowsToReach(double share, double floor) {
    double aim = floor + share * (mean(sizes.length - 1) - floor);
    if (mean(0) >= aim) {
      return sizes[0];
    }
    for (int s = 1; s < sizes.length; s++) {
      if (mean(s) >= aim) {
        double part = (aim - mean(s - 1)) / (mean(s) - mean(s - 1));
        return sizes[s - 1] * Math.pow((double) sizes[s] / sizes[s - 1], part);
      }
    }
    return sizes[sizes.length - 1];
  }

  private double mean(int s) {
    return Arrays.stream(values[s]).average().orElseThrow();
  }
}
