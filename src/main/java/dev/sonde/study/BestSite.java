package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.DeLong;
import dev.sonde.eval.Interval;
import dev.sonde.evidence.Leakage;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// What is asked of the best site only, in pieces side by side.
final class BestSite {
  private final Evidence evidence;
  private final StudySettings settings;
  private final SiteProbe probe;
  private final List<Site> sites;
  private final List<SiteProbe.Found> found;
  private final int best;
  private final Groundwork work;
  private final ProbeFamily family;
  private final boolean[] positive;

  BestSite(
      Evidence evidence, SiteProbe probe, List<Site> sites, List<SiteProbe.Found> found, int best) {
    this.evidence = evidence;
    this.settings = evidence.settings();
    this.probe = probe;
    this.sites = sites;
    this.found = found;
    this.best = best;
    family = ProbeFamily.named(settings.probe());
    positive = evidence.labels().toArray();
    work = new Groundwork(evidence, family);
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

  private SiteProbe.Found own() {
    return found.get(best);
  }

  /// Works at the site's rows `x`; where all of them are the same there is nothing to ask of them.
  Deep look(Matrix x, List<Findings.SiteFinding> findings, List<Rival> rivals, Workers workers) {
    boolean blank = Surface.constant(x);
    var basis = workers.begin(() -> blank ? Optional.<Basis>empty() : Optional.of(basisOf(x)));
    var beside = new WithoutBasis(x, blank, rivals, workers);
    var leaks = workers.begin(() -> textLeaks(findings));
    var within = new InBasis(x, basis.get(), workers);
    var several = Contenders.of(settings, found);
    var contenders = new Contenders(evidence, sites);
    var grounds =
        new Grounds(
            beside.everySite.get(),
            within.code.get(),
            beside.information.get(),
            within.curve.get().flatMap(o -> o),
            within.stability.get(),
            beside.intervals.get().flatMap(o -> o),
            beside.calibrated.get(),
            contenders.results(several),
            contenders.comparisons(several),
            gap(contenders, x, blank, workers),
            settings.without().stream().map(Check::brief).toList());
    var detected = new ArrayList<>(leaks.get());
    detected.add(
        new Leaks(evidence.corpus(), evidence.folds(), new int[positive.length])
            .groups(within.inflation.get()));
    detected.add(Leaks.memory(own().memorised(), own().control(), 0.5));
    return new Deep(grounds, detected, within.exact.get());
  }

  /// What needs the site's scores, or a basis of its own: begun while the site's is being made.
  private final class WithoutBasis {
    private final Supplier<Optional<Grounds.Information>> information;
    private final Supplier<Optional<Optional<Grounds.Intervals>>> intervals;
    private final Supplier<Optional<Grounds.Calibrated>> calibrated;
    private final Supplier<List<Grounds.SiteGrounds>> everySite;

    WithoutBasis(Matrix x, boolean blank, List<Rival> rivals, Workers workers) {
      var scores = own().cv().scores();
      information =
          asked(Check.INFORMATION, blank, workers, () -> work.information(x, scores, rivals));
      intervals = asked(Check.INTERVALS, blank, workers, () -> intervals(rivals));
      calibrated =
          asked(
              Check.CALIBRATION,
              blank,
              workers,
              () -> Rescaling.of(scores, positive, evidence.folds()));
      everySite = workers.begin(() -> work.sites(sites, found));
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
      double c = own().cv().typical();
      code = asked(Check.MDL, blank, workers, () -> work.code(basis.orElseThrow()));
      curve = asked(Check.CURVE, blank, workers, () -> work.curve(basis.orElseThrow(), c));
      stability = asked(Check.STABILITY, blank, workers, () -> stability(basis.orElseThrow(), x));
      inflation =
          workers.begin(() ->
              blank || evidence.corpus().groups().trivial()
                  ? new Leakage.Inflation(Double.NaN, Double.NaN, 1)
                  : probe.inflation(basis.orElseThrow(), own().cv()));
      exact =
          workers.begin(() ->
              blank
                  ? probe.exactNull(settings.checked())
                  : probe.exactNull(basis.orElseThrow(), c, settings.checked()));
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
        : Optional.of(contenders.gap(x, own(), probe.control(), workers));
  }

  private List<Findings.Light> textLeaks(List<Findings.SiteFinding> findings) {
    if (!settings.asks(Check.LEAKAGE)) {
      return List.of();
    }
    var labels = IntStream.range(0, positive.length).map(i -> positive[i] ? 1 : 0).toArray();
    var leaks = new Leaks(evidence.corpus(), evidence.folds(), labels);
    var out = new ArrayList<>(leaks.texts());
    out.addAll(leaks.giveaways(positive, findings.get(best).accuracy().value()));
    Leaks.layers(findings, best)
        .ifPresent(a -> out.add(Leaks.firstLayer(a, 0.5, Origins.ACCURACY)));
    return out;
  }

  private Grounds.Stability stability(Basis basis, Matrix x) {
    var position = sites.get(best).position();
    int width = own().whole().direction().length;
    var same =
        IntStream.range(0, sites.size())
            .filter(s -> sites.get(s).position().equals(position))
            .filter(s -> found.get(s).whole().direction().length == width)
            .boxed()
            .toList();
    return new Steadiness(evidence, family, basis, own().cv().typical())
        .of(
            x,
            own().whole(),
            same.stream().map(s -> sites.get(s).point().toString()).toList(),
            same.stream().map(s -> found.get(s).whole()).toList());
  }

  /// Empty if a class has fewer than two rows.
  private Optional<Grounds.Intervals> intervals(List<Rival> rivals) {
    int ones = (int) IntStream.range(0, positive.length).filter(i -> positive[i]).count();
    if (ones < 2 || positive.length - ones < 2) {
      return Optional.empty();
    }
    var scores = own().cv().scores();
    var right = new double[scores.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = (scores[i] > 0) == positive[i] ? 1 : 0;
    }
    var bootstrap = evidence.bootstrap();
    var rival =
        rivals.stream().max(Comparator.comparingDouble(r -> r.baseline().auroc())).orElseThrow();
    var paired = DeLong.paired(scores, rival.scores(), positive, .95);
    var accuracy = evidence.accuracy(scores).value();
    double auroc = paired.first();
    return Optional.of(
        new Grounds.Intervals(
            estimate(accuracy, bootstrap.bca(Bootstrap.mean(right), .95)),
            estimate(auroc, bootstrap.bca(Bootstrap.auroc(scores, positive), .95)),
            estimate(auroc, DeLong.interval(scores, positive, .95)),
            rival.baseline().name(),
            estimate(paired.difference(), paired.interval()),
            paired.p()));
  }

  private static Findings.Estimate estimate(double value, Interval interval) {
    return new Findings.Estimate(value, interval.low(), interval.high());
  }
}
