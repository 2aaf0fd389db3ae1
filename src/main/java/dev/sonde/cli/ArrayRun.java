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
    boolean numeric = options.probe.equals("ridge");
    var rows =
        new LabelledRows(
            labels,
            Column.read(labels),
            groups,
            groups.isEmpty() ? List.of() : Column.read(groups),
            positive,
            numeric);
    var bar = Bar.standard();
    try (var whole = LayerTable.open(activations, position);
        var workers = Workers.of(options.workers())) {
      var outcome = study(whole.select(layers), rows, options, workers, bar);
      bar.clear();
      write(outcome, options, out);
    } finally {
      bar.clear();
    }
  }

  /// A study of layers that keeps what it finishes.
  static ArrayStudy.Outcome study(
      LayerTable table, LabelledRows rows, StudyOptions options, Workers workers, Bar bar) {
    var request = new Study.Request(options.settings(), InstantSource.system(), options.keep());
    var study = new ArrayStudy(table, request);
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
