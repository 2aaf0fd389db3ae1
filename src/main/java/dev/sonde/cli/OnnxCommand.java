package dev.sonde.cli;

import dev.sonde.data.Classes;
import dev.sonde.data.NdArray;
import dev.sonde.eval.OneVsRest;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.Inputs;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Workers;
import dev.sonde.weights.SafeTensorsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A network of any kind as an ONNX file.
@Command(
    name = "onnx",
    header = "List, capture and probe the tensors of any ONNX network.",
    description = {
      "",
      "Alone it lists every tensor: inputs, what each node makes, stored constants. With --capture",
      "and --out it writes tensors as safetensors; with --probe and --labels it prints how well an",
      "exact logistic probe reads the labels at every tensor that has an axis of the batch.",
      "",
      "Examples:",
      "  sonde onnx digits.onnx",
      "  sonde onnx digits.onnx --input images.npy --capture /Relu_output_0,logits --out acts",
      "  sonde onnx digits.onnx --input images.npy --labels labels.npy --split split.npy --probe",
      "  sonde onnx digits.onnx --input images.npy --rows given.csv:index --labels given.csv:label --against given.csv:given --probe",
      ""
    })
final class OnnxCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "an ONNX file")
  private Path file = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "[NAME=]FILE",
      description =
          ".npy, .csv, image or folder of images; NAME where the network has several inputs")
  private List<String> inputs = List.of();

  @Option(
      names = "--rows",
      paramLabel = "FILE",
      description = "which rows of the inputs, from 0: FILE.npy or FILE.csv:COLUMN (default: all)")
  private String rows = "";

  @Option(
      names = "--capture",
      split = ",",
      paramLabel = "TENSOR",
      description = "tensors to write or to probe (default: everything computed)")
  private List<String> capture = List.of();

  @Option(names = "--out", paramLabel = "DIR", description = "write the tensors here")
  private Path out = Path.of("");

  @Option(names = "--probe", description = "probe the tensors for --labels")
  private boolean probe;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "a class a row: FILE.npy or FILE.csv:COLUMN")
  private String labels = "";

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "other labels of the same rows, to be compared: FILE.npy or FILE.csv:COLUMN")
  private String against = "";

  @Option(
      names = "--split",
      paramLabel = "FILE",
      description =
          "1 for training rows, 0 for held-out ones (default: 70 %% of every class, by seed)")
  private String split = "";

  @Option(
      names = "--permutations",
      defaultValue = "9",
      description = "labellings of the null (default: ${DEFAULT-VALUE})")
  private int permutations;

  @Option(names = "--seed", defaultValue = "0", description = "(default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--json", description = "JSON instead of a table")
  private boolean json;

  @Override
  public Integer call() {
    var network = Network.open(file);
    var print = spec.commandLine().getOut();
    if (inputs.isEmpty()) {
      if (probe || !out.toString().isEmpty() || !capture.isEmpty()) {
        throw new BadInput("--capture and --probe need --input FILE to run the network on");
      }
      OnnxTables.points(network, json, print);
    } else if (probe) {
      probe(network);
    } else {
      capture(network, fed(network));
    }
    print.flush();
    return 0;
  }

  /// The rows that are fed, by input.
  private Map<String, NdArray> fed(Network network) {
    var out = new LinkedHashMap<String, NdArray>();
    for (var given : inputs) {
      var name =
          network.inputs().stream()
              .filter(n -> given.startsWith(n + "="))
              .findFirst()
              .orElseGet(() -> {
                if (network.inputs().size() != 1) {
                  throw new BadInput(
                      "%s takes %s; say which one '%s' is for: --input NAME=FILE"
                          .formatted(network.name(), network.inputs(), given));
                }
                return network.inputs().getFirst();
              });
      var path = given.startsWith(name + "=") ? given.substring(name.length() + 1) : given;
      var array = Inputs.read(Path.of(path), network.point(name));
      if (out.put(name, rows.isEmpty() ? array : array.select(chosen(array))) != null) {
        throw new BadInput("the input '%s' is given twice".formatted(name));
      }
    }
    return out;
  }

  private int[] chosen(NdArray array) {
    var which = Cells.integers(rows);
    for (int i : which) {
      if (i < 0 || i >= array.rows()) {
        throw new BadInput(
            "%s names row %d, but the input has rows 0 to %d".formatted(rows, i, array.rows() - 1));
      }
    }
    return which;
  }

  private List<String> tensors(Network network, boolean withInputs) {
    if (!capture.isEmpty()) {
      capture.forEach(network::point);
      return capture.stream().distinct().toList();
    }
    return network.points().stream()
        .filter(p -> p.computed() || (withInputs && p.role() == TensorPoint.Role.INPUT))
        .map(TensorPoint::name)
        .toList();
  }

  private void capture(Network network, Map<String, NdArray> fed) {
    if (out.toString().isEmpty()) {
      throw new BadInput("say where the tensors are to be written: --out DIR (or --probe)");
    }
    var target = out.resolve("tensors.safetensors");
    var written = new SafeTensorsFile().with("network", network.name());
    written.with("network_sha256", Digest.of(file).hex());
    var wanted = tensors(network, false);
    int count = 0;
    try (var run = network.capturing(wanted)) {
      for (var entry : run.all(fed).entrySet()) {
        var array = storable(entry.getValue());
        var type = DType.valueOf(array.kind().name());
        written.with(entry.getKey(), type, array.segment(), array.shape());
        count++;
      }
    }
    if (count == 0) {
      throw new BadInput("none of these tensors has an axis of the batch; nothing was written");
    }
    written.write(target);
    var print = spec.commandLine().getOut();
    int left = wanted.size() - count;
    print.printf(
        "%d tensors of %d rows%s: %s%n",
        count,
        fed.values().iterator().next().rows(),
        left > 0 ? " (%d without an axis of the batch left out)".formatted(left) : "",
        target);
  }

  /// Kinds that a safetensors file of ours has not are widened.
  private static NdArray storable(NdArray array) {
    return switch (array.kind()) {
      case INT8, INT16, UINT16 -> array.to(NdArray.Kind.INT32);
      case UINT32, UINT64 -> array.to(NdArray.Kind.INT64);
      default -> array;
    };
  }

  private void probe(Network network) {
    if (labels.isEmpty()) {
      throw new BadInput("--probe needs --labels: FILE.npy or FILE.csv:COLUMN");
    }
    var fed = fed(network);
    int count = fed.values().iterator().next().rows();
    var classes = Classes.of(fitting(labels, count));
    var other =
        against.isEmpty()
            ? Optional.<Classes>empty()
            : Optional.of(Classes.of(fitting(against, count)));
    var train = new ArrayList<Boolean>();
    if (split.isEmpty()) {
      for (boolean b : OneVsRest.split(classes, 0.7, new Seed(seed))) {
        train.add(b);
      }
    } else {
      fitting(split, count).forEach(s -> train.add(isTraining(s)));
    }
    var job = new OnnxProbe(network, fed, classes, other, train, permutations, new Seed(seed));
    var bar = Bar.standard();
    try (var workers = Workers.open()) {
      var layers = job.run(tensors(network, true), workers, bar);
      bar.clear();
      OnnxTables.layers(job, layers, json, spec.commandLine().getOut());
    } finally {
      bar.clear();
    }
  }

  private boolean isTraining(String cell) {
    return switch (cell.strip()) {
      case "1", "1.0", "true", "train" -> true;
      case "0", "0.0", "false", "test" -> false;
      default ->
          throw new BadInput(
              "%s: '%s' is neither 1 (training) nor 0 (held out)".formatted(split, cell));
    };
  }

  private List<String> fitting(String spec, int count) {
    var cells = Cells.read(spec);
    if (cells.size() != count) {
      throw new BadInput(
          "%s has %d rows, but %d are fed to the network (--rows chooses among them)"
              .formatted(spec, cells.size(), count));
    }
    return cells;
  }
}
