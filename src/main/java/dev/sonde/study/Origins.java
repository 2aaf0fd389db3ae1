package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Corpus;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the numbers of a study come from, and what it asked. `sentences`: the encoder of the
/// sentence baseline, if there is one; `seconds` fills up while it runs.
record Origins(
    OpenModel open,
    StudySettings settings,
    Corpus corpus,
    Optional<String> sentences,
    InstantSource clock,
    Map<String, Double> seconds)
    implements Source {
  static final String ACCURACY = "accuracy";
  static final String R2 = "R2";

  @Override
  public Findings.Subject subject(List<SiteTable.Place> places, String metric) {
    return new Findings.Subject(
        "Does %s represent what column %s of %s says?"
            .formatted(open.name(), corpus.columns().label(), corpus.source()),
        settings.probe(),
        metric,
        settings.positions(),
        places.stream().map(SiteTable.Place::point).distinct().toList());
  }

  @Override
  public Words words() {
    var name = open.name();
    return new Words(
        name,
        " in " + name,
        ": %s represents it linearly,".formatted(name),
        "",
        " of " + name,
        "the embeddings");
  }

  @Override
  public boolean shown() {
    return true;
  }

  @Override
  public List<Findings.Light> missing() {
    return List.of();
  }

  @Override
  public Findings.Origin origin() {
    var read = open.reader().hex() + corpus.columns();
    return Source.origin(this, model(open), open.digest(), read, described());
  }

  /// Every setting, and in which numbers the network computed.
  private Map<String, String> described() {
    var out = new LinkedHashMap<>(settings.described());
    out.put("dtype", open.model().numerics().described());
    sentences.ifPresent(s -> out.put("sentence baseline", s));
    return out;
  }

  static Findings.ModelInfo model(OpenModel open) {
    var shape = open.model().architecture();
    return new Findings.ModelInfo(
        open.name(),
        shape.family(),
        open.digest(),
        open.reader().brief(),
        open.model().parameters(),
        shape.layers(),
        shape.dModel());
  }

  static Findings.DataInfo data(Corpus corpus) {
    var counts = new LinkedHashMap<String, Integer>();
    if (corpus.target() instanceof Classes classes) {
      for (int k = 0; k < classes.names().size(); k++) {
        counts.put(classes.names().get(k), classes.count(k));
      }
    }
    var columns = corpus.columns();
    return new Findings.DataInfo(
        corpus.source(),
        corpus.digest(),
        corpus.size(),
        counts,
        columns.group(),
        corpus.groups().count(),
        columns.text(),
        columns.label());
  }
}
