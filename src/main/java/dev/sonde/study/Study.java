package dev.sonde.study;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Captured;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Corpus;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
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
import java.util.Optional;
import java.util.stream.IntStream;

/// The main job: does this network represent what the labels say; where, and is that more than the
/// probe's own doing?
///
/// Every text runs through the network and through its untrained twin once. At every site (point x
/// position) the probe is scored on held-out groups with its regularisation chosen inside, beside
/// permuted labels, a control task and what the surface of the text gives away.
public final class Study {
  private final OpenModel open;
  private final StudySettings settings;
  private final Request request;
  private final Optional<SentenceBaseline> sentences;
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
    this(open, request, Optional.empty());
  }

  private Study(OpenModel open, Request request, Optional<SentenceBaseline> sentences) {
    this.open = open;
    this.settings = request.settings();
    this.request = request;
    this.sentences = sentences;
  }

  /// The same with a sentence encoder as one more baseline.
  ///
  /// @throws BadInput if it reads no texts, or baselines are left out
  public Study withSentences(OpenModel encoder) {
    if (!settings.baselines()) {
      throw new BadInput("a sentence baseline was asked for, but baselines are left out");
    }
    return new Study(open, request, Optional.of(new SentenceBaseline(encoder)));
  }

  /// Where the numbers of a run on this corpus come from, before it begins.
  public Findings.Origin origin(Corpus corpus) {
    return origins(corpus).origin();
  }

  private Origins origins(Corpus corpus) {
    return new Origins(
        open,
        settings,
        corpus,
        sentences.map(SentenceBaseline::described),
        request.clock(),
        seconds);
  }

  /// Findings and, for each site, the probe trained on all rows.
  public record Outcome(Findings findings, List<FittedSite> probes) {}

  /// @throws BadInput if the corpus cannot answer the question: too few groups, texts too long, …
  public Outcome run(Corpus corpus, Workers workers, Progress progress) {
    var origins = origins(corpus);
    if (sentences.isPresent() && !corpus.images().isEmpty()) {
      throw new BadInput("a sentence baseline reads texts, but these are images");
    }
    var walk = new Walk(request, origins.origin().identity(), seconds, workers, progress);
    var task = LabelTask.of(settings, corpus);
    var inquiry = new Inquiry(task, origins);
    var texts = walk.timed("tokens", () -> open.encode(corpus, settings.truncate()));
    var capture = capture(open.model());
    var sites = capture.sites();
    var captured = walk.timed("capture", () -> rows(capture, texts, "capture", walk));
    var found =
        walk.timed(
            "probes",
            () ->
                walk.at(
                    "probes",
                    names(sites),
                    Finished.TASK,
                    s -> task.at(captured.at(sites.get(s)))));
    var embedded =
        sentences.map(e ->
            walk.timed(
                "sentence embeddings", () -> e.reading(corpus.texts(), inquiry.learner(), walk)));
    var rivals = // beside the untrained weights
        workers.begin(() -> {
          var all = new ArrayList<>(Baselines.of(open, settings, corpus, texts, inquiry.learner()));
          embedded.ifPresent(all::add);
          return inquiry.rivals(all);
        });
    var twins = settings.untrained() ? twins(task, texts, walk) : List.<double[]>of();
    var all =
        new Inquiry.Gathered(
            sites.stream().map(SiteTable.Place::of).toList(), found, twins, rivals.get());
    var findings =
        walk.timed("summary", () -> inquiry.findings(all, s -> captured.at(sites.get(s)), workers));
    return new Outcome(findings, fitted(sites, found));
  }

  private static List<FittedSite> fitted(List<Site> sites, List<LabelTask.Found> found) {
    return IntStream.range(0, sites.size())
        .mapToObj(s -> new FittedSite(sites.get(s), found.get(s).whole(), found.get(s).c()))
        .toList();
  }

  /// What files of what is finished are called.
  private static List<String> names(List<Site> sites) {
    return sites.stream().map(s -> s.toString().replace(':', '_')).toList();
  }

  private Capture capture(Model model) {
    var positions = settings.positions().stream().map(Position::parse).toList();
    refuseAll(positions);
    return new Capture(model, open.points(settings.points()), positions);
  }

  private static Captured rows(Capture capture, List<Tokens> texts, String task, Walk walk) {
    return capture.run(
        texts, walk.workers(), (name, done, total) -> walk.progress().at(task, done, total));
  }

  /// The untrained network's held-out scores at every site.
  private List<double[]> twins(LabelTask task, List<Tokens> texts, Walk walk) {
    try (var twin =
        walk.timed(
            "untrained weights",
            () -> open.model().untrained(new Seed(settings.seed()).forPurpose("untrained")))) {
      var capture = capture(twin);
      var sites = capture.sites();
      var captured =
          walk.timed("untrained capture", () -> rows(capture, texts, "capture, untrained", walk));
      return walk.timed(
          "untrained probes",
          () ->
              walk.at(
                  "probes, untrained",
                  names(sites),
                  Finished.SCORES,
                  s -> task.scores(captured.at(sites.get(s)))));
    }
  }

  private static void refuseAll(List<Position> positions) {
    if (positions.stream().anyMatch(p -> p instanceof Position.All)) {
      throw new BadInput(
          "a study has one row a text; position all gives one a token: use sonde capture for it, or name last, mean, first, cls, final or span:FROM-TO");
    }
  }

  /// Layer 0 stands for the embeddings, layer l + 1 for what follows block l, as in the hidden
  /// states of the reference library.
  static int layer(Point point) {
    return point.place() == Place.EMBED || point.layer() < 0 ? -1 : point.layer();
  }
}
