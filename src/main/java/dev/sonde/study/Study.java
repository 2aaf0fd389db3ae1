package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Captured;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Folds;
import dev.sonde.eval.Permutations;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.probe.ProbeFamily;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/// The main job: does this network represent what the labels say; where, and is that more than the
/// probe's own doing?
///
/// Every text runs through the network and through its untrained twin once. At every site (point x
/// position) the probe is scored on held-out groups with its regularisation chosen inside, beside
/// permuted labels, a control task and what the surface of the text gives away.
public final class Study {
  private final OpenModel open;
  private final StudySettings settings;
  private final InstantSource clock;
  private final Path keep;
  private Finished finished = new Finished(Path.of(""));
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /// What is asked for; `clock` dates the findings and times the phases. `keep` is a folder in
  /// which finished sites are kept until all are, under [#unfinished]; empty keeps nothing.
  public record Request(StudySettings settings, InstantSource clock, Path keep) {
    public Request(StudySettings settings, InstantSource clock) {
      this(settings, clock, Path.of(""));
    }
  }

  /// Where a study of this identity keeps what it has finished, to go on there if it is
  /// interrupted. Whoever has written the findings down may remove it.
  public static Path unfinished(Path keep, Digest identity) {
    return keep.resolve("unfinished-" + identity.brief());
  }

  public Study(OpenModel open, Request request) {
    this.open = open;
    this.settings = request.settings();
    this.clock = request.clock();
    this.keep = request.keep();
  }

  /// Where the numbers of a run on this corpus come from, before it begins.
  public Findings.Origin origin(Corpus corpus) {
    return new Origins(open, settings, corpus, clock, seconds).origin();
  }

  /// Findings and, for each site, the probe trained on all rows.
  public record Outcome(Findings findings, List<FittedSite> probes) {}

  /// @throws BadInput if the corpus cannot answer the question: too few groups, texts too long, …
  public Outcome run(Corpus corpus, Workers workers, Progress progress) {
    var origins = new Origins(open, settings, corpus, clock, seconds);
    if (!keep.toString().isEmpty()) {
      finished = new Finished(unfinished(keep, origins.origin().identity()));
    }
    refuseMixed();
    boolean ridge = settings.probe().equals(NumberTask.PROBE);
    if (corpus.target() instanceof Numbers numbers) {
      if (!ridge) {
        throw new BadInput(
            "column %s was read as numbers; the probe for numbers is ridge, not %s"
                .formatted(corpus.columns().label(), settings.probe()));
      }
      return run(
          new TaskInquiry(new NumberTask(settings, corpus, numbers), origins),
          corpus,
          workers,
          progress);
    }
    if (ridge) {
      throw new BadInput(
          "the ridge probe predicts numbers, but column %s was read as classes"
              .formatted(corpus.columns().label()));
    }
    var classes = (Classes) corpus.target();
    if (classes.names().size() > 2) {
      var task = new ManyClasses(settings, corpus, classes);
      return run(new TaskInquiry(task, origins), corpus, workers, progress);
    }
    return run(classes(origins, classes), corpus, workers, progress);
  }

  private void refuseMixed() {
    var all = new ArrayList<>(List.of(settings.probe()));
    all.addAll(settings.beside());
    if (all.size() > 1 && all.contains(NumberTask.PROBE)) {
      throw new BadInput(
          "ridge predicts numbers and is compared with no other probe; for classes there is ridge-classifier");
    }
    if (settings.probe().equals(Contenders.NONLINEAR)) {
      throw new BadInput(
          "mlp is no linear probe: it is shown beside one, so name that first, as in --probe logistic,mlp");
    }
  }

