package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Probes in a file, with what they belong to: `probe.safetensors`.
///
/// For each site the arrays of its probe, `NAME/SITE` in float64, in the space of the raw rows: for
/// a linear one `direction/SITE` (d) and `bias/SITE` (1). In the metadata the kind of the probes
/// ([Kinds]; linear if not given), the digests of model and tokenizer, the names of the classes
/// (empty for a probe that predicts numbers), the best site and the identity of the study. A probe
/// read from another model's numbers would give scores that mean nothing, so [#mustFit] refuses.
public record SavedProbe(
    Digest model,
    String tokenizer,
    String family,
    String best,
    List<String> classes,
    String study,
    Map<String, Fitted> sites) {
  public static final String FORMAT = "sonde.probe/1";

  public SavedProbe {
    classes = List.copyOf(classes);
    sites = Map.copyOf(sites);
    if (!sites.containsKey(best)) {
      throw new IllegalArgumentException(
          "the best site " + best + " is not among " + sites.keySet());
    }
    if (sites.values().stream().map(Fitted::kind).distinct().count() > 1) {
      throw new IllegalArgumentException("the probes of one file are of one kind");
    }
  }

  public String kind() {
    return sites.values().iterator().next().kind();
  }

  /// Whether its scores mean a probability of the positive class.
  public boolean logOdds() {
    return switch (kind()) {
      case "quadratic", "mlp" -> true;
      case "linear" ->
          ProbeFamily.all().stream().anyMatch(f -> f.name().equals(family) && f.logOdds());
      default -> false;
    };
  }

  /// Whether the softmax of its scores in the classes means their probabilities.
  public boolean probabilities() {
    return kind().equals("linear-map")
        && classes.size() > 2
        && ClassFamily.all().stream().anyMatch(f -> f.name().equals(family) && f.probabilities());
  }

  public void write(Path file) {
    var out =
        new SafeTensorsFile()
            .with("format", FORMAT)
            .with("model_sha256", model.hex())
            .with("tokenizer", tokenizer)
            .with("probe", family)
            .with("kind", kind())
            .with("best", best)
            .with("negative_class", classes.isEmpty() ? "" : classes.getFirst())
            .with("positive_class", classes.isEmpty() ? "" : classes.getLast())
            .with("study", study);
    for (int k = 0; classes.size() > 2 && k < classes.size(); k++) {
      out = out.with("class_" + k, classes.get(k));
    }
    for (var site : new TreeMap<>(sites).entrySet()) {
      for (var array : site.getValue().parameters().entrySet()) {
        var m = array.getValue();
        long[] shape = m.rows() == 1 ? new long[] {m.cols()} : new long[] {m.rows(), m.cols()};
        out = out.with(array.getKey() + "/" + site.getKey(), m.toDoubles(), shape);
      }
    }
    out.write(file);
  }

  /// @throws BadInput if the file is no saved probe
  public static SavedProbe read(Path file) {
    try (var in = SafeTensors.open(file)) {
      var meta = in.metadata();
      if (!FORMAT.equals(meta.get("format"))) {
        throw new BadInput(
            "%s is no probe that Sonde saved (format %s, expected %s)"
                .formatted(file, meta.get("format"), FORMAT));
      }
      var arrays = new LinkedHashMap<String, Map<String, Matrix>>();
      for (var name : new TreeSet<>(in.names())) {
        int at = name.indexOf('/');
        if (at > 0) {
          arrays
              .computeIfAbsent(name.substring(at + 1), s -> new HashMap<>())
              .put(name.substring(0, at), array(in, name));
        }
      }
      var kind = meta.getOrDefault("kind", "linear");
      var sites = new LinkedHashMap<String, Fitted>();
      arrays.forEach((site, parameters) -> sites.put(site, Kinds.restored(kind, parameters)));
      var best = text(meta, "best", file);
      if (!sites.containsKey(best)) {
        throw new BadInput(
            "%s: the best site is %s, but there are probes for %s only"
                .formatted(file, best, String.join(", ", sites.keySet())));
      }
      return new SavedProbe(
          new Digest(text(meta, "model_sha256", file)),
          text(meta, "tokenizer", file),
          text(meta, "probe", file),
          best,
          classes(meta, file),
          text(meta, "study", file),
          sites);
    }
  }

  private static List<String> classes(Map<String, String> meta, Path file) {
    if (meta.containsKey("class_0")) {
      return Stream.iterate(0, k -> k + 1)
          .map(k -> "class_" + k)
          .takeWhile(meta::containsKey)
          .map(key -> text(meta, key, file))
          .toList();
    }
    return Stream.of(text(meta, "negative_class", file), text(meta, "positive_class", file))
        .filter(name -> !name.isEmpty())
        .toList();
  }

  /// @throws BadInput for another model or tokenizer than the probe was trained on
  public void mustFit(String name, Digest weights, String itsTokenizer) {
    if (!model.equals(weights)) {
      throw new BadInput(
          "this probe was trained on a model with digest %s, but %s has %s; a probe reads only the model it was trained on"
              .formatted(model.brief(), name, weights.brief()));
    }
    if (!tokenizer.equals(itsTokenizer)) {
      throw new BadInput(
          "this probe was trained with tokenizer %s, but %s has %s"
              .formatted(tokenizer, name, itsTokenizer));
    }
  }

  /// What was learnt at a site, `resid_post.7@mean`.
  ///
  /// @throws BadInput if there is nothing
  public Fitted at(String site) {
    var found = sites.get(site);
    if (found == null) {
      throw new BadInput(
          "this file has no probe for %s; it has %s"
              .formatted(site, String.join(", ", new TreeSet<>(sites.keySet()))));
    }
    return found;
  }

  /// The probe of a site, if it gives one score a row.
  ///
  /// @throws BadInput if there is none, or it is of a kind that does not
  public Probe probe(String site) {
    if (at(site) instanceof Probe probe) {
      return probe;
    }
    throw new BadInput(
        "the probe in this file is of kind %s, which has no single score for a row; linear, quadratic and mlp have"
            .formatted(kind()));
  }

  private static Matrix array(SafeTensors in, String name) {
    var shape = in.shape(name);
    if (in.type(name) != DType.FLOAT64 || shape.length < 1 || shape.length > 2) {
      throw new BadInput(
          "the tensor %s of the saved probe is %s of %d axes; one or two of float64 are expected"
              .formatted(name, in.type(name), shape.length));
    }
    var values = in.segment(name).toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
    int cols = Math.toIntExact(shape[shape.length - 1]);
    int rows = shape.length == 1 ? 1 : Math.toIntExact(shape[0]);
    return Matrix.ofDoubles(rows, cols, values);
  }

  private static String text(Map<String, String> meta, String key, Path file) {
    var found = meta.get(key);
    if (found == null) {
      throw new BadInput("%s: the metadata lack %s; was it written by Sonde?".formatted(file, key));
    }
    return found;
  }
}
