package dev.sonde.cli;

import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Table;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The main job on the user's model and data.
@Command(
    name = "probe",
    header = "Ask a model what its layers represent, with the evidence.",
    description = {
      "",
      "Examples:",
      "  sonde probe --model bert-base-uncased --data cities.csv --group city",
      "  sonde probe --model models/gpt2 --data pairs.jsonl --text prompt --label truth \\",
      "      --group a+b --position last,mean --points resid_post,attn_out --out runs/pairs",
      ""
    })
final class ProbeCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private StudyOptions options = new StudyOptions();

  @Option(
      names = "--model",
      required = true,
      description =
          "a model of the catalogue (sonde models) or the Hugging Face hub (org/name), or a folder")
  private String model = "";

  @Option(names = "--data", required = true, paramLabel = "FILE", description = "CSV, TSV or JSONL")
  private Path data = Path.of("");

  @Option(
      names = "--text",
      description = "column of the texts (default: statement, text, ... or the longest)")
  private String text = "";

  @Option(names = "--label", description = "column of the labels (default: label, target, ...)")
  private String label = "";

  @Option(
      names = "--group",
      description =
          "column that rows share which must not stand on both sides; a+b: both, in any order")
  private String group = "";

  @Override
  public Integer call() {
    var table = Table.read(data);
    var corpus =
        Corpus.of(table, Columns.guess(table, text, label, group, options.probe.equals("ridge")));
    new StudyRun(options, spec.commandLine().getOut()).run(model, corpus);
    return 0;
  }
}
