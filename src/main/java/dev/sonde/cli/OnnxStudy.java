package dev.sonde.cli;

import dev.sonde.activation.arrays.Column;
import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Columns;
import dev.sonde.data.ImageTable;
import dev.sonde.data.NdArray;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.Inputs;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.provenance.Digest;
import dev.sonde.study.ArrayStudy;
import dev.sonde.study.LabelledRows;
import dev.sonde.study.StudySettings;
import dev.sonde.tensor.Workers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `sonde probe --model NETWORK.onnx`: the study of activations, of the tensors of a network that
/// is fed here. The input is a site too, so that what the numbers fed give away stands beside what
/// the network makes of them.
record OnnxStudy(Path model, StudyOptions options, ArrayRun arrays, Named columns) {
  /// Rows that show which tensors have an axis of the batch: more than go through a network at
  /// once, so that no constant has as many.
  private static final int TRIED = 67;

  /// The columns of `--label` and `--group`; empty where they are not given.
  record Named(String label, String group) {}

  /// What is fed, and what is said of it.
  private record Fed(String source, Digest digest, NdArray input, LabelledRows rows) {}

  static boolean isOne(String model) {
    return model.toLowerCase(java.util.Locale.ROOT).endsWith(".onnx");
  }

  void run(Path data, Optional<ImageTable> images, PrintWriter out) {
    var network = Network.open(model);
    var input = OnnxRows.input(network);
    var fed = images.isPresent() ? images(images.get(), input) : fed(data, input);
    var bar = Bar.standard();
    try (var table = table(network, fed, chosen(network));
        var given = new BesideFiles("", "", arrays.baselines());
        var workers = Workers.of(options.workers())) {
      var study = ArrayRun.study(table, beside(given.open(), table, fed), options);
      var outcome = ArrayRun.outcome(study, fed.rows, options, workers, bar);
      bar.clear();
      ArrayRun.write(outcome, options, out);
    } finally {
      bar.clear();
    }
  }

  /// With the network of the same tensors whose weights are untrained, fed the same.
  private ArrayStudy.Beside beside(ArrayStudy.Beside given, LayerTable table, Fed fed) {
    if (arrays.untrained().isEmpty()) {
      return given;
    }
    var path = Path.of(arrays.untrained());
    var other = Network.open(path);
    var names = table.layers().stream().map(LayerTable.Layer::name).toList();
    names.forEach(other::point);
    var twin = new OnnxStudy(path, options, arrays, columns).table(other, fed, names);
    return new ArrayStudy.Beside(Optional.of(twin), given.baselines());
  }

  private Fed images(ImageTable images, TensorPoint input) {
    var table = images.table();
    var array = Inputs.ofImages(images.paths().stream().map(Path::of).toList(), input);
    var each = images.paths().stream().map(Path::of).map(Digest::of).map(Digest::hex).toList();
    var digest = Digest.of(table.digest().hex() + String.join("\n", each));
    return new Fed(table.source(), digest, array, rows(Optional.of(table)));
  }

  /// A table has the numbers fed and may have the labels and the groups too.
  private Fed fed(Path data, TensorPoint input) {
    if (data.toString().endsWith(".npy")) {
      return new Fed(
          String.valueOf(data.getFileName()),
          Digest.of(data),
          Inputs.read(data, input),
          rows(Optional.empty()));
    }
    var table = Table.read(data);
    var beside = new ArrayList<>(List.of(columns.group.split("\\+")));
    if (arrays.labels(columns.label).isEmpty()) {
      beside.add(label(table));
    }
    return new Fed(
        table.source(),
        table.digest(),
        Inputs.of(without(table, beside), input),
        rows(Optional.of(table)));
  }

  private String label(Table table) {
    return Columns.guess(table, "", columns.label, "", false).label();
  }

  private static Table without(Table table, List<String> columns) {
    var kept = table.columns().stream().filter(c -> !columns.contains(c)).toList();
    var at = kept.stream().map(table.columns()::indexOf).toList();
    var rows = table.rows().stream().map(row -> at.stream().map(row::get).toList()).toList();
    return new Table(table.source(), table.digest(), kept, rows);
  }

  private LabelledRows rows(Optional<Table> table) {
    var file = arrays.labels(columns.label);
    if (file.isEmpty() && table.isEmpty()) {
      throw new BadInput(
          "an ONNX network on a .npy file needs --labels: a label a row, as FILE.npy or FILE.csv:COLUMN");
    }
    var source =
        file.isEmpty() ? "%s:%s".formatted(table.get().source(), label(table.get())) : file;
    var labels = file.isEmpty() ? table.get().column(label(table.get())) : Column.read(file);
    var groupSource = arrays.groups();
    var groups = groupSource.isEmpty() ? List.<String>of() : Column.read(groupSource);
    if (groupSource.isEmpty() && !columns.group.isEmpty()) {
      groupSource = columns.group;
      groups = grouped(table);
    }
    boolean numeric = options.probe.equals("ridge");
    return new LabelledRows(source, labels, groupSource, groups, arrays.positive(), numeric);
  }

  private List<String> grouped(Optional<Table> table) {
    var from =
        table.orElseThrow(() ->
            new BadInput("--group names a column of a table; give the groups with --groups FILE"));
    var parts = Arrays.stream(columns.group.split("\\+")).map(from::column).toList();
    var out = new ArrayList<String>();
    for (int i = 0; i < from.rows().size(); i++) {
      int row = i;
      out.add(String.join(" + ", parts.stream().map(p -> p.get(row)).sorted().toList()));
    }
    return out;
  }

  /// A layer a tensor; each is captured when the study asks for it.
  private LayerTable table(Network network, Fed fed, List<String> all) {
    int rows = fed.input.rows();
    int tried = network.fixedBatch() > 0 ? network.fixedBatch() : TRIED;
    var some = fed.input.slice(0, Math.min(rows, tried));
    List<String> names;
    try (var run = network.capturing(all)) {
      var found = run.all(Map.of(network.inputs().getFirst(), some));
      names =
          found.entrySet().stream()
              .filter(e -> e.getValue().width() > 0 && e.getValue().kind().floating())
              .map(Map.Entry::getKey)
              .toList();
    }
    if (names.isEmpty()) {
      throw new BadInput("none of these tensors has an axis of the batch; nothing can be probed");
    }
    var layers = new ArrayList<LayerTable.Layer>();
    for (var name : names) {
      boolean input = network.inputs().contains(name);
      int number = input ? -1 : (int) layers.stream().filter(l -> l.number() >= 0).count();
      layers.add(new LayerTable.Layer(name, number, () -> OnnxRows.at(network, name, fed.input)));
    }
    var origin = new LayerTable.Origin(network.name(), "onnx", OnnxRows.digest(network, model), "");
    var digest = Digest.of(origin.weights().hex() + fed.digest.hex());
    var source = "%s on %s".formatted(network.name(), fed.source);
    return LayerTable.of(source, digest, rows, layers, origin);
  }

  private List<String> chosen(Network network) {
    if (!options.points.equals(StudySettings.DEFAULT.points())) {
      options.points.forEach(network::point);
      return options.points.stream().distinct().toList();
    }
    return network.points().stream()
        .filter(p -> p.computed() || p.role() == TensorPoint.Role.INPUT)
        .map(TensorPoint::name)
        .toList();
  }
}
