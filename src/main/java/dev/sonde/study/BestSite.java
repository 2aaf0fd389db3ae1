package dev.sonde.study;

import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.DeLong;
import dev.sonde.eval.Interval;
import dev.sonde.evidence.Leakage;
import dev.sonde.linalg.Basis;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What is asked of the best site only, in pieces side by side, of two classes or several.
final class BestSite {
  private final SiteTable table;
  private final LabelTask task;
  private final Evidence evidence;
  private final StudySettings settings;
  private final List<SiteTable.Place> places;
  private final List<Contenders.Contender> probes;
  private final int best;
  private final Groundwork work;
  private final Fits fits;

  BestSite(SiteTable table, Evidence evidence, int best) {
    this.table = table;
    this.evidence = evidence;
    this.best = best;
    task = table.task();
    settings = table.settings();
    places = table.places();
    probes = Contenders.of(evidence, table.found());
    fits = Fits.of(evidence);
    work = new Groundwork(evidence, fits);
  }

  /// `exact` are accuracies under dealt labels by the exact solver.
  static final class Deep {
    private final Grounds grounds;
    private final List<Findings.Light> detected;
    private final double[] exact;

    Deep(Grounds grounds, List<Findings.Light> detected, double[] exact) {
      this.grounds = grounds;
      this.detected = List.copyOf(detected);
      this.exact = exact;
    }

    Grounds grounds() {
      return grounds;
    }

    List<Findings.Light> detected() {
      return detected;
    }

    double[] exact() {
      return exact;
    }
  }

  private Candidate own() {
    return probes.getFirst().at().get(best);
  }

  private LabelTask.Found found() {
    return table.found().get(best);
  }

  /// Works at the site's rows `x`; where all of them are the same there is nothing to ask of them.
  /// `leaking`: what texts and layers give away, looked for beside.
  Deep look(Matrix x, List<Rival> rivals, Supplier<List<Findings.Light>> leaking, Workers workers) {
    boolean blank = Surface.constant(x);
    var basis = workers.begin(() -> blank ? Optional.<Basis>empty() : Optional.of(basisOf(x)));
    var beside = new WithoutBasis(x, blank, rivals, workers);
    var leaks = workers.begin(leaking);
    var within = new InBasis(x, basis.get(), workers);
    var several = settings.beside().isEmpty() ? List.<Contenders.Contender>of() : probes;
    var contenders = new Contenders(evidence, places);
    var grounds =
        new Grounds(
            beside.everySite.get(),
            within.code.get(),
            beside.information.get(),
            within.curve.get().flatMap(o -> o),
            within.stability.get().filter(t -> !t.halves().isEmpty()),
            beside.intervals.get().flatMap(o -> o),
            beside.calibrated.get(),
            contenders.results(several),
            contenders.comparisons(several),
            gap(contenders, x, blank, workers),
            settings.without().stream().map(Check::brief).toList());
    var detected = new ArrayList<>(leaks.get());
    detected.add(
        new Leaks(evidence.corpus(), evidence.folds(), evidence.labels().classes())
            .groups(within.inflation.get()));
    detected.add(Leaks.memory(found().memorised(), own().control(), task.chance()));
    return new Deep(grounds, detected, within.exact.get());
  }

  /// What needs the site's scores, or a basis of its own: begun while the site's is being made.
  private final class WithoutBasis {
    private final Supplier<Optional<Grounds.Information>> information;
    private final Supplier<Optional<Optional<Grounds.Intervals>>> intervals;
    private final Supplier<Optional<Grounds.Calibrated>> calibrated;
    private final Supplier<List<Grounds.SiteGrounds>> everySite;

    WithoutBasis(Matrix x, boolean blank, List<Rival> rivals, Workers workers) {
      var scores = own().scores();
      information =
          asked(Check.INFORMATION, blank, workers, () -> work.information(x, scores, rivals));
      intervals = asked(Check.INTERVALS, blank, workers, () -> intervals(rivals));
      calibrated =
          asked(
              Check.CALIBRATION,
              blank,
              workers,
              () -> Rescaling.of(evidence, scores, fits.probabilities()));
      everySite = workers.begin(table::grounds);
    }
  }

