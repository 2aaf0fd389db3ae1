package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.evidence.Directions;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Linear;
import dev.sonde.probe.Logistic;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.probe.Solution;
import dev.sonde.probe.Task;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Whether other rows and other layers give the same direction, beside what dealt labels give.
final class Steadiness {
  private static final int SPLITS = 10;
  private static final int DRAWS = 10;
  private static final int PAIRS = 500;

  private final Evidence evidence;
  private final ProbeFamily family;
  private final Basis basis;
  private final double c;
  private final Seed seed;

  Steadiness(Evidence evidence, ProbeFamily family, Basis basis, double c) {
    this.evidence = evidence;
    this.family = family;
    this.basis = basis;
    this.c = c;
    seed = new Seed(evidence.settings().seed()).forPurpose("stability");
  }

  /// `layers` with their `probes` of all rows, all as wide as `x`.
  Grounds.Stability of(Matrix x, Linear whole, List<String> layers, List<Linear> probes) {
    var directions = directions();
    var halves = inPairs(directions.halves);
    var dealt = inPairs(directions.dealt);
    var bootstraps =
        directions.drawn.stream().map(w -> Directions.cosine(w, directions.whole())).toList();
    boolean turned = evidence.settings().scaling() == Basis.Scaling.FEATURES;
    var matched =
        turned
            ? Directions.matchedCosines(x, Directions.Match.COVARIANCE, PAIRS, seed)
            : Directions.matchedCosines(basis, Directions.Match.COVARIANCE, PAIRS, seed);
    var sigma = Directions.sigmaCosines(probes.stream().map(Linear::direction).toList(), x);
    return new Grounds.Stability(
        halves,
        dealt,
        bootstraps,
        Bootstrap.quantile(matched, .95),
        Directions.randomCosine95(whole.direction().length),
        layers,
        Arrays.stream(sigma)
            .map(row -> Arrays.stream(row).map(v -> Double.isNaN(v) ? 0 : v).boxed().toList())
            .toList());
  }

  private static List<Double> inPairs(List<double[]> directions) {
    return IntStream.range(0, directions.size() / 2)
        .mapToObj(s -> Directions.cosine(directions.get(2 * s), directions.get(2 * s + 1)))
        .toList();
  }

  /// Directions of one space: of halves in pairs, under the true labels and under dealt ones, of
  /// resamples, and alone in its list that of all rows.
  private record Found(
      List<double[]> halves, List<double[]> dealt, List<double[]> drawn, List<double[]> all) {
    double[] whole() {
      return all.getFirst();
    }
  }

  private Found directions() {
    var groups = evidence.corpus().groups();
    var positive = evidence.labels().toArray();
    var tasks = new ArrayList<Task>();
    var splits = Directions.halves(groups, SPLITS, seed);
    for (var split : splits) {
      add(tasks, positive, split);
    }
    int real = tasks.size();
    for (int s = 0; s < splits.size(); s++) {
      int b = 1 + s % evidence.permutations().count();
      add(tasks, evidence.permutations().labels(b), splits.get(s));
    }
    int dealt = tasks.size();
    for (var times : Directions.draws(groups, DRAWS, seed)) {
      if (mixed(positive, times)) {
        tasks.add(Task.drawn(positive, times, c));
      }
    }
    int drawn = tasks.size();
    var all = new int[positive.length];
    Arrays.fill(all, 1);
    tasks.add(Task.drawn(positive, all, c));
    var solution = family.solve(basis, tasks, false);
    var found = IntStream.range(0, tasks.size()).mapToObj(t -> direction(solution, t)).toList();
    return new Found(
        found.subList(0, real),
        found.subList(real, dealt),
        found.subList(dealt, drawn),
        found.subList(drawn, drawn + 1));
  }

  /// Both halves or, if one is of one class, neither.
  private void add(List<Task> tasks, boolean[] labels, List<int[]> split) {
    var both = split.stream().map(rows -> times(rows, labels.length)).toList();
    if (both.stream().allMatch(t -> mixed(labels, t))) {
      both.forEach(t -> tasks.add(Task.drawn(labels, t, c)));
    }
  }

  private static int[] times(int[] rows, int n) {
    var out = new int[n];
    for (int i : rows) {
      out[i] = 1;
    }
    return out;
  }

  private static boolean mixed(boolean[] labels, int[] times) {
    boolean ones = false;
    boolean zeros = false;
    for (int i = 0; i < times.length; i++) {
      ones |= times[i] > 0 && labels[i];
      zeros |= times[i] > 0 && !labels[i];
    }
    return ones && zeros;
  }

  /// In the basis where that is a rotation, or else in the space of the raw rows.
  private double[] direction(Solution solution, int task) {
    if (family instanceof Logistic && evidence.settings().scaling() != Basis.Scaling.FEATURES) {
      return Arrays.copyOf(solution.coordinates(task), basis.rank());
    }
    return solution.probe(task).direction();
  }
}
