package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.ControlTask;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.eval.Regression;
import dev.sonde.evidence.Leakage;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.linalg.Basis;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What number belongs to a row: ridge at every site, measured by R2 on held-out groups.
///
/// Under [Findings.Subject] the fields named accuracy hold R2, those named auroc Spearman's rank
/// correlation; what only classes have is NaN.
final class NumberInquiry implements Inquiry<NumberProbe.Found, NumberProbe.Cv> {
  static final String PROBE = "ridge";

  private final Origins origins;
  private final double[] y;
  private final Folds folds;
  private final Permutations permutations;
  private final Bootstrap bootstrap;
  private final NumberProbe probe;

  private NumberInquiry(
      Origins origins, double[] y, Folds folds, Permutations permutations, Bootstrap bootstrap) {
    this.origins = origins;
    this.y = y;
    this.folds = folds;
    this.permutations = permutations;
    this.bootstrap = bootstrap;
    var seed = new Seed(origins.settings().seed());
    var groups = origins.corpus().groups();
    probe =
        new NumberProbe(
            y,
            folds,
            permutations,
            origins.settings().scaling(),
            ControlTask.numbers(groups, y, seed),
            groups.trivial()
                ? folds
                : Folds.random(Numbers.of(y), origins.settings().folds(), seed));
  }

  static NumberInquiry of(Origins origins, Numbers numbers) {
    var settings = origins.settings();
    var seed = new Seed(settings.seed());
    var groups = origins.corpus().groups();
    var folds = Folds.grouped(numbers, groups, settings.folds(), seed);
    var y = numbers.toArray();
    var permutations = Permutations.of(y, groups, folds, settings.permutations(), seed);
    return new NumberInquiry(
        origins, y, folds, permutations, Bootstrap.byGroup(groups, settings.draws(), seed));
  }

  @Override
  public NumberProbe.Found at(Matrix x) {
    return probe.run(x);
  }

  @Override
  public NumberProbe.Cv twin(Matrix x) {
    return probe.cv(x);
  }

  @Override
  public List<Rival> baselines(List<Tokens> texts) {
    var out = new ArrayList<Rival>();
    var mean = Regression.baseline(y, folds);
    out.add(
        new Rival(
            new Findings.Baseline("mean", "the mean of the training rows", r2(mean), Double.NaN),
            mean,
            Optional.empty()));
    if (origins.settings().baselines()) {
      if (origins.corpus().images().isEmpty()) {
        surface(origins.corpus().texts(), out);
      } else {
        images(texts, out);
      }
      if (origins.open().model().points().contains(Point.of(Place.TOKEN_EMBED))) {
        out.add(
            baseline(
                "token embeddings",
                "the same probe on the mean of the static token embeddings",
                Baselines.tokenEmbeddings(origins.open(), texts),
                origins.settings().scaling()));
      }
    }
    return out;
  }

  private void surface(List<String> strings, List<Rival> out) {
    out.add(
        baseline(
            "length",
            "ridge on the numbers of characters and words",
            Surface.lengths(strings),
            Basis.Scaling.FEATURES));
    out.add(
        baseline(
            "bag of words",
            "ridge on which words and pairs of words occur",
            Surface.wordsAndPairs(strings),
            Basis.Scaling.COMMON));
    if (origins.settings().asks(Check.NGRAMS)) {
      out.add(
          baseline(
              "character n-grams",
              "ridge on which runs of 3 to 5 characters occur",
              Surface.ngrams(strings),
              Basis.Scaling.COMMON));
    }
  }

  private void images(List<Tokens> images, List<Rival> out) {
    out.add(
        baseline(
            "file size",
            "ridge on the bytes of the file",
            Surface.fileSizes(images),
            Basis.Scaling.FEATURES));
    out.add(
        baseline(
            "pixels",
            "ridge on the image, averaged over a grid of 16 x 16",
            Surface.pixels(images),
            Basis.Scaling.COMMON));
  }

  private Rival baseline(String name, String meaning, Matrix x, Basis.Scaling scaling) {
    var predicted = probe.cv(x, scaling).predicted();
    var found =
        new Findings.Baseline(name, meaning, r2(predicted), Regression.spearman(predicted, y));
    return new Rival(found, predicted, Optional.of(x));
  }

  private Findings.Estimate r2(double[] predicted) {
    var error = Regression.squares(y, predicted);
    var total = Regression.squares(y, Regression.baseline(y, folds));
    var interval = bootstrap.interval(w -> 1 - dot(w, error) / dot(w, total), 0.95);
    return new Findings.Estimate(Regression.r2(y, predicted, folds), interval[0], interval[1]);
  }

