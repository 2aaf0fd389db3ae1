package dev.sonde.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/// A network made ready to give out some tensors under some edits, for any number of batches; any
/// thread may use it.
public final class Run implements AutoCloseable {
  /// Rows that go through the network together; fixed, so that the same rows give the same bits.
  private static final int BATCH = 64;

  private final Network network;
  private final OrtSession session;
  private final Rewrite rewrite;
  private final List<String> wanted;
  private final Set<String> edited;

  Run(
      Network network,
      OrtSession session,
      Rewrite rewrite,
      List<String> wanted,
      Set<String> edited) {
    this.network = network;
    this.session = session;
    this.rewrite = rewrite;
    this.wanted = List.copyOf(wanted);
    this.edited = Set.copyOf(edited);
  }

  /// The wanted tensors for one batch. `edits` holds the numbers of every edit, of shapes that
  /// broadcast to their tensors.
  ///
  /// @throws BadInput if something is missing or does not fit
  public Map<String, NdArray> once(Map<String, NdArray> inputs, Map<String, NdArray> edits) {
    if (!edits.keySet().equals(edited)) {
      throw new BadInput(
          "this run edits %s, but numbers were given for %s".formatted(edited, edits.keySet()));
    }
    var fed = new LinkedHashMap<String, OnnxTensor>();
    try {
      for (var name : network.inputs()) {
        feed(fed, rewrite.input(name), name, fitting(inputs, name));
      }
      for (var edit : edits.entrySet()) {
        var type = network.point(edit.getKey()).type();
        feed(fed, rewrite.given(edit.getKey()), edit.getKey(), cast(edit.getValue(), type));
      }
      return run(fed, inputs);
    } catch (OrtException e) {
      throw new BadInput(
          "%s did not run: %s".formatted(network.name(), Network.line(e.getMessage())), e);
    } finally {
      fed.values().forEach(OnnxTensor::close);
    }
  }

  private Map<String, NdArray> run(Map<String, OnnxTensor> fed, Map<String, NdArray> inputs)
      throws OrtException {
    var asked = new LinkedHashSet<>(wanted);
    asked.removeIf(name -> network.inputs().contains(name) && !edited.contains(name));
    var out = new LinkedHashMap<String, NdArray>();
    for (var name : wanted) {
      if (!asked.contains(name)) {
        out.put(name, fitting(inputs, name));
      }
    }
    if (!asked.isEmpty()) {
      try (var result = session.run(fed, asked)) {
        for (var entry : result) {
          out.put(entry.getKey(), Values.fromOnnx(entry.getKey(), entry.getValue()));
        }
      }
    }
    return out;
  }

  /// The wanted tensors for any number of rows, in batches. What has an axis of the batch has all
  /// rows; the rest is left out.
  ///
  /// @throws BadInput if the inputs have different numbers of rows
  public Map<String, NdArray> all(Map<String, NdArray> inputs) {
    int rows = inputs.values().stream().mapToInt(NdArray::rows).max().orElse(0);
    if (rows == 0 || inputs.values().stream().anyMatch(a -> a.rows() != rows)) {
      throw new BadInput("the inputs have different numbers of rows, or none: " + inputs);
    }
    int step = network.fixedBatch() > 0 ? network.fixedBatch() : BATCH;
    if (network.fixedBatch() > 0 && rows % step != 0) {
      throw new BadInput(
          "%s takes exactly %d rows at once, and %d are no multiple of it; give %d"
              .formatted(network.name(), step, rows, rows - rows % step));
    }
    var batches =
        IntStream.range(0, (rows + step - 1) / step)
            .parallel()
            .mapToObj(i -> once(slice(inputs, i * step, Math.min(rows, (i + 1) * step)), Map.of()))
            .toList();
    var out = new LinkedHashMap<String, NdArray>();
    for (var name : wanted) {
      var parts = batches.stream().map(b -> b.get(name)).filter(Objects::nonNull).toList();
      if (batched(network.point(name), parts, rows, step)) {
        out.put(name, NdArray.joined(parts));
      }
    }
    return out;
  }

  private boolean batched(TensorPoint point, List<NdArray> parts, int rows, int step) {
    boolean fixed = !point.sizes().isEmpty() && point.sizes().getFirst() >= 0;
    if (point.role() == TensorPoint.Role.INITIALISER || (fixed && network.fixedBatch() == 0)) {
      return false;
    }
    for (int i = 0; i < parts.size(); i++) {
      int expected = Math.min(step, rows - i * step);
      if (parts.get(i).rank() == 0 || parts.get(i).rows() != expected) {
        return false;
      }
    }
    return !parts.isEmpty();
  }

  private static Map<String, NdArray> slice(Map<String, NdArray> inputs, int from, int to) {
    var out = new LinkedHashMap<String, NdArray>();
    inputs.forEach((name, array) -> out.put(name, array.slice(from, to)));
    return out;
  }

  private NdArray fitting(Map<String, NdArray> inputs, String name) {
    var array = inputs.get(name);
    if (array == null) {
      throw new BadInput(
          "%s takes %s; there is nothing for '%s'"
              .formatted(network.name(), network.inputs(), name));
    }
    return Inputs.fit(network.point(name), array);
  }

  private static NdArray cast(NdArray array, String type) {
    return Values.kind(type).map(array::to).orElse(array);
  }

  private void feed(Map<String, OnnxTensor> fed, String as, String name, NdArray array)
      throws OrtException {
    fed.put(as, Values.toOnnx(network.environment(), name, array));
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }
}
