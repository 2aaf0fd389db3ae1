package dev.sonde.cli;

import dev.sonde.activation.arrays.Column;
import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.io.BadInput;
import dev.sonde.probe.SavedProbe;
import dev.sonde.study.ArrayStudy;
import dev.sonde.study.LabelledRows;
import dev.sonde.study.Study;
import dev.sonde.study.StudySettings;
import dev.sonde.tensor.Workers;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/// `sonde probe` on activations that were made elsewhere: its options and its run.
final class ArrayRun {
  @Option(
      names = "--activations",
      paramLabel = "FILE",
      description =
          "activations made elsewhere instead of a model: rows x numbers or rows x layers x numbers, as .npy, .npz[#NAME], .safetensors[#TENSOR], .csv, a folder of vLLM's hidden states, or one that sonde capture wrote")
  String activations = "";

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "with --activations or an ONNX network: a label a row, .npy or FILE.csv:COLUMN")
  private String labels = "";

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description =
          "with --activations or an ONNX network: what rows share that must not stand on both sides")
  private String groups = "";

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "LAYER",
      description = "with --activations: some layers only, numbers, ranges (0-5) or names")
  private List<String> layers = List.of();

  @Option(
      names = "--positive",
      paramLabel = "CLASS",
      description = "with --activations or an ONNX network: this class against all others")
  private String positive = "";

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description =
          "with --activations: the texts they were made from, FILE.csv:COLUMN, for what texts alone give away")
  private String texts = "";

  @Option(
      names = "--untrained",
      paramLabel = "FILE",
      description =
          "with --activations: the same layers of the untrained network; with an ONNX network: that network with untrained weights")
  private String untrained = "";

  @Option(
      names = "--baseline",
      paramLabel = "NAME=FILE",
      description =
          "with --activations or an ONNX network: other numbers of the same rows that the probe has to beat; may be repeated")
  private Map<String, String> baselines = new LinkedHashMap<>();

  /// The labels' file, of which `column` is meant if it is a table that names none; empty if none
  /// is given.
  String labels(String column) {
    boolean bare = !column.isEmpty() && !labels.isEmpty() && !labels.endsWith(".npy");
    return bare && !labels.endsWith(":" + column) ? labels + ":" + column : labels;
  }

  String groups() {
    return groups;
  }

  String positive() {
    return positive;
  }

  boolean asked() {
    return !activations.isEmpty();
  }

  void run(StudyOptions options, PrintWriter out) {
    boolean asked = !options.positions.equals(StudySettings.DEFAULT.positions());
    if (asked && options.positions.size() > 1) {
      throw new BadInput("--activations takes one --position, not " + options.positions);
    }
    var position = asked ? options.positions.getFirst() : "";
    if (labels.isEmpty()) {
      throw new BadInput(
          "--activations needs --labels: a label a row, as FILE.npy or FILE.csv:COLUMN");
    }
    var bar = Bar.standard();
    try (var whole = LayerTable.open(activations, position);
        var beside = new BesideFiles(untrained, position, baselines);
        var workers = Workers.of(options.workers())) {
      var study = study(whole.select(layers), beside.open(), options);
      var outcome = outcome(study, rows(options), options, workers, bar);
      bar.clear();
      write(outcome, options, out);
    } finally {
      bar.clear();
    }
  }

  private LabelledRows rows(StudyOptions options) {
    var rows =
        new LabelledRows(
            labels,
            Column.read(labels),
            groups,
            groups.isEmpty() ? List.of() : Column.read(groups),
            positive,
            options.probe.equals("ridge"));
    return texts.isEmpty() ? rows : rows.withTexts(texts, Column.read(texts));
  }

  /// The file of `--untrained`, or nothing.
  String untrained() {
    return untrained;
  }

  /// Files of `--baseline` by their names.
  Map<String, String> baselines() {
    return baselines;
  }

  /// A study of layers that keeps what it finishes.
  ///
  /// @throws BadInput if a sentence encoder was asked for, which there are no texts for
  static ArrayStudy study(LayerTable table, ArrayStudy.Beside beside, StudyOptions options) {
    if (!options.sentences.isEmpty()) {
      throw new BadInput(
          "--sentence-baseline embeds texts and goes with --model and --data; beside other activations give embeddings with --baseline NAME=FILE");
    }
    var request = new Study.Request(options.settings(), InstantSource.system(), options.keep());
    return new ArrayStudy(table, request).with(beside);
  }

  static ArrayStudy.Outcome outcome(
      ArrayStudy study, LabelledRows rows, StudyOptions options, Workers workers, Bar bar) {
    try (var interrupted = Interrupted.watch()) {
      var note = options.note(study.origin(rows));
      return interrupted.keeping(note, () -> study.run(rows, workers, bar));
    }
  }

  static void write(ArrayStudy.Outcome outcome, StudyOptions options, PrintWriter out) {
    var findings = outcome.findings();
    var origin = findings.origin();
    var probe =
        new SavedProbe(
            origin.model().digest(),
            origin.model().tokenizer(),
            findings.subject().probe(),
            outcome.best(),
            new ArrayList<>(origin.data().classes().keySet()),
            origin.identity().hex(),
            new LinkedHashMap<>(outcome.probes()));
    var written = new Written(options.folder(origin), findings);
    written.write(probe);
    Interrupted.remove(Study.unfinished(options.keep(), origin.identity()));
    written.print(out, options.json);
  }
}