  private Findings.Estimate rank(double[] predicted) {
    return new Findings.Estimate(Regression.spearman(predicted, y), Double.NaN, Double.NaN);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Override
  public Study.Outcome summary(
      List<Site> sites,
      Captured captured,
      List<NumberProbe.Found> found,
      List<NumberProbe.Cv> twins,
      List<Rival> baselines,
      Workers workers) {
    var max = maxima(found);
    var findings = new ArrayList<Findings.SiteFinding>();
    var probes = new ArrayList<FittedSite>();
    for (int s = 0; s < sites.size(); s++) {
      var twin = twins.isEmpty() ? new double[0] : twins.get(s).predicted();
      findings.add(site(sites.get(s), found.get(s), twin, max));
      probes.add(new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).cv().typical()));
    }
    int best = best(findings);
    var own = found.get(best);
    var whole =
        new Verdicts.Case(
            origins,
            Origins.R2,
            findings,
            baselines.stream().map(Rival::baseline).toList(),
            theNull(max),
            detail(best, sites, found),
            detected(own, findings, best),
            Grounds.NONE);
    return new Study.Outcome(Verdicts.findings(sites, whole), probes);
  }

  private List<Findings.Light> detected(
      NumberProbe.Found own, List<Findings.SiteFinding> sites, int best) {
    var out = new ArrayList<Findings.Light>();
    var leaks = new Leaks(origins.corpus(), folds, new int[y.length]);
    // a gain of R2 has no exact test: two points are taken for no accident
    out.add(
        leaks.groups(
            new Leakage.Inflation(own.scattered(), sites.get(best).accuracy().value(), 0)));
    out.add(Leaks.memory(own.memorised(), own.control(), 0));
    if (origins.settings().asks(Check.LEAKAGE)) {
      out.addAll(leaks.texts());
      Leaks.layers(sites, best).ifPresent(a -> out.add(Leaks.firstLayer(a, 0, Origins.R2)));
    }
    return out;
  }

  /// For ridge the closed form is the exact solution: every permutation counts as checked.
  private Findings.Null theNull(double[] max) {
    var sorted = max.clone();
    Arrays.sort(sorted);
    return new Findings.Null(
        max.length,
        permutations.scheme(),
        Bootstrap.quantile(sorted, 0.95),
        Arrays.stream(max).average().orElse(Double.NaN),
        max.length,
        0);
  }

  private Findings.SiteFinding site(
      Site site, NumberProbe.Found found, double[] twin, double[] max) {
    var predicted = found.cv().predicted();
    var own = Arrays.copyOfRange(found.nulls(), 1, found.nulls().length);
    var sorted = own.clone();
    Arrays.sort(sorted);
    var r2 = r2(predicted);
    return new Findings.SiteFinding(
        site.point().toString(),
        Study.layer(site.point()),
        site.position().brief(),
        PROBE,
        r2,
        rank(predicted),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        found.cv().typical(),
        Arrays.stream(own).average().orElse(Double.NaN),
        Bootstrap.quantile(sorted, 0.95),
        Permutations.pValue(found.nulls()[0], max),
        found.control(),
        r2.value() - Math.max(0, found.control()),
        twin.length == 0 ? Double.NaN : Regression.r2(y, twin, folds),
        twin.length == 0 ? Double.NaN : Regression.spearman(twin, y));
  }

  private double[] maxima(List<NumberProbe.Found> found) {
    var out = new double[permutations.count()];
    Arrays.fill(out, Double.NEGATIVE_INFINITY);
    for (var site : found) {
      for (int b = 0; b < out.length; b++) {
        out[b] = Math.max(out[b], site.nulls()[b + 1]);
      }
    }
    return out;
  }

  private static int best(List<Findings.SiteFinding> sites) {
    return IntStream.range(0, sites.size())
        .reduce((a, b) -> sites.get(b).accuracy().value() > sites.get(a).accuracy().value() ? b : a)
        .orElseThrow();
  }

  /// A row counts as right if it is off by less than one standard deviation of the labels.
  private Findings.Best detail(int best, List<Site> sites, List<NumberProbe.Found> found) {
    var predicted = found.get(best).cv().predicted();
    double mean = Arrays.stream(y).average().orElseThrow();
    double spread =
        Math.sqrt(Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    var corpus = origins.corpus();
    var held = new ArrayList<Findings.Held>();
    for (int i = 0; i < y.length; i++) {
      held.add(
          new Findings.Held(
              i,
              corpus.texts().get(i),
              Double.toString(y[i]),
              corpus.columns().group().isEmpty() ? "" : corpus.groupNames().get(i),
              folds.at(i),
              predicted[i],
              Double.NaN,
              Math.abs(predicted[i] - y[i]) < spread));
    }
    var position = sites.get(best).position();
    var same =
        IntStream.range(0, sites.size())
            .filter(s -> sites.get(s).position().equals(position))
            .filter(s ->
                found.get(s).whole().direction().length
                    == found.get(best).whole().direction().length)
            .boxed()
            .toList();
    return new Findings.Best(
        best,
        nested(found),
        held,
        List.of(),
        same.stream().map(s -> sites.get(s).point().toString()).toList(),
        Summary.cosines(same.stream().map(s -> found.get(s).whole()).toList()));
  }

  /// In every outer fold the site that the inner folds prefer, scored on the rows held out.
  private Findings.Estimate nested(List<NumberProbe.Found> found) {
    var predicted = new double[y.length];
    for (int k = 0; k < folds.count(); k++) {
      int fold = k;
      var best =
          found.stream()
              .reduce((a, b) -> b.cv().inner()[fold] < a.cv().inner()[fold] ? b : a)
              .orElseThrow();
      for (int i : folds.rows(k)) {
        predicted[i] = best.cv().predicted()[i];
      }
    }
    return r2(predicted);
  }
}