  /// What is solved in the basis of the site's rows; empty where those are all the same.
  private final class InBasis {
    private final Supplier<Optional<Grounds.Code>> code;
    private final Supplier<Optional<Optional<Grounds.Curve>>> curve;
    private final Supplier<Optional<Grounds.Stability>> stability;
    private final Supplier<Leakage.Inflation> inflation;
    private final Supplier<double[]> exact;

    InBasis(Matrix x, Optional<Basis> basis, Workers workers) {
      boolean blank = basis.isEmpty();
      double c = own().c();
      code = asked(Check.MDL, blank, workers, () -> work.code(basis.orElseThrow()));
      curve = asked(Check.CURVE, blank, workers, () -> work.curve(basis.orElseThrow(), c));
      stability = asked(Check.STABILITY, blank, workers, () -> stability(basis.orElseThrow(), x));
      inflation = workers.begin(() -> task.inflation(basis, found()));
      exact = workers.begin(() -> table.exact(best, x, basis));
    }
  }

  private <T> Supplier<Optional<T>> asked(
      Check check, boolean blank, Workers workers, Supplier<T> piece) {
    return blank || !settings.asks(check)
        ? Optional::empty
        : workers.begin(() -> Optional.of(piece.get()));
  }

  private Basis basisOf(Matrix x) {
    return Basis.of(x, settings.scaling());
  }

  private Optional<Grounds.Gap> gap(
      Contenders contenders, Matrix x, boolean blank, Workers workers) {
    return blank || !settings.beside().contains(Contenders.NONLINEAR)
        ? Optional.empty()
        : Optional.of(contenders.gap(x, own(), task.control(), workers));
  }

  private Grounds.Stability stability(Basis basis, Matrix x) {
    var at = probes.getFirst().at();
    var same = table.alike(best);
    return new Steadiness(evidence, fits, basis, own().c())
        .of(
            x,
            same.stream().map(s -> places.get(s).point()).toList(),
            same.stream().map(s -> at.get(s).whole()).toList());
  }

  /// Empty if a class has fewer than two rows. DeLong's interval is one of two classes; of several
  /// the best baseline is compared on the same draws of groups.
  private Optional<Grounds.Intervals> intervals(List<Rival> rivals) {
    var labels = evidence.labels().classes();
    for (int k = 0; k < evidence.labels().count(); k++) {
      int own = k;
      if (Arrays.stream(labels).filter(l -> l == own).count() < 2) {
        return Optional.empty();
      }
    }
    var scores = own().scores();
    var right = Evidence.numbers(evidence.right(scores));
    var bootstrap = evidence.bootstrap();
    var rival =
        rivals.stream().max(Comparator.comparingDouble(r -> r.baseline().auroc())).orElseThrow();
    var accuracy =
        estimate(evidence.accuracy(scores).value(), bootstrap.bca(Bootstrap.mean(right), .95));
    var measure = evidence.aurocMeasure(scores, fits.probabilities());
    if (evidence.several()) {
      var other = evidence.aurocMeasure(rival.scores(), rival.probabilities());
      var gap = bootstrap.difference(measure, other, .95);
      return Optional.of(
          new Grounds.Intervals(
              accuracy,
              estimate(evidence.aurocOf(scores, fits.probabilities()), bootstrap.bca(measure, .95)),
              new Findings.Estimate(Double.NaN, Double.NaN, Double.NaN),
              rival.baseline().name(),
              estimate(gap.observed(), gap.interval()),
              gap.p()));
    }
    var positive = evidence.labels().toArray();
    var paired = DeLong.paired(scores, rival.scores(), positive, .95);
    return Optional.of(
        new Grounds.Intervals(
            accuracy,
            estimate(paired.first(), bootstrap.bca(measure, .95)),
            estimate(paired.first(), DeLong.interval(scores, positive, .95)),
            rival.baseline().name(),
            estimate(paired.difference(), paired.interval()),
            paired.p()));
  }

  private static Findings.Estimate estimate(double value, Interval interval) {
    return new Findings.Estimate(value, interval.low(), interval.high());
  }
}
