package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.MaxT;
import dev.sonde.eval.Permutations;
import dev.sonde.evidence.Directions;
import dev.sonde.evidence.Norms;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Fitted;
import dev.sonde.probe.Linear;
import dev.sonde.probe.LinearMap;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// From what a [LabelTask] found at every place to the records of [Findings]: the same for sites of
/// a network and for layers of given activations.
final class SiteTable {
  private final LabelTask task;
  private final StudySettings settings;
  private final List<Place> places;
  private final List<LabelTask.Found> found;
  private final double[] max;

  /// Where rows come from.
  record Place(String point, int layer, String position) {
    static Place of(Site site) {
      return new Place(site.point().toString(), Study.layer(site.point()), site.position().brief());
    }
  }

  SiteTable(
      LabelTask task, StudySettings settings, List<Place> places, List<LabelTask.Found> found) {
    this.task = task;
    this.settings = settings;
    this.places = places;
    this.found = found;
    max = maxima();
  }

  LabelTask task() {
    return task;
  }

  StudySettings settings() {
    return settings;
  }

  List<Place> places() {
    return places;
  }

  List<LabelTask.Found> found() {
    return found;
  }

  private double[] maxima() {
    var out = new double[settings.permutations()];
    Arrays.fill(out, Double.NEGATIVE_INFINITY);
    for (var place : found) {
      var own = place.dealt();
      for (int b = 0; b < out.length; b++) {
        out[b] = Math.max(out[b], own[b]);
      }
    }
    return out;
  }

  /// `twins` are the untrained network's scores at every place, or none.
  List<Findings.SiteFinding> sites(List<double[]> twins) {
    return IntStream.range(0, places.size())
        .mapToObj(s -> site(places.get(s), found.get(s), twins.isEmpty() ? null : twins.get(s)))
        .toList();
  }

  private Findings.SiteFinding site(
      Place place, LabelTask.Found of, double @org.jspecify.annotations.Nullable [] twin) {
    var scores = of.held();
    var main = task.main(scores);
    var further = task.further(scores);
    var own = of.dealt();
    Arrays.sort(own);
    boolean numbers = task.metric().equals(Origins.R2);
    return new Findings.SiteFinding(
        place.point(),
        place.layer(),
        place.position(),
        settings.probe(),
        main,
        task.second(scores),
        further.balancedAccuracy(),
        further.mcc(),
        further.brier(),
        further.ece(),
        of.c(),
        Arrays.stream(own).average().orElse(Double.NaN),
        Bootstrap.quantile(own, 0.95),
        Permutations.pValue(of.nulls().getFirst(), max),
        of.control(),
        main.value() - (numbers ? Math.max(0, of.control()) : of.control()),
        twin == null ? Double.NaN : task.value(twin),
        twin == null ? Double.NaN : task.secondValue(twin),
        further.macroF1(),
        further.logLoss());
  }

  static int best(List<Findings.SiteFinding> sites) {
    int best = 0;
    for (int s = 1; s < sites.size(); s++) {
      best = sites.get(s).accuracy().value() > sites.get(best).accuracy().value() ? s : best;
    }
    return best;
  }

  /// `x` are the rows of the best place.
  Findings.Null theNull(int best, Matrix x, Workers workers) {
    return theNull(
        best, task.closed() ? new double[0] : workers.call(() -> exact(best, x, Optional.empty())));
  }

  /// The exact solver under the first dealt labellings at a place with these rows.
  double[] exact(int best, Matrix x, Optional<Basis> basis) {
    int checked = Math.min(settings.checked(), max.length);
    return checked == 0 ? new double[0] : task.exactNull(x, basis, found.get(best), checked);
  }

  /// `exact` as [#exact] gave them.
  Findings.Null theNull(int best, double[] exact) {
    int checked = task.closed() ? max.length : exact.length;
    double largest = 0;
    if (!task.closed()) {
      for (int b = 0; b < checked; b++) {
        largest = Math.max(largest, Math.abs(exact[b] - found.get(best).nulls().get(b + 1)));
      }
    }
    var sorted = max.clone();
    Arrays.sort(sorted);
    return new Findings.Null(
        max.length,
        task.scheme(),
        Bootstrap.quantile(sorted, 0.95),
        Arrays.stream(max).average().orElse(Double.NaN),
        checked,
        largest);
  }

