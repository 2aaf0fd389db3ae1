package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.evidence.Directions;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Fitted;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Whether other rows and other layers give the same direction, beside what dealt labels give.
///
/// Of several classes a direction is that of all classes, one after the other, with their mean over
/// the classes taken out (only differences mean something): a cosine is then the mean over classes,
/// each weighed by its length, and two random ones have K - 1 times the dimensions to miss each
/// other in. Halves and resamples that lack a class are left out.
final class Steadiness {
  private static final int SPLITS = 10;
  private static final int DRAWS = 10;
  private static final int PAIRS = 500;

  private final Evidence evidence;
  private final Fits fits;
  private final Basis basis;
  private final double c;
  private final boolean turned;
  private final Seed seed;

  Steadiness(Evidence evidence, Fits fits, Basis basis, double c) {
    this.evidence = evidence;
    this.fits = fits;
    this.basis = basis;
    this.c = c;
    turned = evidence.settings().scaling() == Basis.Scaling.FEATURES;
    seed = new Seed(evidence.settings().seed()).forPurpose("stability");
  }

  /// `layers` with their `probes` of all rows, all as wide as `x`.
  Grounds.Stability of(Matrix x, List<String> layers, List<Fitted> probes) {
    var directions = directions();
    var halves = inPairs(directions.halves);
    var dealt = inPairs(directions.dealt);
    var bootstraps =
        directions.drawn.stream().map(w -> Directions.cosine(w, directions.whole())).toList();
    int free = Math.max(1, evidence.outputs() - 1);
    var shape = turned ? Basis.of(x, Basis.Scaling.NONE) : basis;
    var matched = Directions.matchedCosines(shape, Directions.Match.COVARIANCE, free, PAIRS, seed);
    var sigma = Directions.sigmaCosines(probes.stream().map(SiteTable::flat).toList(), x);
    return new Grounds.Stability(
        halves,
        dealt,
        bootstraps,
        Bootstrap.quantile(matched, .95),
        Directions.randomCosine95(x.cols() * free),
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
    var labels = evidence.labels().classes();
    var wanted = new ArrayList<Fits.Drawn>();
    var splits = Directions.halves(groups, SPLITS, seed);
    for (var split : splits) {
      add(wanted, labels, split);
    }
    int real = wanted.size();
    for (int s = 0; s < splits.size(); s++) {
      int b = 1 + s % evidence.permutations().count();
      add(wanted, evidence.dealt(b), splits.get(s));
    }
    int dealt = wanted.size();
    for (var times : Directions.draws(groups, DRAWS, seed)) {
      if (mixed(labels, times)) {
        wanted.add(Fits.Drawn.of(labels, times));
      }
    }
    int drawn = wanted.size();
    var all = new int[labels.length];
    Arrays.fill(all, 1);
    wanted.add(Fits.Drawn.of(labels, all));
    var found = fits.directions(basis, wanted, c, turned);
    return new Found(
        found.subList(0, real),
        found.subList(real, dealt),
        found.subList(dealt, drawn),
        found.subList(drawn, drawn + 1));
  }

  /// Both halves or, if one lacks a class, neither.
  private void add(List<Fits.Drawn> wanted, int[] labels, List<int[]> split) {
    var both = split.stream().map(rows -> times(rows, labels.length)).toList();
    if (both.stream().allMatch(t -> mixed(labels, t))) {
      both.forEach(t -> wanted.add(Fits.Drawn.of(labels, t)));
    }
  }

  private static int[] times(int[] rows, int n) {
    var out = new int[n];
    for (int i : rows) {
      out[i] = 1;
    }
    return out;
  }

  /// Whether every class has a row.
  private boolean mixed(int[] labels, int[] times) {
    return IntStream.range(0, times.length)
            .filter(i -> times[i] > 0)
            .map(i -> labels[i])
            .distinct()
            .count()
        == evidence.labels().count();
  }
}
