package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Calibration;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Scores;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// From what every site found to [Findings].
final class Summary {
  private static final int BINS = 10;

  private final StudySettings settings;
  private final Corpus corpus;
  private final Evidence evidence;
  private final Origins origins;
  private final int rows;

  Summary(Evidence evidence, Origins origins) {
    this.settings = evidence.settings();
    this.corpus = evidence.corpus();
    this.evidence = evidence;
    this.origins = origins;
    rows = corpus.size();
  }

  Study.Outcome of(
      List<Site> sites,
      Captured captured,
      List<SiteProbe.Found> found,
      List<NestedCv> twin,
      List<Rival> baselines,
      SiteProbe probe,
      Workers workers) {
    var max = maxima(found);
    var findings = new ArrayList<Findings.SiteFinding>();
    for (int s = 0; s < sites.size(); s++) {
      findings.add(site(sites.get(s), found.get(s), twin.isEmpty() ? null : twin.get(s), max));
    }
    int best = best(findings);
    var candidates = found.stream().map(f -> Candidate.of(f.cv(), f.control())).toList();
    var places = places(sites);
    var deep =
        new BestSite(evidence, places, Contenders.of(evidence, candidates, beside(found)), best)
            .look(
                captured.at(sites.get(best)),
                baselines,
                new TwoAsked(evidence, probe, sites, found, findings, best),
                workers);
    var probes = new ArrayList<FittedSite>();
    for (int s = 0; s < sites.size(); s++) {
      probes.add(new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).cv().typical()));
    }
    var whole =
        new Verdicts.Case(
            origins,
            Origins.ACCURACY,
            findings,
            baselines.stream().map(Rival::baseline).toList(),
            theNull(max, found.get(best), deep.exact()),
            detail(best, places, candidates),
            deep.detected(),
            deep.grounds());
    return new Study.Outcome(Verdicts.findings(sites, whole), probes);
  }

  private Findings.SiteFinding site(
      Site site,
      SiteProbe.Found found,
      @org.jspecify.annotations.Nullable NestedCv twin,
      double[] max) {
    var scores = found.cv().scores();
    var positive = evidence.labels().toArray();
    var further = TwoClasses.further(scores, positive, true);
    var own = nulls(found);
    var sorted = own.clone();
    Arrays.sort(sorted);
    var accuracy = evidence.accuracy(scores);
    var twinScores = twin == null ? new double[0] : twin.scores();
    return new Findings.SiteFinding(
        site.point().toString(),
        Study.layer(site.point()),
        site.position().brief(),
        settings.probe(),
        accuracy,
        evidence.auroc(scores),
        further.balancedAccuracy(),
        further.mcc(),
        further.brier(),
        further.ece(),
        found.cv().typical(),
        Arrays.stream(own).average().orElse(Double.NaN),
        Bootstrap.quantile(sorted, 0.95),
        Permutations.pValue((double) found.correct().getFirst() / rows, max),
        found.control(),
        accuracy.value() - found.control(),
        twin == null ? Double.NaN : Scores.accuracy(twinScores, positive),
        twin == null ? Double.NaN : Scores.auroc(twinScores, positive),
        further.macroF1(),
        further.logLoss());
  }

  /// The accuracies under permuted labels.
  private double[] nulls(SiteProbe.Found found) {
    return found.correct().stream().skip(1).mapToDouble(c -> (double) c / rows).toArray();
  }

  private double[] maxima(List<SiteProbe.Found> found) {
    var out = new double[evidence.permutations().count()];
    for (var site : found) {
      var own = nulls(site);
      for (int b = 0; b < out.length; b++) {
        out[b] = Math.max(out[b], own[b]);
      }
    }
    return out;
  }

  /// `exact`: accuracies by the exact solver under the first dealt labellings.
  private Findings.Null theNull(double[] max, SiteProbe.Found best, double[] exact) {
    var sorted = max.clone();
    Arrays.sort(sorted);
    double largest = 0;
    for (int b = 0; b < exact.length; b++) {
      largest = Math.max(largest, Math.abs(exact[b] - (double) best.correct().get(b + 1) / rows));
    }
    return new Findings.Null(
        max.length,
        evidence.permutations().scheme(),
        Bootstrap.quantile(sorted, 0.95),
        Arrays.stream(max).average().orElse(Double.NaN),
        exact.length,
        largest);
  }

  private static int best(List<Findings.SiteFinding> sites) {
    int best = 0;
    for (int s = 1; s < sites.size(); s++) {
      if (sites.get(s).accuracy().value() > sites.get(best).accuracy().value()) {
        best = s;
      }
    }
    return best;
  }

  private static List<List<Candidate>> beside(List<SiteProbe.Found> found) {
    return found.stream()
        .map(f -> f.beside().stream().map(b -> Candidate.of(b.cv(), b.control())).toList())
        .toList();
  }

  private static List<SiteTable.Place> places(List<Site> sites) {
    return sites.stream().map(SiteTable.Place::of).toList();
  }

  private Findings.Best detail(int best, List<SiteTable.Place> places, List<Candidate> found) {
    var scores = found.get(best).scores();
    var nested = new Contenders(evidence, places).nested(found);
    var probability = Arrays.stream(scores).map(Scores::probability).toArray();
    var bins =
        Calibration.equalWidth(probability, evidence.labels().toArray(), BINS).stream()
            .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
            .toList();
    var same =
        IntStream.range(0, places.size())
            .filter(s -> places.get(s).position().equals(places.get(best).position()))
            .filter(s -> found.get(s).width() == found.get(best).width())
            .boxed()
            .toList();
    var labels = same.stream().map(s -> places.get(s).point()).toList();
    return new Findings.Best(
        best,
        evidence.accuracy(nested),
        TwoClasses.held(evidence, true, scores, nested),
        bins,
        Optional.of(TwoClasses.byClass((Classes) corpus.target(), scores)),
        labels,
        cosines(same.stream().map(s -> SiteTable.flat(found.get(s).whole())).toList()));
  }

  /// Between every two directions.
  static List<List<Double>> cosines(List<double[]> directions) {
    var out = new ArrayList<List<Double>>();
    for (var a : directions) {
      out.add(directions.stream().map(b -> cosine(a, b)).toList());
    }
    return out;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return aa == 0 || bb == 0 ? 0 : ab / Math.sqrt(aa * bb);
  }
}
