package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Comparisons;
import dev.sonde.eval.MultipleTests;
import dev.sonde.probe.ClassFamily;
import dev.sonde.probe.Mlp;
import dev.sonde.probe.ProbeFamily;
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

  /// The score of a class that no training row was of.
  private static final double NEVER = -1e3;

  private final Evidence evidence;
  private final List<SiteTable.Place> sites;

  Contenders(Evidence evidence, List<SiteTable.Place> sites) {
    this.evidence = evidence;
    this.sites = sites;
  }

  /// A family of probes with what it shows at every site.
  record Contender(String name, boolean probabilities, List<Candidate> at) {}

  /// Names of the probes compared with the first, but the network's.
  static List<String> linear(StudySettings settings) {
    return settings.beside().stream().filter(n -> !n.equals(NONLINEAR)).toList();
  }

  /// All probes of a study, the first being the one that the verdict is about.
  static List<Contender> of(Evidence evidence, List<LabelTask.Found> found) {
    var out = new ArrayList<Contender>();
    var settings = evidence.settings();
    out.add(
        new Contender(
            settings.probe(),
            probabilities(evidence, settings.probe()),
            found.stream().map(Candidate::of).toList()));
    var linear = linear(settings);
    for (int p = 0; p < linear.size(); p++) {
      int own = p;
      out.add(
          new Contender(
              linear.get(p),
              probabilities(evidence, linear.get(p)),
              found.stream().map(f -> f.beside().get(own)).toList()));
    }
    return out;
  }

  private static boolean probabilities(Evidence evidence, String name) {
    return evidence.several()
        ? ClassFamily.named(name).probabilities()
        : ProbeFamily.named(name).logOdds();
  }

  List<Grounds.ProbeResult> results(List<Contender> all) {
    return all.stream().map(this::result).toList();
  }

  private Grounds.ProbeResult result(Contender one) {
    var accuracies =
        one.at.stream().map(at -> Evidence.share(evidence.right(at.scores()))).toList();
    int best =
        IntStream.range(0, accuracies.size())
            .reduce((a, b) -> accuracies.get(b) > accuracies.get(a) ? b : a)
            .orElseThrow();
    var at = one.at.get(best);
    return new Grounds.ProbeResult(
        one.name,
        sites.get(best).point(),
        sites.get(best).position(),
        at.c(),
        evidence.accuracy(at.scores()),
        evidence.aurocOf(at.scores(), one.probabilities),
        evidence.accuracy(nested(one.at)),
        at.control(),
        accuracies.get(best) - at.control(),
        accuracies,
        one.at.stream().map(a -> evidence.aurocOf(a.scores(), one.probabilities)).toList(),
        one.at.stream().map(Candidate::control).toList());
  }

  /// In every outer fold the site that the inner folds prefer, scored on the rows held out.
  double[] nested(List<Candidate> at) {
    int width = evidence.outputs();
    var out = new double[evidence.labels().size() * width];
    for (int k = 0; k < evidence.folds().count(); k++) {
      int best = 0;
      for (int s = 1; s < at.size(); s++) {
        best = at.get(s).inner(k) > at.get(best).inner(k) ? s : best;
      }
      var own = at.get(best).scores();
      for (int i : evidence.folds().rows(k)) {
        System.arraycopy(own, i * width, out, i * width, width);
      }
    }
    return out;
  }

  /// Every pair, p-values after Holm over all of them.
  List<Grounds.Comparison> comparisons(List<Contender> all) {
    var right = all.stream().map(c -> evidence.right(nested(c.at))).toList();
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

  private Bootstrap.Difference difference(boolean[] a, boolean[] b) {
    return evidence
        .bootstrap()
        .difference(Bootstrap.mean(Evidence.numbers(a)), Bootstrap.mean(Evidence.numbers(b)), .95);
  }

  private static Findings.Estimate estimate(Bootstrap.Difference d) {
    return new Findings.Estimate(d.observed(), d.interval().low(), d.interval().high());
  }

  /// The network against the linear probe at one site, on true labels and on those of the control
  /// task.
  Grounds.Gap gap(Matrix x, Candidate linear, int[] control, Workers workers) {
    var pieces = new ArrayList<Supplier<double[]>>();
    for (var labels : List.of(evidence.labels().classes(), control)) {
      for (int k = 0; k < evidence.folds().count(); k++) {
        int fold = k;
        pieces.add(() -> network(x, labels, fold));
      }
    }
    var found = workers.map(pieces);
    var scores = collect(found.subList(0, evidence.folds().count()));
    var memory = collect(found.subList(evidence.folds().count(), found.size()));
    var read = evidence.right(scores);
    var own = evidence.right(linear.scores());
    var difference = difference(read, own);
    return new Grounds.Gap(
        Evidence.share(own),
        Evidence.share(read),
        estimate(difference),
        difference.p(),
        Evidence.share(own) - linear.control(),
        Evidence.share(read) - Evidence.share(evidence.right(memory, control)));
  }

  private double[] collect(List<double[]> parts) {
    int width = evidence.outputs();
    var out = new double[evidence.labels().size() * width];
    for (int k = 0; k < parts.size(); k++) {
      var rows = evidence.folds().rows(k);
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(parts.get(k), i * width, out, rows[i] * width, width);
      }
    }
    return out;
  }

  /// Scores of a fold's rows by a network that saw the others; all 0 where those are of one class.
  /// A class that they lack is never the answer.
  private double[] network(Matrix x, int[] labels, int fold) {
    var kept = evidence.folds().without(fold);
    var train = IntStream.range(0, kept.length).filter(i -> kept[i]).toArray();
    var held = evidence.folds().rows(fold);
    int width = evidence.outputs();
    var seen = Arrays.stream(train).map(i -> labels[i]).distinct().sorted().toArray();
    var out = new double[held.length * width];
    if (seen.length < 2) {
      return out;
    }
    var classes =
        Classes.of(
            Arrays.stream(seen).mapToObj(Integer::toString).toList(),
            Arrays.stream(train).map(i -> Arrays.binarySearch(seen, labels[i])).toArray());
    var samples = new Samples(x.select(train), classes, evidence.corpus().groups().select(train));
    var seed = new Seed(evidence.settings().seed()).forPurpose("mlp", fold);
    var logits = Mlp.fit(samples, Mlp.Settings.DEFAULT, seed).outputs(x.select(held));
    if (width == 1) {
      Arrays.setAll(out, i -> logits[i][1] - logits[i][0]);
      return out;
    }
    Arrays.fill(out, NEVER);
    for (int i = 0; i < held.length; i++) {
      for (int q = 0; q < seen.length; q++) {
        out[i * width + seen[q]] = logits[i][q];
      }
    }
    return out;
  }
}
