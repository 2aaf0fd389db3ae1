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
import dev.sonde.probe.Linear;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
      List<Findings.Baseline> baselines,
      SiteProbe probe,
      Workers workers) {
    var max = maxima(found);
    var findings = new ArrayList<Findings.SiteFinding>();
    for (int s = 0; s < sites.size(); s++) {
      findings.add(site(sites.get(s), found.get(s), twin.isEmpty() ? null : twin.get(s), max));
    }
    int best = best(findings);
    var theNull = theNull(max, captured.at(sites.get(best)), found.get(best), probe, workers);
    var detail = detail(best, sites, found);
    var warnings =
        Warnings.of(
            corpus,
            settings,
            sites.get(best),
            leaks(found.get(best)),
            findings.get(best).accuracy().value());
    var probes = new ArrayList<FittedSite>();
    for (int s = 0; s < sites.size(); s++) {
      probes.add(new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).cv().typical()));
    }
    var whole =
        new Verdicts.Case(
            origins, Origins.ACCURACY, findings, baselines, theNull, detail, warnings);
    return new Study.Outcome(Verdicts.findings(sites, whole), probes);
  }

  private Findings.SiteFinding site(
      Site site,
      SiteProbe.Found found,
      @org.jspecify.annotations.Nullable NestedCv twin,
      double[] max) {
    var scores = found.cv().scores();
    var positive = evidence.labels().toArray();
    var probability = Arrays.stream(scores).map(Scores::probability).toArray();
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
        Scores.balancedAccuracy(scores, positive),
        Scores.mcc(scores, positive),
        Scores.brier(probability, positive),
        Calibration.error(Calibration.equalWidth(probability, positive, BINS)),
        found.cv().typical(),
        Arrays.stream(own).average().orElse(Double.NaN),
        Bootstrap.quantile(sorted, 0.95),
        Permutations.pValue((double) found.correct().getFirst() / rows, max),
        found.control(),
        accuracy.value() - found.control(),
        twin == null ? Double.NaN : Scores.accuracy(twinScores, positive),
        twin == null ? Double.NaN : Scores.auroc(twinScores, positive));
  }

  private static Warnings.Leaks leaks(SiteProbe.Found found) {
    return new Warnings.Leaks(found.scattered(), found.memorised(), found.control(), 0.5);
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

  private Findings.Null theNull(
      double[] max,
      dev.sonde.data.Matrix x,
      SiteProbe.Found best,
      SiteProbe probe,
      Workers workers) {
    var sorted = max.clone();
    Arrays.sort(sorted);
    int checked = Math.min(settings.checked(), max.length);
    double largest = 0;
    if (checked > 0) {
      var exact = workers.call(() -> probe.exactNull(x, best.cv().typical(), checked));
      for (int b = 0; b < checked; b++) {
        largest = Math.max(largest, Math.abs(exact[b] - (double) best.correct().get(b + 1) / rows));
      }
    }
    return new Findings.Null(
        max.length,
        evidence.permutations().scheme(),
        Bootstrap.quantile(sorted, 0.95),
        Arrays.stream(max).average().orElse(Double.NaN),
        checked,
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

  private Findings.Best detail(int best, List<Site> sites, List<SiteProbe.Found> found) {
    var scores = found.get(best).cv().scores();
    var classes = (Classes) corpus.target();
    var held = new ArrayList<Findings.Held>();
    for (int i = 0; i < rows; i++) {
      held.add(
          new Findings.Held(
              i,
              corpus.texts().get(i),
              classes.names().get(classes.at(i)),
              corpus.columns().group().isEmpty() ? "" : corpus.groupNames().get(i),
              evidence.folds().at(i),
              scores[i],
              Scores.probability(scores[i]),
              (scores[i] > 0) == evidence.labels().at(i)));
    }
    var probability = Arrays.stream(scores).map(Scores::probability).toArray();
    var bins =
        Calibration.equalWidth(probability, evidence.labels().toArray(), BINS).stream()
            .map(b -> new Findings.Bin(b.from(), b.to(), b.predicted(), b.observed(), b.count()))
            .toList();
    var same =
        IntStream.range(0, sites.size())
            .filter(s -> sites.get(s).position().equals(sites.get(best).position()))
            .filter(s ->
                found.get(s).whole().direction().length
                    == found.get(best).whole().direction().length)
            .boxed()
            .toList();
    var labels = same.stream().map(s -> sites.get(s).point().toString()).toList();
    return new Findings.Best(
        best,
        nested(found),
        held,
        bins,
        labels,
        cosines(same.stream().map(s -> found.get(s).whole()).toList()));
  }

  /// In every outer fold the site that the inner folds prefer, scored on the rows held out.
  private Findings.Estimate nested(List<SiteProbe.Found> found) {
    var scores = new double[rows];
    for (int k = 0; k < evidence.folds().count(); k++) {
      int best = 0;
      for (int s = 1; s < found.size(); s++) {
        if (found.get(s).cv().inner(k) > found.get(best).cv().inner(k)) {
          best = s;
        }
      }
      var own = found.get(best).cv().scores();
      for (int i : evidence.folds().rows(k)) {
        scores[i] = own[i];
      }
    }
    return evidence.accuracy(scores);
  }

  /// Between every two directions.
  static List<List<Double>> cosines(List<Linear> probes) {
    var out = new ArrayList<List<Double>>();
    for (var a : probes) {
      out.add(probes.stream().map(b -> cosine(a.direction(), b.direction())).toList());
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
