package dev.sonde.study;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.linalg.Basis;
import dev.sonde.probe.Fitted;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// [Study] of activations that were made elsewhere: the same questions of the same tasks
/// ([Inquiry]), with layers of arrays for sites of a network.
///
/// What needs the texts (length, words, near-duplicates) is asked if they are given with the
/// labels; what the untrained network and other baselines give, if they are given as arrays
/// ([Beside]). What could not be asked is said, with what would let it be.
public final class ArrayStudy {
  private final LayerTable table;
  private final StudySettings settings;
  private final Study.Request request;
  private final Beside beside;
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  /// Arrays of the same rows: `untrained` has the same layers of the untrained network, `baselines`
  /// by name what a probe of the activations has to beat, one layer each.
  public record Beside(Optional<LayerTable> untrained, Map<String, LayerTable> baselines) {
    public static final Beside NOTHING = new Beside(Optional.empty(), Map.of());

    public Beside {
      baselines = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(baselines));
    }
  }

  public ArrayStudy(LayerTable table, Study.Request request) {
    this(table, Beside.NOTHING, request);
  }

  private ArrayStudy(LayerTable table, Beside beside, Study.Request request) {
    this.table = table;
    this.beside = beside;
    this.request = request;
    settings =
        request
            .settings()
            .withSites(
                table.layers().stream().map(LayerTable.Layer::name).toList(), List.of("row"));
  }

  /// The same with arrays to be held against.
  ///
  /// @throws BadInput if these are of other rows, or lack a layer
  public ArrayStudy with(Beside given) {
    given.untrained.ifPresent(other -> {
      mustHaveRows("the untrained network", other);
      table.layers().forEach(layer -> twin(other, layer));
    });
    given.baselines.forEach((name, other) -> {
      mustHaveRows("the baseline " + name, other);
      if (other.layers().size() != 1) {
        throw new BadInput(
            "the baseline %s (%s) has %d layers; a baseline is rows x numbers, so name one layer"
                .formatted(name, other.source(), other.layers().size()));
      }
    });
    return new ArrayStudy(table, given, request);
  }

  private void mustHaveRows(String what, LayerTable other) {
    if (other.rows() != table.rows()) {
      throw new BadInput(
          "%s (%s) has %d rows, but %s has %d; the same rows are needed, in the same order"
              .formatted(what, other.source(), other.rows(), table.source(), table.rows()));
    }
  }

  /// By name, or where each has one layer that one.
  private LayerTable.Layer twin(LayerTable other, LayerTable.Layer layer) {
    return other.layers().size() == 1 && table.layers().size() == 1
        ? other.layers().getFirst()
        : other.layer(layer.name());
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
    return source(rows.corpus()).origin();
  }

  private ArraySource source(Corpus corpus) {
    return new ArraySource(table, settings, corpus, beside, request.clock(), seconds);
  }

  /// @throws BadInput if numbers of rows differ, labels are of one class (or no numbers), there are
  ///   too few groups, or an activation is not finite
  public Outcome run(LabelledRows rows, Workers workers, Progress progress) {
    rows.mustFit(table.rows(), table.source());
    var source = source(rows.corpus());
    var walk = new Walk(request, source.origin().identity(), seconds, workers, progress);
    var task = LabelTask.of(settings, source.corpus());
    var inquiry = new Inquiry(task, source);
    var layers = table.layers();
    var found =
        walk.timed(
            "probes",
            () ->
                walk.at("probes", numbers(), Finished.TASK, l -> task.at(layers.get(l).matrix())));
    var rivals = workers.begin(() -> inquiry.rivals(readings(source, inquiry.learner())));
    var twins = source.twins() ? twins(task, walk) : List.<double[]>of();
    var all = new Inquiry.Gathered(places(), found, twins, rivals.get());
    var findings =
        walk.timed("summary", () -> inquiry.findings(all, l -> layers.get(l).matrix(), workers));
    var probes = new LinkedHashMap<String, Fitted>();
    for (int l = 0; l < found.size(); l++) {
      probes.put(layers.get(l).name(), found.get(l).whole());
    }
    return new Outcome(findings, probes, layers.get(findings.best().site()).name());
  }

  /// Names of layers may hold what names of files may not.
  private List<String> numbers() {
    return IntStream.range(0, table.layers().size()).mapToObj(Integer::toString).toList();
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

  private List<double[]> twins(LabelTask task, Walk walk) {
    var other = beside.untrained.orElseThrow();
    return walk.timed(
        "untrained probes",
        () ->
            walk.at(
                "probes, untrained",
                numbers(),
                Finished.SCORES,
                l -> task.scores(twinRows(other, table.layers().get(l)))));
  }

  private Matrix twinRows(LayerTable other, LayerTable.Layer layer) {
    var x = twin(other, layer).matrix();
    int width = layer.matrix().cols();
    if (x.cols() != width) {
      throw new BadInput(
          "%s has %d numbers a row at %s, but %s has %d; it must be the same network, untrained"
              .formatted(other.source(), x.cols(), layer.name(), table.source(), width));
    }
    return x;
  }

  private List<Inquiry.Reading> readings(ArraySource source, String learner) {
    var out = new ArrayList<Inquiry.Reading>();
    if (settings.baselines()) {
      if (source.shown()) {
        out.addAll(Baselines.surface(settings, source.corpus().texts(), learner));
      }
      beside.baselines.forEach((name, other) ->
          out.add(
              new Inquiry.Reading(
                  name,
                  "%s on %s".formatted(learner, other.source()),
                  other.layers().getFirst().matrix(),
                  Basis.Scaling.COMMON,
                  false)));
    }
    return out;
  }
}
