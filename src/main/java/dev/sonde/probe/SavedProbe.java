package dev.sonde.probe;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Probes in a file, with what they belong to: `probe.safetensors`.
///
/// Two tensors a site, `direction/SITE` (float64, d) and `bias/SITE` (float64, 1), in the space of
/// the raw rows; in the metadata the digests of model and tokenizer, the names of the classes
/// (empty for a probe that predicts numbers), the best site and the identity of the study. A probe
/// read from another model's numbers would give scores that mean nothing, so [#mustFit] refuses.
public record SavedProbe(
    Digest model,
    String tokenizer,
    String family,
    String best,
    List<String> classes,
    String study,
    Map<String, Linear> sites) {
  public static final String FORMAT = "sonde.probe/1";

  public SavedProbe {
    classes = List.copyOf(classes);
    sites = Map.copyOf(sites);
    if (!sites.containsKey(best)) {
      throw new IllegalArgumentException(
          "the best site " + best + " is not among " + sites.keySet());
    }
  }

  public void write(Path file) {
    var out =
        new SafeTensorsFile()
            .with("format", FORMAT)
            .with("model_sha256", model.hex())
            .with("tokenizer", tokenizer)
            .with("probe", family)
            .with("best", best)
            .with("negative_class", classes.isEmpty() ? "" : classes.getFirst())
            .with("positive_class", classes.isEmpty() ? "" : classes.getLast())
            .with("study", study);
    for (var site : new java.util.TreeMap<>(sites).entrySet()) {
      var direction = site.getValue().direction();
      out =
          out.with("direction/" + site.getKey(), direction, direction.length)
              .with("bias/" + site.getKey(), new double[] {site.getValue().bias()}, 1);
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
      var sites = new LinkedHashMap<String, Linear>();
      for (var name : in.names()) {
        if (name.startsWith("direction/")) {
          var site = name.substring("direction/".length());
          sites.put(site, Linear.of(numbers(in, name), numbers(in, "bias/" + site)[0]));
        }
      }
      return new SavedProbe(
          new Digest(text(meta, "model_sha256", file)),
          text(meta, "tokenizer", file),
          text(meta, "probe", file),
          text(meta, "best", file),
          Stream.of(text(meta, "negative_class", file), text(meta, "positive_class", file))
              .filter(name -> !name.isEmpty())
              .toList(),
          text(meta, "study", file),
          sites);
    }
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

  /// The probe of a site, `resid_post.7@mean`.
  ///
  /// @throws BadInput if there is none
  public Linear at(String site) {
    var found = sites.get(site);
    if (found == null) {
      throw new BadInput(
          "this file has no probe for %s; it has %s"
              .formatted(site, String.join(", ", new java.util.TreeSet<>(sites.keySet()))));
    }
    return found;
  }

  private static double[] numbers(SafeTensors in, String name) {
    if (!in.has(name)) {
      throw new BadInput("the saved probe lacks the tensor " + name);
    }
    return in.segment(name).toArray(java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED);
  }

  private static String text(Map<String, String> meta, String key, Path file) {
    var found = meta.get(key);
    if (found == null) {
      throw new BadInput("%s: the metadata lack %s; was it written by Sonde?".formatted(file, key));
    }
    return found;
  }
}
