package dev.sonde.cli;

import dev.sonde.data.ImageTable;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.Inputs;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.probe.Answers;
import dev.sonde.probe.SavedProbe;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// `sonde score --model NETWORK.onnx`: a probe of [OnnxStudy] on what is fed to its network.
record OnnxScore(SavedProbe saved, String site, boolean json, PrintWriter out) {
  /// Rows that are fed; `files` names the image of each, or is empty.
  private record Fed(NdArray rows, List<String> files) {}

  void run(Path model, List<Path> files, Optional<ImageTable> images) {
    var network = Network.open(model);
    saved.mustFit(network.name(), OnnxRows.digest(network, model), "");
    var probe = saved.at(site);
    var input = OnnxRows.input(network);
    var fed = images.isPresent() ? images(images.get(), input) : fed(files, input);
    var found = Answers.of(probe, OnnxRows.at(network, site, fed.rows), Optional.empty());
    print(found, fed.files);
    out.flush();
  }

  private static Fed images(ImageTable images, TensorPoint input) {
    var paths = images.paths();
    return new Fed(Inputs.ofImages(paths.stream().map(Path::of).toList(), input), paths);
  }

  private static Fed fed(List<Path> files, TensorPoint input) {
    if (files.isEmpty()) {
      throw new BadInput(
          "there is nothing to score: give --data FILE (.npy, a table of numbers, an image or a folder of images) or --images PATH");
    }
    var arrays = files.stream().map(file -> Inputs.read(file, input)).toList();
    var names = new ArrayList<String>();
    for (var file : files) {
      if (Files.isDirectory(file)) {
        Inputs.images(file).forEach(image -> names.add(image.toString()));
      } else if (ImageTable.named(file)) {
        names.add(file.toString());
      }
    }
    var all = arrays.size() == 1 ? arrays.getFirst() : NdArray.joined(arrays);
    return new Fed(all, names.size() == all.rows() ? names : List.of());
  }

  private void print(Answers found, List<String> files) {
    boolean many = found.columns().size() > 1;
    var classes = new ScoreClasses(saved, found, json);
    var what = files.isEmpty() ? "row" : "image";
    if (!json) {
      out.println(many ? classes.head(what) : head(what));
    }
    for (int i = 0; i < found.rows(); i++) {
      var name = files.isEmpty() ? "" + i : files.get(i);
      double score = found.columns().getFirst().get(i);
      if (!json) {
        out.println(many ? classes.plain(i, name) : plain(score, name));
        continue;
      }
      var object = JsonMapper.shared().createObjectNode().put("row", i);
      if (!files.isEmpty()) {
        object.put("image", name);
      }
      if (many) {
        classes.into(object, i);
      } else {
        JsonNumbers.put(object, "score", score);
        if (saved.logOdds()) {
          object.put("probability", probability(score));
        }
        if (!numbers()) {
          object.put("class", name(score));
        }
      }
      out.println(object);
    }
  }

  private String head(String what) {
    if (numbers()) {
      return "predicted  " + what;
    }
    var positive = saved.classes().getLast();
    return saved.logOdds()
        ? "P(%s)  log-odds  class  %s".formatted(positive, what)
        : "score, above 0 for %s  class  %s".formatted(positive, what);
  }

  private String plain(double score, String what) {
    if (numbers()) {
      return String.format(Locale.ROOT, "%9.4g  %s", score, what);
    }
    return saved.logOdds()
        ? String.format(
            Locale.ROOT, "%.4f  %8.3f  %s  %s", probability(score), score, name(score), what)
        : String.format(Locale.ROOT, "%9.4g  %s  %s", score, name(score), what);
  }

  private boolean numbers() {
    return saved.classes().isEmpty();
  }

  private String name(double score) {
    return score > 0 ? saved.classes().getLast() : saved.classes().getFirst();
  }

  private static double probability(double score) {
    return dev.sonde.eval.Scores.probability(score);
  }
}
