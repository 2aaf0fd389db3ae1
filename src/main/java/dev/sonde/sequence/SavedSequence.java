package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Linear;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import dev.sonde.weights.SafeTensors;
import dev.sonde.weights.SafeTensorsFile;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A probe of sequences in a file, with what it belongs to.
///
/// A safetensors file of float64 arrays in the space of the raw rows, with the kind, the settings,
/// the names of the classes, the point, and the digests of model and tokenizer in its metadata.
/// [#mustFit] refuses another model, whose numbers mean something else. `subtoken` says which
/// tokens speak for a word (`mean`, where whole tokens are read).
public record SavedSequence(
    Digest model,
    String tokenizer,
    String point,
    String subtoken,
    List<String> classes,
    String study,
    SequenceProbe probe) {
  public static final String FORMAT = "sonde.sequence/1";

  public SavedSequence {
    classes = List.copyOf(classes);
  }

  public void write(Path file) {
    var out =
        new SafeTensorsFile()
            .with("format", FORMAT)
            .with("kind", probe.kind())
            .with("model_sha256", model.hex())
            .with("tokenizer", tokenizer)
            .with("point", point)
            .with("subtoken", subtoken)
            .with("study", study);
    for (int k = 0; k < classes.size(); k++) {
      out = out.with("class_" + k, classes.get(k));
    }
    for (var setting : new TreeMap<>(probe.settings()).entrySet()) {
      out = out.with("setting_" + setting.getKey(), setting.getValue());
    }
    for (var array : new TreeMap<>(probe.parameters()).entrySet()) {
      var m = array.getValue();
      out = out.with(array.getKey(), m.toDoubles(), m.rows(), m.cols());
    }
    out.write(file);
  }

  /// Whether a file says that it holds one.
  public static boolean is(Path file) {
    try (var in = SafeTensors.open(file)) {
      return FORMAT.equals(in.metadata().get("format"));
    }
  }

  /// @throws BadInput if the file holds none, or not all of it
  public static SavedSequence read(Path file) {
    try (var in = SafeTensors.open(file)) {
      var meta = in.metadata();
      if (!FORMAT.equals(meta.get("format"))) {
        throw new BadInput(
            "%s is no probe of sequences that Sonde saved (format %s, expected %s)"
                .formatted(file, meta.get("format"), FORMAT));
      }
      var arrays = new TreeMap<String, Matrix>();
      for (var name : in.names()) {
        arrays.put(name, array(in, name));
      }
      var classes =
          Stream.iterate(0, k -> k + 1)
              .map(k -> "class_" + k)
              .takeWhile(meta::containsKey)
              .map(key -> text(meta, key))
              .toList();
      return new SavedSequence(
          new Digest(text(meta, "model_sha256")),
          text(meta, "tokenizer"),
          text(meta, "point"),
          text(meta, "subtoken"),
          classes,
          text(meta, "study"),
          restored(text(meta, "kind"), classes, arrays, meta));
    }
  }

  private static SequenceProbe restored(
      String kind, List<String> classes, Map<String, Matrix> p, Map<String, String> meta) {
    return switch (kind) {
      case "tags" -> new Tagger(linear(p, classes.size()));
      case "structural-distance" ->
          StructuralProbe.of(StructuralProbe.Kind.DISTANCE, array(p, "map"));
      case "structural-depth" -> StructuralProbe.of(StructuralProbe.Kind.DEPTH, array(p, "map"));
      case "attention" -> attention(p, meta);
      case "sawmil" -> {
        var three = SawmilClasses.restored(classes, linear(p, classes.size()), p);
        yield new Verdicts(
            three,
            p.containsKey("calibration")
                ? Optional.of(
                    Conformal.restored(
                        array(p, "calibration").toDoubles(), number(meta, "setting_alpha")))
                : Optional.empty());
      }
      case "aggregated" ->
          TokenProbe.of(
              linear(p, 1).getFirst(), Aggregation.parse(text(meta, "setting_aggregation")));
      default -> throw new BadInput("the saved probe is of a kind that is not known: " + kind);
    };
  }

  private static AttentionProbe attention(Map<String, Matrix> p, Map<String, String> meta) {
    var query = array(p, "query");
    int heads = query.rows();
    var value = array(p, "value", heads, query.cols());
    var queries = new double[heads][];
    var values = new double[heads][];
    for (int h = 0; h < heads; h++) {
      queries[h] = query.row(h);
      values[h] = value.row(h);
    }
    var name = text(meta, "setting_attention").toUpperCase(Locale.ROOT);
    var attention =
        Arrays.stream(Attention.values())
            .filter(a -> a.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new BadInput("the saved probe attends in an unknown way: " + name));
    return AttentionProbe.of(
        attention,
        (int) number(meta, "setting_window"),
        queries,
        values,
        array(p, "position", 1, heads).toDoubles(),
        array(p, "bias", 1, 1).at(0, 0));
  }

  private static List<Linear> linear(Map<String, Matrix> p, int count) {
    var directions = array(p, "direction");
    directions = array(p, "direction", count, directions.cols());
    var biases = array(p, "bias", 1, count);
    var out = new ArrayList<Linear>();
    for (int k = 0; k < count; k++) {
      out.add(Linear.of(directions.row(k), biases.at(0, k)));
    }
    return out;
  }

  /// `direction` a row a probe, and `bias`.
  static Map<String, Matrix> arrays(List<Linear> probes) {
    int d = probes.getFirst().direction().length;
    var directions = new double[probes.size() * d];
    var biases = new double[probes.size()];
    for (int k = 0; k < biases.length; k++) {
      System.arraycopy(probes.get(k).direction(), 0, directions, k * d, d);
      biases[k] = probes.get(k).bias();
    }
    return Map.of("direction", Matrix.ofDoubles(probes.size(), d, directions), "bias", row(biases));
  }

  static Matrix row(double[] values) {
    return Matrix.ofDoubles(1, values.length, values);
  }

  /// @throws BadInput if it is not there in this shape
  static Matrix array(Map<String, Matrix> p, String name, int rows, int cols) {
    var found = array(p, name);
    if (found.rows() != rows || found.cols() != cols) {
      throw new BadInput(
          "the tensor %s of the saved probe should be %d x %d, but is %d x %d; is the file whole?"
              .formatted(name, rows, cols, found.rows(), found.cols()));
    }
    return found;
  }

  private static Matrix array(Map<String, Matrix> p, String name) {
    var found = p.get(name);
    if (found == null || found.rows() == 0 || found.cols() == 0) {
      throw new BadInput("the saved probe lacks the tensor " + name);
    }
    return found;
  }

  private static Matrix array(SafeTensors in, String name) {
    var shape = in.shape(name);
    if (in.type(name) != DType.FLOAT64 || shape.length != 2) {
      throw new BadInput(
          "the tensor %s of the saved probe is %s of %d axes; two of float64 are expected"
              .formatted(name, in.type(name), shape.length));
    }
    return Matrix.ofDoubles(
        Math.toIntExact(shape[0]),
        Math.toIntExact(shape[1]),
        in.segment(name).toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED));
  }

  private static double number(Map<String, String> meta, String key) {
    var text = text(meta, key);
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadInput("the saved probe's %s is no number: %s".formatted(key, text), e);
    }
  }

  private static String text(Map<String, String> meta, String key) {
    var found = meta.get(key);
    if (found == null) {
      throw new BadInput("the saved probe's metadata lack " + key + "; was it written by Sonde?");
    }
    return found;
  }

  /// @throws BadInput for another model or tokenizer than the probe was trained on
  public void mustFit(String name, Digest weights, String itsTokenizer) {
    if (!model.equals(weights) || !tokenizer.equals(itsTokenizer)) {
      throw new BadInput(
          "this probe was trained on a model with digest %s and tokenizer %s, but %s has %s and %s; a probe reads only the model it was trained on"
              .formatted(model.brief(), tokenizer, name, weights.brief(), itsTokenizer));
    }
  }
}
