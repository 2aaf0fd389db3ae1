package dev.sonde.study;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Numbers;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.probe.Fitted;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.Workers;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// [Study] of activations that were made elsewhere: everything that needs neither the texts nor the
/// network.
///
/// Whole groups held out, C chosen inside, label permutations with the largest of all layers, the
/// control task, the layer chosen on inner folds, bootstrap by group. What needs the network (its
/// untrained twin) or the texts (length, words, embeddings) is not there, and the verdict says so.
public final class ArrayStudy {
  private final LayerTable table;
  private final StudySettings settings;
  private final Study.Request request;

  public ArrayStudy(LayerTable table, Study.Request request) {
    this.table = table;
    this.request = request;
    settings =
        request
            .settings()
            .withSites(table.layers().stream().map(LayerTable.Layer::name).toList(), List.of("row"))
            .with(false, false, false);
  }

  /// Findings and, by the name of the layer, the probe trained on all rows.
  public record Outcome(Findings findings, Map<String, Fitted> probes, String best) {
    public Outcome {
      probes = Map.copyOf(probes);
    }
  }

  /// Where the numbers of a run on these rows come from, before it begins.
  ///
  /// @throws BadInput if numbers of rows differ
  public Findings.Origin origin(LabelledRows rows) {
    rows.mustFit(table.rows(), table.source());
    return origin(rows.corpus(), Map.of());
  }

  /// @throws BadInput if numbers of rows differ, labels are of one class (or no numbers), there are
  ///   too few groups, or an activation is not finite
  public Outcome run(LabelledRows rows, Workers workers, Progress progress) {
    rows.mustFit(table.rows(), table.source());
    var corpus = rows.corpus();
    var origin = origin(corpus, Map.of());
    var finished =
        new Finished(
            request.keep().toString().isEmpty()
                ? request.keep()
                : Study.unfinished(request.keep(), origin.identity()));
    var from = request.clock().instant();
    boolean ridge = settings.probe().equals(NumberTask.PROBE);
    if (ridge != corpus.target() instanceof Numbers) {
      throw new BadInput("numbers are probed by ridge and classes by any other probe");
    }
    var task = task(corpus);
    var found = everyLayer(task, finished, workers, progress);
    var layers = new SiteTable(task, settings, places(), found);
    var sites = layers.sites(List.of());
    int best = SiteTable.best(sites);
    var theNull = layers.theNull(best, table.layers().get(best).matrix(), workers);
    var detail =
        layers.detail(
            best,
            IntStream.range(0, found.size()).boxed().toList(),
            table.layers().stream().map(LayerTable.Layer::name).toList());
    var took = java.time.Duration.between(from, request.clock().instant()).toNanos() / 1e9;
    var findings = findings(task, corpus, sites, theNull, detail, found.get(best), took);
    var probes = new LinkedHashMap<String, Fitted>();
    for (int s = 0; s < found.size(); s++) {
      probes.put(table.layers().get(s).name(), found.get(s).whole());
    }
    return new Outcome(findings, probes, table.layers().get(best).name());
  }

  private LabelTask task(Corpus corpus) {
    if (corpus.target() instanceof Numbers numbers) {
      return new NumberTask(settings, corpus, numbers);
    }
    var classes = (Classes) corpus.target();
    return classes.names().size() > 2
        ? new ManyClasses(settings, corpus, classes)
        : new TwoClasses(settings, corpus, classes);
  }

  private List<SiteTable.Place> places() {
    return table.layers().stream()
        .map(layer -> {
          var name = layer.name();
          int at = name.lastIndexOf('@');
          return new SiteTable.Place(
              at < 0 ? name : name.substring(0, at),
              layer.number(),
              at < 0 ? "row" : name.substring(at + 1));
        })
        .toList();
  }

  private Findings findings(
      LabelTask task,
      Corpus corpus,
      List<Findings.SiteFinding> sites,
      Findings.Null theNull,
      Findings.Best detail,
      LabelTask.Found best,
      double seconds) {
    var subject =
        new Findings.Subject(
            "Do the activations in %s carry what %s says?"
                .formatted(table.source(), corpus.columns().label()),
            settings.probe(),
            task.metric(),
            sites.stream().map(Findings.SiteFinding::position).distinct().toList(),
            sites.stream().map(Findings.SiteFinding::point).distinct().toList());
    var baseline = task.baseline().baseline();
    var verdict = new ArrayVerdict(corpus, task.metric(), sites, baseline, theNull, detail);
    return new Findings(
        origin(corpus, Map.of("probes", seconds)),
        subject,
        sites,
        List.of(baseline),
        theNull,
        detail,
        verdict.verdict(),
        verdict.warnings(best, task.chance()),
        Grounds.NONE);
  }

  private List<LabelTask.Found> everyLayer(
      LabelTask task, Finished finished, Workers workers, Progress progress) {
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<LabelTask.Found>>();
    for (int l = 0; l < table.layers().size(); l++) {
      int own = l;
      pieces.add(() -> {
        var layer = table.layers().get(own);
        var out = finished.at("layer " + own, Finished.TASK, () -> task.at(layer.matrix()));
        progress.at("probes", done.incrementAndGet(), table.layers().size());
        return out;
      });
    }
    return workers.map(pieces);
  }

  private Findings.ModelInfo model() {
    var widest = table.layers().getFirst().matrix().cols();
    int layers = table.layers().size();
    return table
        .model()
        .map(m ->
            new Findings.ModelInfo(
                m.model(), m.kind(), m.weights(), m.tokenizer(), 0, layers, widest))
        .orElseGet(() ->
            new Findings.ModelInfo(
                table.source(), "arrays", table.digest(), "", 0, layers, widest));
  }

  private Findings.Origin origin(Corpus corpus, Map<String, Double> seconds) {
    var identity =
        Digest.of(
            String.join("\n", Version.VALUE, table.digest().hex(), corpus.digest().hex())
                + settings.described());
    return new Findings.Origin(
        Version.VALUE,
        settings.seed(),
        model(),
        Origins.data(corpus),
        settings.described(),
        identity,
        request.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString(),
        "",
        seconds);
  }
}
