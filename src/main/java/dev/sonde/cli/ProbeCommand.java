package dev.sonde.cli;

import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.study.StudySettings;
import java.nio.file.Path;
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
      "  sonde probe --model models/vit --images photographs.csv --label striped --group animal",
      "  sonde probe --model digits.onnx --data images.npy --labels digits.csv --label even",
      "  sonde probe --activations acts.npy --labels rows.csv:truth --groups rows.csv:city   # no model",
      "  sonde probe --resume runs/pairs     # a run that was interrupted",
      ""
    })
final class ProbeCommand implements Resumable, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private StudyOptions options = new StudyOptions();

  @Mixin private ArrayRun arrays = new ArrayRun();

  @Mixin private ImageOptions images = new ImageOptions();

  @Option(
      names = "--model",
      description =
          "a model of the catalogue (sonde models) or the Hugging Face hub (org/name), or a folder")
  private String model = "";

  @Option(names = "--data", paramLabel = "FILE", description = "CSV, TSV or JSONL")
  private Path data = Path.of("");

  @Option(
      names = "--text",
      description =
          "column of the texts (default: statement, text, ... or the longest), or of the paths of images")
  private String text = "";

  @Option(names = "--label", description = "column of the labels (default: label, target, ...)")
  private String label = "";

  @Option(
      names = "--group",
      description =
          "column that rows share which must not stand on both sides; a+b: both, in any order")
  private String group = "";

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "go on with the interrupted run of this folder, with its own options and to its own numbers")
  private Path resume = Path.of("");

  @Override
  public StudyOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    if (!resume.toString().isEmpty()) {
      return Again.resume(resume, spec);
    }
    options.beginning(Again.of(spec));
    boolean named = !model.isEmpty() || !data.toString().isEmpty();
    if (arrays.asked()) {
      if (named) {
        throw new BadInput(
            "--activations stands instead of --model and --data; give one or the other");
      }
      arrays.run(options, spec.commandLine().getOut());
      return 0;
    }
    if (OnnxStudy.isOne(model)) {
      onnx();
      return 0;
    }
    if (images.asked()) {
      images();
      return 0;
    }
    if (model.isEmpty() || data.toString().isEmpty()) {
      throw new BadInput(
          "Missing required option: %s (or --activations FILE --labels FILE, without a model)"
              .formatted(model.isEmpty() ? "--model" : "--data"));
    }
    var table = Table.read(data);
    var corpus =
        Corpus.of(table, Columns.guess(table, text, label, group, options.probe.equals("ridge")));
    new StudyRun(options, spec.commandLine().getOut()).run(model, corpus);
    return 0;
  }

  private void onnx() {
    if (images.asked() == !data.toString().isEmpty()) {
      throw new BadInput(
          "%s needs something to run on: --data FILE (.npy, or a table of numbers) or --images PATH"
              .formatted(model));
    }
    new OnnxStudy(Path.of(model), options, arrays, new OnnxStudy.Named(label, group))
        .run(data, images.table(text), spec.commandLine().getOut());
  }

  private void images() {
    if (model.isEmpty() || !data.toString().isEmpty()) {
      throw new BadInput("--images stands instead of --data and goes with --model");
    }
    options.positions =
        images.positions(spec, options.positions, StudySettings.DEFAULT.positions());
    var found = images.table(text).orElseThrow();
    var columns =
        Columns.guess(found.table(), found.column(), label, group, options.probe.equals("ridge"));
    new StudyRun(options, spec.commandLine().getOut())
        .run(model, Corpus.ofImages(found.table(), columns));
  }
}
