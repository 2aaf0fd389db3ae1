package dev.sonde.cli;

import dev.sonde.data.Npz;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.Scorer;
import dev.sonde.probe.SavedDirections;
import dev.sonde.probe.SavedProbe;
import dev.sonde.weights.ControlVector;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A saved probe for other programs.
@Command(
    name = "export",
    header = "A saved probe as a control vector, as arrays, or as an ONNX scorer.",
    description = {
      "",
      "NAME.gguf: a direction a block, towards the second class, for llama.cpp's --control-vector.",
      "NAME.npz: every array of every site in float64, for NumPy. NAME.onnx: the probe of one site,",
      "float32 rows in, scores in float64 out.",
      "",
      "Examples:",
      "  sonde export --probe runs/pairs/probe.safetensors --to truth.gguf",
      "  sonde export --probe probe.safetensors --to directions.npz",
      "  sonde export --probe probe.safetensors --site resid_post.7@last --to scorer.onnx",
      ""
    })
final class ExportCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--probe",
      required = true,
      paramLabel = "FILE",
      description = "probe.safetensors of a run")
  private Path file = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FILE",
      description = "what to write: NAME.gguf, NAME.npz or NAME.onnx")
  private Path to = Path.of("");

  @Option(
      names = "--site",
      description = "which site (default: the best one; of a control vector: its position)")
  private String site = "";

  @Option(names = "--raw", description = "of a control vector: as fitted, not of unit length")
  private boolean raw;

  @Option(
      names = "--offset",
      defaultValue = "0",
      description =
          "of a control vector: added to the layer's number; -1 where layer.N are hidden_states[N] of transformers (default: ${DEFAULT-VALUE})")
  private int offset;

  @Override
  public Integer call() {
    var saved = SavedProbe.read(file);
    var at = site.isEmpty() ? saved.best() : site;
    var probe = saved.at(at);
    var out = spec.commandLine().getOut();
    var name = String.valueOf(to.getFileName());
    if (name.endsWith(".gguf")) {
      vector(saved, at, out);
    } else if (name.endsWith(".npz")) {
      var arrays = SavedDirections.arrays(saved);
      Npz.write(to, arrays);
      out.printf("%s: %d arrays of %d sites%n", to, arrays.size(), saved.sites().size());
    } else if (name.endsWith(".onnx")) {
      var about =
          Map.of(
              "site",
              at,
              "probe",
              saved.family(),
              "classes",
              String.join("\n", saved.classes()),
              "model_sha256",
              saved.model().hex());
      Scorer.write(to, probe.kind(), probe.parameters(), about);
      out.printf("%s: the %s probe of %s%n", to, saved.family(), at);
    } else {
      throw new BadInput("--to takes NAME.gguf, NAME.npz or NAME.onnx, not " + to);
    }
    out.flush();
    return 0;
  }

  private void vector(SavedProbe saved, String at, PrintWriter out) {
    var found = SavedDirections.residual(saved, at, !raw, offset);
    var about =
        "%s probe, study %s, model %s, position %s, %s; towards %s"
            .formatted(
                saved.family(),
                saved.study(),
                saved.model().hex(),
                at.replaceAll("^[^@]*@?", ""),
                raw ? "as fitted" : "unit length",
                saved.classes().isEmpty() ? "larger numbers" : saved.classes().getLast());
    ControlVector.write(to, saved.model().brief(), about, found.after());
    out.printf(
        "%s: directions after blocks %s%n",
        to,
        String.join(
            ", ", new TreeSet<>(found.after().keySet()).stream().map(String::valueOf).toList()));
    if (!found.left().isEmpty()) {
      out.println(
          "left out (other positions, or no place after a block from 1 on): "
              + String.join(", ", found.left()));
    }
  }
}
