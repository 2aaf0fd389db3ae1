package dev.sonde.study;

import dev.sonde.activation.Captured;
import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.evidence.Leakage;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.linalg.Basis;
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
    var places = sites.stream().map(SiteTable.Place::of).toList();
    var table = new SiteTable(task, origins.settings(), places, found);
    var findings = table.sites(twins);
    int best = SiteTable.best(findings);
    var position = sites.get(best).position();
    var alike =
        IntStream.range(0, sites.size())
            .filter(s -> sites.get(s).position().equals(position))
            .boxed()
            .toList();
    var x = captured.at(sites.get(best));
    var deep = deep(table, found, findings, x, baselines, workers);
    var whole =
        new Verdicts.Case(
            origins,
            task.metric(),
            findings,
            baselines.stream().map(Rival::baseline).toList(),
            deep.map(d -> table.theNull(best, d.exact()))
                .orElseGet(() -> table.theNull(best, x, workers)),
            table.detail(best, alike, places.stream().map(SiteTable.Place::point).toList()),
            deep.map(BestSite.Deep::detected)
                .orElseGet(() -> detected(found.get(best), findings, best)),
            deep.map(BestSite.Deep::grounds).orElse(Grounds.NONE));
    var probes = new ArrayList<FittedSite>();
    for (int s = 0; s < sites.size(); s++) {
      probes.add(new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).c()));
    }
    return new Study.Outcome(Verdicts.findings(sites, whole), probes);
  }

  /// What is asked of the best place of several classes; nothing of numbers.
  private Optional<BestSite.Deep> deep(
      SiteTable table,
      List<LabelTask.Found> found,
      List<Findings.SiteFinding> findings,
      Matrix x,
      List<Rival> baselines,
      Workers workers) {
    if (!(task instanceof ManyClasses many)) {
      return Optional.empty();
    }
    int best = SiteTable.best(findings);
    var asked = new SeveralAsked(many, table, found.get(best), findings, best, x);
    return Optional.of(
        new BestSite(many.evidence(), table.places(), probes(many, found), best)
            .look(x, baselines, asked, workers));
  }

  private static List<Contenders.Contender> probes(ManyClasses many, List<LabelTask.Found> found) {
    return Contenders.of(
        many.evidence(),
        found.stream().map(Candidate::of).toList(),
        found.stream().map(LabelTask.Found::beside).toList());
  }

  private List<Findings.Light> detected(
      LabelTask.Found own, List<Findings.SiteFinding> sites, int best) {
    var out = new ArrayList<Findings.Light>();
    out.add(
        new Leaks(origins.corpus(), task.folds(), new int[origins.corpus().size()])
            .groups(inflation(own, sites.get(best))));
    out.add(Leaks.memory(own.memorised(), own.control(), task.chance()));
    out.addAll(leaks(sites, best));
    return out;
  }

  /// A gain of this measure has no exact test: two points are taken for no accident.
  private static Leakage.Inflation inflation(LabelTask.Found own, Findings.SiteFinding site) {
    return new Leakage.Inflation(own.scattered(), site.accuracy().value(), 0);
  }

  private List<Findings.Light> leaks(List<Findings.SiteFinding> sites, int best) {
    if (!origins.settings().asks(Check.LEAKAGE)) {
      return List.of();
    }
    var corpus = origins.corpus();
    var labels =
        corpus.target() instanceof Classes classes ? classes.toArray() : new int[corpus.size()];
    var out = new ArrayList<>(new Leaks(corpus, task.folds(), labels).texts());
    Leaks.layers(sites, best)
        .ifPresent(a -> out.add(Leaks.firstLayer(a, task.chance(), task.metric())));
    return out;
  }

  /// What several classes answer in their own way.
  private final class SeveralAsked implements BestSite.Asked {
    private final ManyClasses many;
    private final SiteTable table;
    private final LabelTask.Found own;
    private final List<Findings.SiteFinding> sites;
    private final int best;
    private final Matrix x;

    SeveralAsked(
        ManyClasses many,
        SiteTable table,
        LabelTask.Found own,
        List<Findings.SiteFinding> sites,
        int best,
        Matrix x) {
      this.many = many;
      this.table = table;
      this.own = own;
      this.sites = sites;
      this.best = best;
      this.x = x;
    }

    @Override
    public double[] exact(Optional<Basis> basis) {
      return table.exact(best, x, basis);
    }

    @Override
    public Leakage.Inflation inflation(Optional<Basis> basis) {
      return TaskInquiry.inflation(own, sites.get(best));
    }

    @Override
    public List<Grounds.SiteGrounds> everySite(Groundwork work) {
      return table.grounds();
    }

    @Override
    public List<Findings.Light> leaks() {
      var out = new ArrayList<>(TaskInquiry.this.leaks(sites, best));
      if (origins.settings().asks(Check.LEAKAGE) && origins.corpus().images().isEmpty()) {
        out.add(
            new Findings.Light(
                "single word",
                Findings.Colour.AMBER,
                "whether one word gives the label away is asked of two classes only; of several there is the bag of words",
                "Set one class against the others (a column of two classes) where it matters."));
      }
      return out;
    }

    @Override
    public double memorised() {
      return own.memorised();
    }

    @Override
    public int[] control() {
      return many.control();
    }

    @Override
    public double chance() {
      return task.chance();
    }
  }
}
