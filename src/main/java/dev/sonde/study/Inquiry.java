package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.linalg.Basis;
import dev.sonde.study.Findings.Light;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// From what a [LabelTask] found at every place to [Findings], whatever the [Source]: the tables of
/// the places, the evidence at the best of them, the detectors of leaks, the verdict.
///
/// Under [Findings.Subject] the fields named accuracy hold the task's metric.
final class Inquiry {
  private final LabelTask task;
  private final Source source;

  Inquiry(LabelTask task, Source source) {
    this.task = task;
    this.source = source;
  }

  /// What a baseline reads. `own`: read by the probe of the study, or else by logistic regression
  /// (or ridge) in units of `scaling`.
  record Reading(String name, String meaning, Matrix x, Basis.Scaling scaling, boolean own) {}

  /// What was gathered: what the task found at every place, the untrained network's held-out scores
  /// there (or none), the baselines.
  record Gathered(
      List<SiteTable.Place> places,
      List<LabelTask.Found> found,
      List<double[]> twins,
      List<Rival> rivals) {}

  /// Who says `logistic regression` of classes, `ridge` of numbers.
  String learner() {
    return task.metric().equals(Origins.R2) ? "ridge" : "logistic regression";
  }

  /// What no activations give, then what each of these gives.
  List<Rival> rivals(List<Reading> readings) {
    var out = new ArrayList<Rival>();
    out.add(task.baseline());
    readings.forEach(r -> out.add(rival(r)));
    return out;
  }

  private Rival rival(Reading of) {
    boolean blank = Surface.constant(of.x);
    var scores = of.own ? task.scores(of.x) : task.surface(of.x, of.scaling);
    var found =
        new Findings.Baseline(of.name, of.meaning, task.main(scores), task.secondValue(scores));
    boolean several = task.evidence().filter(Evidence::several).isPresent();
    boolean likely = !of.own || task.evidence().filter(e -> Fits.of(e).probabilities()).isPresent();
    return new Rival(
        found, scores, blank ? Optional.empty() : Optional.of(of.x), likely && (several || !blank));
  }

  /// `rows` gives the rows of a place.
  Findings findings(Gathered all, IntFunction<Matrix> rows, Workers workers) {
    var table = new SiteTable(task, source.settings(), all.places, all.found);
    var sites = table.sites(all.twins);
    int best = SiteTable.best(sites);
    var x = rows.apply(best);
    Supplier<List<Light>> leaks = () -> leaks(sites, best, x);
    var deep =
        task.evidence().map(e -> new BestSite(table, e, best).look(x, all.rivals, leaks, workers));
    var whole =
        new Verdicts.Case(
            source,
            task.metric(),
            sites,
            all.rivals.stream().map(Rival::baseline).toList(),
            deep.map(d -> table.theNull(best, d.exact()))
                .orElseGet(() -> table.theNull(best, x, workers)),
            table.detail(best),
            deep.map(BestSite.Deep::detected)
                .orElseGet(() -> detected(all.found.get(best), leaks.get())),
            deep.map(BestSite.Deep::grounds).orElse(Grounds.NONE));
    return Verdicts.findings(all.places, whole);
  }

  /// Of numbers, whose best place is asked nothing further.
  private List<Light> detected(LabelTask.Found own, List<Light> leaks) {
    var out = new ArrayList<>(leaks);
    out.add(detectors().groups(task.inflation(Optional.empty(), own)));
    out.add(Leaks.memory(own.memorised(), own.control(), task.chance()));
    return out;
  }

  private Leaks detectors() {
    var corpus = source.corpus();
    var labels =
        corpus.target() instanceof Classes classes ? classes.toArray() : new int[corpus.size()];
    return new Leaks(corpus, task.folds(), labels);
  }

  /// What the texts and the layers give away; without texts what the rows `x` do.
  private List<Light> leaks(List<Findings.SiteFinding> sites, int best, Matrix x) {
    if (!source.settings().asks(Check.LEAKAGE)) {
      return List.of();
    }
    var known = source.words().first();
    var leaks = detectors();
    var out = new ArrayList<>(source.shown() ? leaks.texts() : leaks.rows(x));
    if (source.shown()) {
      out.addAll(task.giveaways(leaks, sites.get(best).accuracy().value()));
    }
    Leaks.layers(sites, best, known)
        .map(at -> at.light(task.chance(), task.metric(), known))
        .ifPresent(out::add);
    return out;
  }
}
