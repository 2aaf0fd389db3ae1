package dev.sonde.cli;

import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.study.OpenModel;
import dev.sonde.study.Prediction;
import dev.sonde.tensor.Workers;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What the network itself says.
@Command(
    name = "predict",
    header = "Ask a model for the word behind [MASK], or to continue a text.",
    description = {
      "",
      "Examples:",
      "  sonde predict --model bert-base-uncased 'The capital of France is [MASK].'",
      "  sonde predict --model models/stories260k --tokens 40 ''",
      ""
    })
final class PredictCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      description = "a model of the catalogue or the hub (org/name), or a folder")
  private String model = "";

  @Option(
      names = "--top",
      defaultValue = "5",
      description = "how many words (default: ${DEFAULT-VALUE})")
  private int top = 5;

  @Option(
      names = "--tokens",
      defaultValue = "0",
      description = "continue greedily by so many tokens")
  private int tokens;

  @Parameters(paramLabel = "TEXT", description = "the text; may be empty for a decoder")
  private String text = "";

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    try (var workers = Workers.wide();
        var open = opened()) {
      var prediction = new Prediction(open);
      if (tokens > 0) {
        out.println(workers.call(() -> prediction.greedy(text, tokens)));
      } else {
        for (var choice : workers.call(() -> prediction.top(text, top))) {
          out.printf(Locale.ROOT, "%.4f  %s%n", choice.probability(), choice.token());
        }
      }
    }
    out.flush();
    return 0;
  }

  @MustBeClosed
  private OpenModel opened() {
    var numbers = numerics.numerics();
    return OpenModel.open(model, Settings.home(), Settings.wideKernels(), numbers, Bar.standard());
  }
}
