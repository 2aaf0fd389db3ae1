package dev.sonde.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.errorprone.annotations.MustBeClosed;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.TensorPoint.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A network of any kind, as its ONNX file states it: every tensor of the graph can be listed, read
/// ([#capturing]) and, on its way to those who read it, replaced or added to ([#editing]).
///
/// The graph runs as it is written: ONNX Runtime's optimisations, which join nodes and so take
/// tensors away, are off, and every node computes on one thread. Types and shapes are those that
/// the runtime infers when it loads the graph.
public final class Network {
  private static final long LARGEST = Integer.MAX_VALUE - (64L << 20);
  private static final Set<String> ADDABLE =
      Set.of("float16", "float32", "float64", "int32", "int64", "uint8", "int8", "int16");

  private final String name;
  private final Path folder;
  private final GraphFile file;
  private final OrtEnvironment environment;
  private final Map<String, TensorPoint> points = new LinkedHashMap<>();
  private final List<String> inputs;

  private Network(String name, Path folder, GraphFile file) {
    this.name = name;
    this.folder = folder;
    this.file = file;
    this.inputs = List.copyOf(file.inputs());
    this.environment = start();
    inspect();
  }

  /// @throws BadInput if the file is no ONNX model, or one that the runtime does not take
  public static Network open(Path path) {
    try {
      if (!Files.isRegularFile(path)) {
        throw new BadInput("there is no file %s; an ONNX file is needed".formatted(path));
      }
      if (Files.size(path) > LARGEST) {
        throw new BadInput(
            "%s has %d MiB; files below 2 GiB are read: export it with external data"
                .formatted(path, Files.size(path) >> 20));
      }
      return of(
          path.getFileName().toString(),
          path.toAbsolutePath().resolveSibling(""),
          Files.readAllBytes(path));
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(path, e.getMessage()), e);
    }
  }

  /// The network of a file's bytes; numbers outside the file are looked for in `folder`.
  public static Network of(String name, Path folder, byte[] onnx) {
    return new Network(name, folder, GraphFile.read(onnx));
  }

  public String name() {
    return name;
  }

  /// What has to be fed.
  public List<String> inputs() {
    return inputs;
  }

  /// Every tensor: inputs, then what nodes make in the order of the graph, then constants.
  public List<TensorPoint> points() {
    return List.copyOf(points.values());
  }

  /// @throws BadInput if there is no such tensor
  public TensorPoint point(String tensor) {
    var found = points.get(tensor);
    if (found == null) {
      throw new BadInput(
          "%s has no tensor '%s'; it has %d, among them %s (sonde onnx FILE lists them)"
              .formatted(
                  name,
                  tensor,
                  points.size(),
                  points.values().stream()
                      .filter(TensorPoint::computed)
                      .limit(3)
                      .map(TensorPoint::name)
                      .toList()));
    }
    return found;
  }

  /// The network, giving out tensors.
  ///
  /// @throws BadInput if one does not exist
  @MustBeClosed
  public Run capturing(Collection<String> tensors) {
    return editing(tensors, Map.of());
  }

  /// The network, giving out tensors under edits; an edited tensor is given out as edited.
  ///
  /// @throws BadInput if a tensor does not exist, or nobody reads one that is to be edited
  @MustBeClosed
  public Run editing(Collection<String> tensors, Map<String, Change> edits) {
    var types = new LinkedHashMap<String, Integer>();
    tensors.forEach(this::point);
    edits.forEach((tensor, change) -> {
      var point = point(tensor);
      if (!point.consumed()) {
        throw new BadInput(
            "no node of %s reads '%s', so that editing it changes nothing; choose a tensor before it"
                .formatted(name, tensor));
      }
      if (Values.number(point.type()) == 0
          || (change == Change.ADD && !ADDABLE.contains(point.type()))) {
        throw new BadInput(
            "'%s' holds %s, which cannot be edited so".formatted(tensor, point.type()));
      }
      types.put(tensor, Values.number(point.type()));
    });
    var outputs =
        tensors.stream().filter(t -> !inputs.contains(t) || edits.containsKey(t)).toList();
    var rewrite = Rewrite.of(file, outputs, edits, types);
    try {
      return new Run(
          this, session(rewrite.toBytes()), rewrite, List.copyOf(tensors), edits.keySet());
    } catch (OrtException e) {
      throw refused(e);
    }
  }

  /// The runtime, told to keep to itself: where the system gathers events (Windows), it adds none.
  private static OrtEnvironment start() {
    try {
      var out = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "sonde");
      out.setTelemetry(false);
      return out;
    } catch (OrtException | LinkageError e) {
      throw new BadInput(
          "ONNX Runtime does not start on this machine (%s); it has builds for Linux, Windows and macOS on ARM"
              .formatted(line(e.getMessage())),
          e);
    }
  }

  /// The number of rows that the network takes at once; 0 if it is free.
  public int fixedBatch() {
    for (var input : inputs) {
      var sizes = point(input).sizes();
      if (!sizes.isEmpty() && sizes.getFirst() > 0) {
        return Math.toIntExact(sizes.getFirst());
      }
    }
    return 0;
  }

  /// The files beside the network's own that hold numbers of it, in the order of their names.
  public List<Path> beside() {
    return file.locations().stream().map(folder::resolve).toList();
  }

  OrtEnvironment environment() {
    return environment;
  }

  static String line(@Nullable String message) {
    return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
  }

  private BadInput refused(OrtException e) {
    return new BadInput(
        "%s is not taken by ONNX Runtime: %s".formatted(name, line(e.getMessage())), e);
  }

  private OrtSession session(byte[] graph) throws OrtException {
    try (var options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setDeterministicCompute(true);
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      if (file.external()) {
        options.addConfigEntry(
            "session.model_external_initializers_file_folder_path", folder.toString());
      }
      return environment.createSession(graph, options);
    }
  }

  /// Learns the types and shapes of everything from the runtime's own inference.
  private void inspect() {
    var made = file.nodes().stream().flatMap(n -> n.outputs().stream()).toList();
    var bytes = Rewrite.of(file, made, Map.of(), Map.of()).toBytes();
    try (var session = session(bytes)) {
      var fed = session.getInputInfo();
      for (var input : inputs) {
        put(input, Role.INPUT, "", "", fed);
      }
      var info = session.getOutputInfo();
      for (var node : file.nodes()) {
        for (var tensor : node.outputs()) {
          var role = file.outputs().contains(tensor) ? Role.OUTPUT : Role.INNER;
          put(tensor, role, node.name(), node.op(), info);
        }
      }
    } catch (OrtException e) {
      throw refused(e);
    }
    for (var c : file.constants()) {
      points.put(
          c.name(),
          new TensorPoint(
              c.name(),
              Role.INITIALISER,
              "",
              "",
              Values.type(c.type()),
              c.sizes(),
              List.of(),
              file.consumed(c.name())));
    }
  }

  private void put(
      String tensor, Role role, String node, String op, Map<String, NodeInfo> information) {
    var type = "unknown";
    var sizes = new ArrayList<Long>();
    var axes = new ArrayList<String>();
    var info = information.get(tensor);
    if (info != null && info.getInfo() instanceof TensorInfo t) {
      type = Values.type(t.type);
      Arrays.stream(t.getShape()).forEach(sizes::add);
      for (var axis : t.getDimensionNames()) {
        axes.add(axis == null ? "" : axis);
      }
    } else if (info != null) {
      type = info.getInfo().getClass().getSimpleName().replace("Info", "").toLowerCase(Locale.ROOT);
    }
    points.put(
        tensor, new TensorPoint(tensor, role, node, op, type, sizes, axes, file.consumed(tensor)));
  }
}
