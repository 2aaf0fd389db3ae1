package dev.sonde.study;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import dev.sonde.data.Numbers;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Permutations;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.probe.Linear;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.Workers;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
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
  public record Outcome(Findings findings, Map<String, Linear> probes, String best) {
    public Outcome {
      probes = Map.copyOf(probes);
    }
  }

  /// @throws BadInput if numbers of rows differ, labels are not of two classes (or numbers), there
  ///   are too few groups, or an activation is not finite
  public Outcome run(LabelledRows rows, Workers workers, Progress progress) {
    rows.mustFit(table.rows(), table.source());
    var corpus = rows.corpus();
    var from = request.clock().instant();
    boolean ridge = settings.probe().equals(NumberInquiry.PROBE);
    var task =
        corpus.target() instanceof Numbers numbers
            ? new ArrayNumbers(settings, corpus, numbers)
            : new ArrayClasses(settings, corpus, (Classes) corpus.target());
    if (ridge != task instanceof ArrayNumbers) {
      throw new BadInput("numbers are probed by ridge and classes by any other probe");
    }
    var found = everyLayer(task, workers, progress);
    var max = maxima(found);
    var sites = new ArrayList<Findings.SiteFinding>();
    for (int s = 0; s < found.size(); s++) {
      sites.add(site(task, table.layers().get(s), found.get(s), max));
    }
    int best = best(sites);
    var theNull = theNull(task, max, found.get(best), best, workers);
    var took = java.time.Duration.between(from, request.clock().instant()).toNanos() / 1e9;
    var findings =
        findings(task, corpus, sites, theNull, detail(task, best, found), found.get(best), took);
    var probes = new LinkedHashMap<String, Linear>();
    for (int s = 0; s < found.size(); s++) {
      probes.put(table.layers().get(s).name(), found.get(s).whole());
    }
    return new Outcome(findings, probes, table.layers().get(best).name());
  }

  private Findings findings(
      ArrayTask task,
      Corpus corpus,
      List<Findings.SiteFinding> sites,
      Findings.Null theNull,
      Findings.Best detail,
      ArrayTask.LayerFound best,
      double seconds) {
    var subject =
        new Findings.Subject(
            "Do the activations in %s carry what %s says?"
                .formatted(table.source(), corpus.columns().label()),
            settings.probe(),
            task.metric(),
            sites.stream().map(Findings.SiteFinding::position).distinct().toList(),
            sites.stream().map(Findings.SiteFinding::point).distinct().toList());
    var baseline = task.baseline();
    var verdict = new ArrayVerdict(corpus, task.metric(), sites, baseline, theNull, detail);
    return new Findings(
        origin(corpus, Map.of("probes", seconds)),
        subject,
        sites,
        List.of(baseline),
        theNull,
        detail,
        verdict.verdict(),
        verdict.warnings(best),
        Grounds.NONE);
  }

  private List<ArrayTask.LayerFound> everyLayer(
      ArrayTask task, Workers workers, Progress progress) {
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<ArrayTask.LayerFound>>();
    for (var layer : table.layers()) {
      pieces.add(() -> {
        var out = task.at(layer.matrix());
        progress.at("probes", done.incrementAndGet(), table.layers().size());
        return out;
      });
    }
    return workers.map(pieces);
  }

  private Findings.SiteFinding site(
      ArrayTask task, LayerTable.Layer layer, ArrayTask.LayerFound found, double[] max) {
    var scores = found.held();
    var main = task.main(scores);
    var further = task.further(scores);
    var own = found.dealt();
    Arrays.sort(own);
    boolean classes = task instanceof ArrayClasses;
    return new Findings.SiteFinding(
        layer.name().replaceAll("@.*", ""),
        layer.number(),
        layer.name().contains("@") ? layer.name().replaceAll("^.*@", "") : "row",
        settings.probe(),
        main,
        task.second(scores),
        further[0],
        further[1],
        further[2],
        further[3],
        found.c(),
        Arrays.stream(own).average().orElse(Double.NaN),
        Bootstrap.quantile(own, 0.95),
        Permutations.pValue(found.nulls().getFirst(), max),
        found.control(),
        main.value() - (classes ? found.control() : Math.max(0, found.control())),
        Double.NaN,
        Double.NaN);
  }

  private double[] maxima(List<ArrayTask.LayerFound> found) {
    var out = new double[settings.permutations()];
    Arrays.fill(out, Double.NEGATIVE_INFINITY);
    for (var layer : found) {
      var own = layer.dealt();
      for (int b = 0; b < out.length; b++) {
        out[b] = Math.max(out[b], own[b]);
      }
    }
    return out;
  }

  private Findings.Null theNull(
      ArrayTask task, double[] max, ArrayTask.LayerFound best, int at, Workers workers) {
    int checked = Math.min(settings.checked(), max.length);
    double largest = 0;
    if (checked > 0) {
      var x = table.layers().get(at).matrix();
      var exact = workers.call(() -> task.exactNull(x, best, checked));
      for (int b = 0; b < checked; b++) {
        largest = Math.max(largest, Math.abs(exact[b] - best.nulls().get(b + 1)));
      }
    }
    var sorted = max.clone();
    Arrays.sort(sorted);
    return new Findings.Null(
        max.length,
        task.scheme(),
        Bootstrap.quantile(sorted, 0.95),
        Arrays.stream(max).average().orElse(Double.NaN),
        checked,
        largest);
  }

  private static int best(List<Findings.SiteFinding> sites) {
    int best = 0;
    for (int s = 1; s < sites.size(); s++) {
      best = sites.get(s).accuracy().value() > sites.get(best).accuracy().value() ? s : best;
    }
    return best;
  }

  private Findings.Best detail(ArrayTask task, int best, List<ArrayTask.LayerFound> found) {
    var scores = found.get(best).held();
    int width = found.get(best).whole().direction().length;
    var same =
        IntStream.range(0, found.size())
            .filter(s -> found.get(s).whole().direction().length == width)
            .boxed()
            .toList();
    return new Findings.Best(
        best,
        task.main(nested(task, found)),
        task.held(scores),
        task.calibration(scores),
        same.stream().map(s -> table.layers().get(s).name()).toList(),
        Summary.cosines(same.stream().map(s -> found.get(s).whole()).toList()));
  }

  /// For every row the score at the layer that the inner folds of its fold prefer.
  private static double[] nested(ArrayTask task, List<ArrayTask.LayerFound> found) {
    var out = found.getFirst().held();
    for (int i = 0; i < out.length; i++) {
      int fold = task.fold(i);
      int best = 0;
      for (int s = 1; s < found.size(); s++) {
        best = found.get(s).inner().get(fold) > found.get(best).inner().get(fold) ? s : best;
      }
      out[i] = found.get(best).scores().get(i);
    }
    return out;
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
                + corpus.columns()
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