  private ClassInquiry classes(Origins origins, Classes classes) {
    var corpus = origins.corpus();
    var family = ProbeFamily.named(settings.probe());
    var seed = new Seed(settings.seed());
    var folds = Folds.grouped(classes, corpus.groups(), settings.folds(), seed);
    var positive = ProbeFamily.positives(classes);
    var permutations =
        Permutations.of(positive, corpus.groups(), folds, settings.permutations(), seed);
    var bootstrap = Bootstrap.byGroup(corpus.groups(), settings.draws(), seed);
    var evidence = new Evidence(settings, corpus, positive, folds, permutations, bootstrap);
    var scattered = Folds.random(classes, settings.folds(), seed);
    var probe = new SiteProbe(family, evidence, scattered);
    return new ClassInquiry(open, evidence, probe, family, origins);
  }

  private <F, T> Outcome run(
      Inquiry<F, T> inquiry, Corpus corpus, Workers workers, Progress progress) {
    var texts = timed("tokens", () -> open.encode(corpus, settings.truncate()));
    var positions = settings.positions().stream().map(Position::parse).toList();
    refuseAll(positions);
    var points = open.points(settings.points());
    var sites = new Capture(open.model(), points, positions).sites();
    var captured =
        timed(
            "capture",
            () -> capture(open.model(), points, positions, texts, workers, "capture", progress));
    var found =
        timed(
            "probes",
            () ->
                atEvery(sites, captured, inquiry::at, inquiry.kept(), "probes", workers, progress));
    var baselines = workers.begin(() -> inquiry.baselines(texts)); // beside the untrained weights
    List<T> twin =
        settings.untrained()
            ? twin(points, positions, sites, texts, inquiry, workers, progress)
            : List.of();
    return timed(
        "summary", () -> inquiry.summary(sites, captured, found, twin, baselines.get(), workers));
  }

  private <F, T> List<T> twin(
      List<Point> points,
      List<Position> positions,
      List<Site> sites,
      List<Tokens> texts,
      Inquiry<F, T> inquiry,
      Workers workers,
      Progress progress) {
    try (var twin =
        timed(
            "untrained weights",
            () -> open.model().untrained(new Seed(settings.seed()).forPurpose("untrained")))) {
      var captured =
          timed(
              "untrained capture",
              () ->
                  capture(twin, points, positions, texts, workers, "capture, untrained", progress));
      return timed(
          "untrained probes",
          () ->
              atEvery(
                  sites,
                  captured,
                  inquiry::twin,
                  inquiry.keptTwin(),
                  "probes, untrained",
                  workers,
                  progress));
    }
  }

  private static Captured capture(
      Model model,
      List<Point> points,
      List<Position> positions,
      List<Tokens> texts,
      Workers workers,
      String task,
      Progress progress) {
    return new Capture(model, points, positions)
        .run(texts, workers, (name, done, total) -> progress.at(task, done, total));
  }

  private <T> List<T> atEvery(
      List<Site> sites,
      Captured captured,
      Function<dev.sonde.data.Matrix, T> work,
      Finished.Form<T> form,
      String task,
      Workers workers,
      Progress progress) {
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<T>>();
    for (var site : sites) {
      pieces.add(() -> {
        var name = task + " " + site.toString().replace(':', '_');
        var out = finished.at(name, form, () -> work.apply(captured.at(site)));
        progress.at(task, done.incrementAndGet(), sites.size());
        return out;
      });
    }
    return workers.map(pieces);
  }

  private static void refuseAll(List<Position> positions) {
    if (positions.stream().anyMatch(p -> p instanceof Position.All)) {
      throw new BadInput(
          "a study has one row a text; position all gives one a token: use sonde capture for it, or name last, mean, first, cls, final or span:FROM-TO");
    }
  }

  private <T> T timed(String phase, Supplier<T> work) {
    var from = clock.instant();
    var out = work.get();
    double took = java.time.Duration.between(from, clock.instant()).toNanos() / 1e9;
    seconds.merge(phase, took, Double::sum);
    return out;
  }

  /// Layer 0 stands for the embeddings, layer l + 1 for what follows block l, as in the hidden
  /// states of the reference library.
  static int layer(Point point) {
    return point.place() == Place.EMBED || point.layer() < 0 ? -1 : point.layer();
  }
}