  /// The places of the best one's position whose probes read rows as wide as its own.
  List<Integer> alike(int best) {
    int width = flat(found.get(best).whole()).length;
    return IntStream.range(0, places.size())
        .filter(s -> places.get(s).position().equals(places.get(best).position()))
        .filter(s -> flat(found.get(s).whole()).length == width)
        .boxed()
        .toList();
  }

  /// The best place, with cosines between the directions of those like it.
  Findings.Best detail(int best) {
    var same = alike(best);
    var scores = found.get(best).held();
    var nested = nested();
    return new Findings.Best(
        best,
        task.main(nested),
        task.held(scores, nested),
        task.calibration(scores),
        task.byClass(scores),
        same.stream().map(s -> places.get(s).point()).toList(),
        Arrays.stream(
                Directions.cosines(same.stream().map(s -> flat(found.get(s).whole())).toList()))
            .map(row -> Arrays.stream(row).boxed().toList())
            .toList());
  }

  /// For every row the scores at the place that the inner folds of its fold prefer.
  private double[] nested() {
    var out = found.getFirst().held();
    int rows = out.length / width();
    for (int i = 0; i < rows; i++) {
      int fold = task.folds().at(i);
      int best = 0;
      for (int s = 1; s < found.size(); s++) {
        best = found.get(s).inner().get(fold) > found.get(best).inner().get(fold) ? s : best;
      }
      for (int q = i * width(); q < (i + 1) * width(); q++) {
        out[q] = found.get(best).scores().get(q);
      }
    }
    return out;
  }

  /// Scores a row.
  private int width() {
    return found.getFirst().whole() instanceof LinearMap map ? map.outputs().size() : 1;
  }

  /// A direction, or those of all classes one after the other with their mean taken out: only their
  /// differences mean something.
  static double[] flat(Fitted probe) {
    if (probe instanceof Linear linear) {
      return linear.direction();
    }
    var all = ((LinearMap) probe).outputs().stream().map(Linear::direction).toList();
    int d = all.getFirst().length;
    var out = new double[d * all.size()];
    for (int j = 0; j < d; j++) {
      int at = j;
      double mean = all.stream().mapToDouble(w -> w[at]).average().orElseThrow();
      for (int k = 0; k < all.size(); k++) {
        out[k * d + j] = all.get(k)[j] - mean;
      }
    }
    return out;
  }

  /// p-values of every place alone and stepping down, and its usable bits.
  List<Grounds.SiteGrounds> grounds() {
    var observed = found.stream().mapToDouble(f -> f.nulls().getFirst()).toArray();
    var nulls = new double[max.length][found.size()];
    for (int s = 0; s < observed.length; s++) {
      var own = found.get(s).dealt();
      for (int b = 0; b < max.length; b++) {
        nulls[b][s] = own[b];
      }
    }
    var test = MaxT.of(observed, nulls);
    var alone = test.alone();
    var down = test.stepDown();
    var out = new ArrayList<Grounds.SiteGrounds>();
    for (int s = 0; s < observed.length; s++) {
      var place = places.get(s);
      var norms = found.get(s).norms();
      var bits =
          settings.asks(Check.INFORMATION)
              ? task.bits(found.get(s).held())
              : new double[] {Double.NaN, Double.NaN};
      out.add(
          new Grounds.SiteGrounds(
              place.point(),
              place.layer(),
              place.position(),
              alone[s],
              down[s],
              bits[0],
              bits[1],
              norms.map(Norms::logMean).orElse(Double.NaN),
              norms.map(Norms::log95).orElse(Double.NaN),
              norms.map(Norms::participation).orElse(Double.NaN)));
    }
    return out;
  }
}
