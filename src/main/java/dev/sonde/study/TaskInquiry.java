package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.evidence.Leakage;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// A [LabelTask] at the sites of a network: several classes, or numbers.
///
/// Under [Findings.Subject] the fields named accuracy hold the task's metric. Beside what the task
/// itself measures stand the surface baselines, the untrained twin and the detectors of leaks.
final class TaskInquiry implements Inquiry<LabelTask.Found, double[]> {
  private final LabelTask task;
  private final Origins origins;
  private final boolean numbers;

  TaskInquiry(LabelTask task, Origins origins) {
    this.task = task;
    this.origins = origins;
    numbers = task.metric().equals(Origins.R2);
  }

  @Override
  public LabelTask.Found at(Matrix x) {
    return task.at(x);
  }

  @Override
  public double[] twin(Matrix x) {
    return task.scores(x);
  }

  @Override
  public Finished.Form<LabelTask.Found> kept() {
    return Finished.TASK;
  }

  @Override
  public Finished.Form<double[]> keptTwin() {
    return Finished.SCORES;
  }

  @Override
  public List<Rival> baselines(List<Tokens> texts) {
    var out = new ArrayList<Rival>();
    out.add(task.baseline());
    var settings = origins.settings();
    if (settings.baselines()) {
      out.addAll(
          Baselines.shown(
              settings,
              origins.corpus(),
              texts,
              numbers ? "ridge" : "logistic regression",
              (name, meaning, x, scaling) -> rival(name, meaning, x, task.surface(x, scaling))));
      if (origins.open().model().points().contains(Point.of(Place.TOKEN_EMBED))) {
        var x = Baselines.tokenEmbeddings(origins.open(), texts);
        out.add(rival("token embeddings", Baselines.EMBEDDINGS, x, task.scores(x)));
      }
    }
    return out;
  }

  private Rival rival(String name, String meaning, Matrix x, double[] scores) {
    var found =
        new Findings.Baseline(name, meaning, task.main(scores), task.second(scores).value());
    return new Rival(found, scores, Optional.of(x));
  }

  @Override
  public Study.Outcome summary(
      List<Site> sites,
      Captured captured,
      List<LabelTask.Found> found,
      List<double[]> twins,
      List<Rival> baselines,
      Workers workers) {
    var places =
        sites.stream()
            .map(s ->
                new SiteTable.Place(
                    s.point().toString(), Study.layer(s.point()), s.position().brief()))
            .toList();
    var table = new SiteTable(task, origins.settings(), places, found);
    var findings = table.sites(twins);
    int best = SiteTable.best(findings);
    var position = sites.get(best).position();
    var alike =
        IntStream.range(0, sites.size())
            .filter(s -> sites.get(s).position().equals(position))
            .boxed()
            .toList();
    var whole =
        new Verdicts.Case(
            origins,
            task.metric(),
            findings,
            baselines.stream().map(Rival::baseline).toList(),
            table.theNull(best, captured.at(sites.get(best)), workers),
            table.detail(best, alike, places.stream().map(SiteTable.Place::point).toList()),
            detected(found.get(best), findings, best),
            numbers ? Grounds.NONE : grounds(table));
    var probes = new ArrayList<FittedSite>();
    for (int s = 0; s < sites.size(); s++) {
      probes.add(new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).c()));
    }
    return new Study.Outcome(Verdicts.findings(sites, whole), probes);
  }

  private Grounds grounds(SiteTable table) {
    return new Grounds(
        table.grounds(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        origins.settings().without().stream().map(Check::brief).toList());
  }

  private List<Findings.Light> detected(
      LabelTask.Found own, List<Findings.SiteFinding> sites, int best) {
    var corpus = origins.corpus();
    var labels =
        corpus.target() instanceof Classes classes ? classes.toArray() : new int[corpus.size()];
    var leaks = new Leaks(corpus, task.folds(), labels);
    var out = new ArrayList<Findings.Light>();
    // a gain of this measure has no exact test: two points are taken for no accident
    out.add(
        leaks.groups(
            new Leakage.Inflation(own.scattered(), sites.get(best).accuracy().value(), 0)));
    out.add(Leaks.memory(own.memorised(), own.control(), task.chance()));
    if (origins.settings().asks(Check.LEAKAGE)) {
      out.addAll(leaks.texts());
      Leaks.layers(sites, best)
          .ifPresent(a -> out.add(Leaks.firstLayer(a, task.chance(), task.metric())));
    }
    if (!numbers) {
      out.add(
          new Findings.Light(
              "several classes",
              Findings.Colour.AMBER,
              "code length, learning curve, steadiness of the directions and rescaled probabilities are asked of two classes only",
              "Set one class against the others (a column of two classes) where they matter."));
    }
    return out;
  }
}
