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
            out.printf("%-14s a file, no model folder: passed over%n", folder.getFileName());
          } else if (Decoding.isIn(folder)) {
            worst = Math.max(worst, print(folder, workers.call(() -> Decoding.compare(folder))));
          } else {
            var result = workers.call(() -> Verification.of(folder, kernels, numbers));
            worst = Math.max(worst, print(result));
          }
        } catch (BadInput e) {
          out.printf("%-14s NOT COMPARED  %s%n", folder.getFileName(), e.getMessage());
          worst = 2;
        }
      }
    }
    out.flush();
    return worst;
  }

  private int print(Path folder, Decoding.Result result) {
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
