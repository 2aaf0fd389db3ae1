package dev.sonde.cli;

import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Scores;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Answers;
import dev.sonde.probe.SavedProbe;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// `sonde score` on activations: a stored capture, or arrays made elsewhere.
final class ScoreRows {
  @Option(
      names = "--activations",
      paramLabel = "FILE",
      description =
          "score rows of numbers instead of texts: a folder of sonde capture or of vLLM, .npy, .npz[#NAME], .safetensors[#TENSOR], .csv")
  private String activations = "";

  @Option(
      names = "--second",
      paramLabel = "FILE",
      description = "with --activations: the other rows of the pairs, for ccs and bilinear")
  private String second = "";

  @Option(
      names = "--layer",
      paramLabel = "LAYER",
      description = "with --activations: which layer of them (default: the one called as the site)")
  private String layer = "";

  @Option(
      names = "--position",
      description = "with --activations: which token of vLLM's hidden states (default: last)")
  private String position = "";

  boolean asked() {
    return !activations.isEmpty();
  }

  java.nio.file.Path folder() {
    return java.nio.file.Path.of(activations);
  }

  void run(SavedProbe saved, String wanted, boolean json, PrintWriter out) {
    var site = wanted.isEmpty() ? saved.best() : wanted;
    var probe = saved.at(site);
    try (var table = LayerTable.open(activations, position)) {
      table.model().ifPresent(m -> saved.mustFit(m.model(), m.weights(), m.tokenizer()));
      Optional<Matrix> other = Optional.empty();
      if (!second.isEmpty()) {
        try (var pair = LayerTable.open(second, position)) {
          other = Optional.of(copied(matrix(pair, site)));
        }
      }
      print(saved, Answers.of(probe, matrix(table, site), other), json, out);
    }
    out.flush();
  }

  private static Matrix copied(Matrix x) {
    return Matrix.ofDoubles(x.rows(), x.cols(), x.toDoubles());
  }

  private Matrix matrix(LayerTable table, String site) {
    if (!layer.isEmpty()) {
      var some = table.select(java.util.List.of(layer)).layers();
      if (some.size() > 1) {
        throw new BadInput(
            "--layer %s stands for %d layers; name one".formatted(layer, some.size()));
      }
      return some.getFirst().matrix();
    }
    return table.layers().size() == 1
        ? table.layers().getFirst().matrix()
        : table.layer(site).matrix();
  }

  private static void print(SavedProbe saved, Answers found, boolean json, PrintWriter out) {
    boolean odds = saved.logOdds() && found.columns().size() == 1;
    var names = new ArrayList<String>();
    for (int k = 0; k < found.columns().size(); k++) {
      boolean named = saved.classes().size() == found.columns().size();
      names.add(
          found.columns().size() == 1 ? "score" : named ? saved.classes().get(k) : "output " + k);
    }
    if (!json) {
      out.println(
          "row  "
              + String.join("  ", names)
              + (odds ? "  P(%s)".formatted(saved.classes().getLast()) : "")
              + (found.columns().size() > 1 ? "  largest" : ""));
    }
    for (int i = 0; i < found.rows(); i++) {
      var line = new StringBuilder().append(i);
      var object = JsonMapper.shared().createObjectNode().put("row", i);
      for (int k = 0; k < names.size(); k++) {
        double value = found.columns().get(k).get(i);
        line.append(String.format(Locale.ROOT, "  %.6g", value));
        JsonNumbers.put(object, names.get(k), value);
      }
      if (odds) {
        double p = Scores.probability(found.columns().getFirst().get(i));
        line.append(String.format(Locale.ROOT, "  %.4f", p));
        object.put("probability", p);
      }
      if (names.size() > 1) {
        line.append("  ").append(names.get(found.largest(i)));
        object.put("largest", names.get(found.largest(i)));
      }
      out.println(json ? object.toString() : line.toString());
    }
  }
}
