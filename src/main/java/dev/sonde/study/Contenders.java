package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Comparisons;
import dev.sonde.eval.MultipleTests;
import dev.sonde.eval.NestedCv;
import dev.sonde.eval.Scores;
import dev.sonde.probe.Mlp;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Several probes on the same sites, rows and folds.
final class Contenders {
  /// A network of one hidden layer, at the best site only.
  static final String NONLINEAR = "mlp";

  private final Evidence evidence;
  private final List<Site> sites;

  Contenders(Evidence evidence, List<Site> sites) {
    this.evidence = evidence;
    this.sites = sites;
  }

  /// A family of probes with its scores and control accuracy at every site.
  record Contender(String name, List<NestedCv> cvs, List<Double> controls) {}

  /// All probes of a study; none if there is only one.
  static List<Contender> of(StudySettings settings, List<SiteProbe.Found> found) {
    if (settings.beside().isEmpty()) {
      return List.of();
    }
    var out = new ArrayList<Contender>();
    out.add(
        new Contender(
            settings.probe(),
            found.stream().map(SiteProbe.Found::cv).toList(),
            found.stream().map(SiteProbe.Found::control).toList()));
    var linear = settings.beside().stream().filter(n -> !n.equals(NONLINEAR)).toList();
    for (int p = 0; p < linear.size(); p++) {
      int own = p;
      out.add(
          new Contender(
              linear.get(p),
              found.stream().map(f -> f.beside().get(own).cv()).toList(),
              found.stream().map(f -> f.beside().get(own).control()).toList()));
    }
    return out;
  }

  List<Grounds.ProbeResult> results(List<Contender> all) {
    return all.stream().map(this::result).toList();
  }

  private Grounds.ProbeResult result(Contender one) {
    var positive = evidence.labels().toArray();
    var accuracies = one.cvs.stream().map(cv -> Scores.accuracy(cv.scores(), positive)).toList();
    int best =
        IntStream.range(0, accuracies.size())
            .reduce((a, b) -> accuracies.get(b) > accuracies.get(a) ? b : a)
            .orElseThrow();
    var scores = one.cvs.get(best).scores();
    return new Grounds.ProbeResult(
        one.name,
        sites.get(best).point().toString(),
        sites.get(best).position().brief(),
        one.cvs.get(best).typical(),
        evidence.accuracy(scores),
        Scores.auroc(scores, positive),
        evidence.accuracy(nested(one.cvs)),
        one.controls.get(best),
        accuracies.get(best) - one.controls.get(best),
        accuracies,
        one.cvs.stream().map(cv -> Scores.auroc(cv.scores(), positive)).toList(),
        one.controls);
  }

  /// In every outer fold the site that the inner folds prefer, scored on the rows held out.
  double[] nested(List<NestedCv> cvs) {
    var out = new double[evidence.labels().size()];
    for (int k = 0; k < evidence.folds().count(); k++) {
      int best = 0;
      for (int s = 1; s < cvs.size(); s++) {
        best = cvs.get(s).inner(k) > cvs.get(best).inner(k) ? s : best;
      }
      var own = cvs.get(best).scores();
      for (int i : evidence.folds().rows(k)) {
        out[i] = own[i];
      }
    }
    return out;
  }

  /// Every pair, p-values after Holm over all of them.
  List<Grounds.Comparison> comparisons(List<Contender> all) {
    var right = all.stream().map(c -> right(nested(c.cvs))).toList();
    var pairs = new ArrayList<int[]>();
    for (int a = 0; a < all.size(); a++) {
      for (int b = a + 1; b < all.size(); b++) {
        pairs.add(new int[] {a, b});
      }
    }
    var found = pairs.stream().map(p -> difference(right.get(p[0]), right.get(p[1]))).toList();
    var holm = MultipleTests.holm(found.stream().mapToDouble(Bootstrap.Difference::p).toArray());
    var out = new ArrayList<Grounds.Comparison>();
    for (int i = 0; i < pairs.size(); i++) {
      int a = pairs.get(i)[0];
      int b = pairs.get(i)[1];
      var rows = Comparisons.mcNemar(right.get(a), right.get(b));
      out.add(
          new Grounds.Comparison(
              all.get(a).name,
              all.get(b).name,
              estimate(found.get(i)),
              found.get(i).p(),
              holm[i],
              rows.first(),
              rows.second()));
    }
    return out;
  }

  private boolean[] right(double[] scores) {
    var out = new boolean[scores.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (scores[i] > 0) == evidence.labels().at(i);
    }
    return out;
  }

  private Bootstrap.Difference difference(boolean[] a, boolean[] b) {
    return evidence
        .bootstrap()
        .difference(Bootstrap.mean(numbers(a)), Bootstrap.mean(numbers(b)), .95);
  }

  private static double[] numbers(boolean[] right) {
    return IntStream.range(0, right.length).mapToDouble(i -> right[i] ? 1 : 0).toArray();
  }

  private static Findings.Estimate estimate(Bootstrap.Difference d) {
    return new Findings.Estimate(d.observed(), d.interval().low(), d.interval().high());
  }

  /// The network against the linear probe at one site, on true labels and on those of the control
  /// task.
  Grounds.Gap gap(Matrix x, SiteProbe.Found linear, boolean[] control, Workers workers) {
    var positive = evidence.labels().toArray();
    var pieces = new ArrayList<Supplier<double[]>>();
    for (var labels : List.of(positive, control)) {
      for (int k = 0; k < evidence.folds().count(); k++) {
        int fold = k;
        pieces.add(() -> network(x, labels, fold));
      }
    }
    var found = workers.map(pieces);
    var scores = collect(found.subList(0, evidence.folds().count()));
    var memory = collect(found.subList(evidence.folds().count(), found.size()));
    double accuracy = Scores.accuracy(scores, positive);
    double own = Scores.accuracy(linear.cv().scores(), positive);
    var difference = difference(right(scores), right(linear.cv().scores()));
    return new Grounds.Gap(
        own,
        accuracy,
        estimate(difference),
        difference.p(),
        own - linear.control(),
        accuracy - Scores.accuracy(memory, control));
  }

  private double[] collect(List<double[]> parts) {
    var out = new double[evidence.labels().size()];
    for (int k = 0; k < parts.size(); k++) {
      var rows = evidence.folds().rows(k);
      for (int i = 0; i < rows.length; i++) {
        out[rows[i]] = parts.get(k)[i];
      }
    }
    return out;
  }

  /// Scores of a fold's rows by a network that saw the others; all 0 where those are of one class.
  private double[] network(Matrix x, boolean[] labels, int fold) {
    var kept = evidence.folds().without(fold);
    var train = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
    var held = evidence.folds().rows(fold);
    var classes =
        Classes.of(
            List.of("false", "true"), Arrays.stream(train).map(i -> labels[i] ? 1 : 0).toArray());
    if (classes.count(0) == 0 || classes.count(1) == 0) {
      return new double[held.length];
    }
    var samples = new Samples(x.select(train), classes, evidence.corpus().groups().select(train));
    var seed = new Seed(evidence.settings().seed()).forPurpose("mlp", fold);
    return Mlp.fit(samples, Mlp.Settings.DEFAULT, seed).scores(x.select(held));
  }
}
