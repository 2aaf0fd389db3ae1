package dev.sonde.cli;

import dev.sonde.io.BadInput;
import dev.sonde.model.Verification;
import dev.sonde.tensor.Numerics;
import dev.sonde.tensor.Workers;
import dev.sonde.weights.Decoding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Is our forward pass equal to the reference library's?
@Command(
    name = "verify",
    header = "Compare a model's activations with those of the reference library.",
    description = {
      "",
      "FOLDER holds a model (config.json, safetensors) and beside it a reference.safetensors with what",
      "Hugging Face transformers computes; docs/verify.md has the script that writes one for any model.",
      "Every tensor there is compared at real positions; what was not compared is listed.",
      "A folder of NAME.gguf and NAME-decoded.safetensors is compared bit by bit.",
      "",
      "Example:  sonde verify models/gpt2 models/bert --tolerance 1e-5",
      ""
    })
final class VerifyCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(arity = "1..*", paramLabel = "FOLDER", description = "model folders")
  private List<Path> folders = List.of();

  @Option(
      names = "--tolerance",
      defaultValue = "1e-5",
      description = "largest difference over the tensor's scale (default ${DEFAULT-VALUE})")
  private double tolerance;

  @Option(names = "--json", description = "a JSON object a folder")
  private boolean json;

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var kernels = Settings.kernels();
    var numbers = numerics.numerics();
    int worst = 0;
    try (var workers = Workers.of(1)) {
      for (var folder : folders) {
        try {
          if (Files.isRegularFile(folder)) {
            passedOver(folder);
          } else if (Decoding.isIn(folder)) {
            worst = Math.max(worst, print(folder, workers.call(() -> Decoding.compare(folder))));
          } else {
            var result = workers.call(() -> Verification.of(folder, kernels, numbers));
            worst = Math.max(worst, print(result));
          }
        } catch (BadInput e) {
          notCompared(folder, String.valueOf(e.getMessage()));
          worst = 2;
        }
      }
    }
    out.flush();
    return worst;
  }

  private void passedOver(Path folder) {
    if (!json) {
      spec.commandLine()
          .getOut()
          .printf("%-14s a file, no model folder: passed over%n", folder.getFileName());
    }
  }

  private void notCompared(Path folder, String why) {
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(json(folder, "not compared").put("reason", why));
    } else {
      out.printf("%-14s NOT COMPARED  %s%n", folder.getFileName(), why);
    }
  }

  private static ObjectNode json(Path folder, String answer) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("folder", String.valueOf(folder.getFileName()))
        .put("answer", answer);
  }

  private static ObjectNode json(Verification.Result result, String answer) {
    var at = result.worst();
    var out = json(result.folder(), answer).put("family", result.family());
    out.put("tensors", result.compared().size()).put("largest", result.largest());
    out.put("tensor", at.tensor()).put("point", at.point());
    out.put("text", at.text()).put("position", at.position());
    out.put("smallest_cosine", result.furthest().cosine());
    var notes = out.putArray("notes");
    result.notes().forEach(notes::add);
    var skipped = out.putObject("not_compared");
    result.notCompared().forEach(skipped::put);
    return out;
  }

  private int print(Path folder, Decoding.Result result) {
    if (json) {
      var equal = result.different().isEmpty();
      var line = json(folder, equal ? "equal" : "different").put("tensors", result.tensors());
      var list = line.putArray("different");
      result.different().forEach(list::add);
      spec.commandLine().getOut().println(line);
      return equal ? 0 : 1;
    }
    spec.commandLine()
        .getOut()
        .printf(
            "%-14s %s  %3d quantised tensors, %s%n",
            folder.getFileName(),
            result.different().isEmpty() ? "equal    " : "DIFFERENT",
            result.tensors(),
            result.different().isEmpty()
                ? "decoded to the bit"
                : "not the same decoded: " + String.join(", ", result.different()));
    return result.different().isEmpty() ? 0 : 1;
  }

  private int print(Verification.Result result) {
    var out = spec.commandLine().getOut();
    var at = result.worst();
    boolean equal = result.largest() <= tolerance;
    if (json) {
      out.println(json(result, equal ? "equal" : "different"));
      return equal ? 0 : 1;
    }
    out.printf(
        "%-14s %s  %3d tensors, largest difference %.1e of scale at %s (%s, text %d, position %d)%n",
        result.folder().getFileName(),
        equal ? "equal    " : "DIFFERENT",
        result.compared().size(),
        result.largest(),
        at.tensor(),
        at.point(),
        at.text(),
        at.position());
    result.notes().forEach(note -> out.printf("    note: %s%n", note));
    if (!numerics.numerics().equals(Numerics.DEFAULT)) {
      var far = result.furthest();
      out.printf(
          "    in %s; smallest cosine with the float32 of the reference: %.6f at %s%n",
          numerics.numerics().described(), far.cosine(), far.tensor());
    }
    result
        .notCompared()
        .forEach((tensor, why) -> out.printf("    not compared: %s (%s)%n", tensor, why));
    return equal ? 0 : 1;
  }
}
