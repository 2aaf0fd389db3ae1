package dev.sonde.study;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Corpus;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Activations that were made elsewhere, or tensors of an ONNX network. `beside` are the arrays
/// given with them; `seconds` fills up while the study runs.
record ArraySource(
    LayerTable table,
    StudySettings settings,
    Corpus corpus,
    ArrayStudy.Beside beside,
    InstantSource clock,
    Map<String, Double> seconds)
    implements Source {
  /// Whether the rows are tensors of a network that is fed numbers.
  private boolean fed() {
    return table.model().filter(m -> m.kind().equals("onnx")).isPresent();
  }

  @Override
  public boolean shown() {
    return !corpus.columns().text().isEmpty();
  }

  boolean twins() {
    return settings.untrained() && beside.untrained().isPresent();
  }

  private boolean compared() {
    return settings.baselines() && (shown() || !beside.baselines().isEmpty());
  }

  @Override
  public Findings.Subject subject(List<SiteTable.Place> places, String metric) {
    var question =
        fed() ? "Does %s represent what %s says?" : "Do the activations in %s carry what %s says?";
    return new Findings.Subject(
        question.formatted(table.source(), corpus.columns().label()),
        settings.probe(),
        metric,
        places.stream().map(SiteTable.Place::position).distinct().toList(),
        places.stream().map(SiteTable.Place::point).distinct().toList());
  }

  @Override
  public Words words() {
    if (fed()) {
      var name = model().name();
      return new Words(
          name,
          " in " + name,
          ": %s represents it linearly,".formatted(name),
          "",
          " of " + name,
          "the input");
    }
    return new Words(
        "the probe",
        "",
        ", it can be read:",
        compared() || !settings.baselines()
            ? ""
            : "; whether the texts alone would tell cannot be checked without them",
        "",
        table.model().isPresent() ? "the embeddings" : "");
  }

  @Override
  public List<Light> missing() {
    var out = new ArrayList<Light>();
    if (settings.baselines() && !shown() && !fed()) {
      var given = beside.baselines().isEmpty() ? "" : ", beside the arrays given,";
      out.add(
          new Light(
              "texts",
              Colour.AMBER,
              "the activations come without their texts, so what length, words, runs of characters or a repeated text give away%s was not checked"
                  .formatted(given),
              "Give the texts with --texts, other numbers of the same rows with --baseline, or run sonde probe --model on the texts."));
    }
    if (settings.untrained() && beside.untrained().isEmpty()) {
      out.add(
          new Light(
              "untrained twin",
              Colour.AMBER,
              "what the same network gives untrained was not checked: %s"
                  .formatted(
                      fed()
                          ? "the file holds the trained one only"
                          : "the activations come without it"),
              fed()
                  ? "Give the same network with untrained weights with --untrained."
                  : "Give the same layers of the untrained network with --untrained, or run sonde probe --model on the texts."));
    }
    return out;
  }

  Findings.ModelInfo model() {
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

  @Override
  public Findings.Origin origin() {
    return Source.origin(this, model(), table.digest(), "", described());
  }

  /// Every setting; what was asked for but not given is not there. The arrays given by digest.
  private Map<String, String> described() {
    var out = new LinkedHashMap<>(settings.described());
    out.put("untrained", Boolean.toString(twins()));
    out.put("baselines", Boolean.toString(compared()));
    Optional.of(beside)
        .filter(b -> twins())
        .flatMap(ArrayStudy.Beside::untrained)
        .ifPresent(t -> out.put("untrained sha256", t.digest().hex()));
    if (settings.baselines()) {
      beside
          .baselines()
          .forEach((name, t) -> out.put("baseline %s sha256".formatted(name), t.digest().hex()));
    }
    return out;
  }
}
