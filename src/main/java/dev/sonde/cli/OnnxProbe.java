package dev.sonde.cli;

import dev.sonde.data.Classes;
import dev.sonde.data.NdArray;
import dev.sonde.eval.OneVsRest;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.linalg.Basis;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.probe.Logistic;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// The exact logistic probe at every tensor of a network that has an axis of the batch.
///
/// `against` are other labels of the same rows, with probes of their own: labels that were given
/// beside labels that are true.
record OnnxProbe(
    Network network,
    Map<String, NdArray> inputs,
    Classes labels,
    Optional<Classes> against,
    List<Boolean> training,
    int permutations,
    Seed seed) {
  /// What is captured at once, in numbers.
  private static final long AT_ONCE = 1L << 28;

  /// What the probes of one tensor say; a layer whose rows are all the same has none.
  record Layer(String tensor, long width, Optional<OneVsRest> probe, Optional<OneVsRest> against) {}

  boolean[] train() {
    var out = new boolean[training.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = training.get(i);
    }
    return out;
  }

  /// Held-out rows where both labellings say different things.
  boolean[] differing() {
    var out = new boolean[labels.size()];
    for (int i = 0; i < out.length && against.isPresent(); i++) {
      out[i] = !name(labels, i).equals(name(against.get(), i));
    }
    return out;
  }

  private static String name(Classes classes, int row) {
    return classes.names().get(classes.at(row));
  }

  List<Layer> run(List<String> tensors, Workers workers, Progress progress) {
    var out = new ArrayList<Layer>();
    int done = 0;
    for (var group : groups(tensors)) {
      Map<String, NdArray> captured;
      try (var run = network.capturing(group)) {
        captured = run.all(inputs);
      }
      for (var name : group) {
        progress.at("probe", done++, tensors.size());
        var array = captured.get(name);
        if (array != null && array.kind().floating() && array.width() > 0) {
          out.add(layer(name, array, workers));
        }
      }
    }
    if (out.isEmpty()) {
      throw new BadInput("none of these tensors has an axis of the batch; nothing was probed");
    }
    return out;
  }

  private Layer layer(String name, NdArray array, Workers workers) {
    var x = array.toMatrix();
    boolean same = true;
    for (int i = 1; i < x.rows() && same; i++) {
      same = Arrays.equals(x.row(0), x.row(i));
    }
    if (same) {
      return new Layer(name, array.width(), Optional.empty(), Optional.empty());
    }
    var basis = workers.call(() -> Basis.of(x, Basis.Scaling.COMMON));
    var pieces = new ArrayList<Supplier<OneVsRest>>();
    pieces.add(() -> probe(basis, labels));
    against.ifPresent(other -> pieces.add(() -> probe(basis, other)));
    var probes = workers.map(pieces);
    return new Layer(
        name,
        array.width(),
        Optional.of(probes.getFirst()),
        probes.size() > 1 ? Optional.of(probes.getLast()) : Optional.empty());
  }

  private OneVsRest probe(Basis basis, Classes classes) {
    return OneVsRest.run(new Logistic(), basis, classes, train(), permutations, seed);
  }

  /// Tensors that are captured in one go through the network.
  private List<List<String>> groups(List<String> tensors) {
    var out = new ArrayList<List<String>>();
    long numbers = 0;
    for (var name : tensors) {
      long size = Math.multiplyExact((long) labels.size(), width(network.point(name)));
      if (size > AT_ONCE) {
        throw new BadInput(
            "%d rows of '%s' are more than %d million numbers; choose others with --capture, or fewer rows"
                .formatted(labels.size(), name, AT_ONCE >> 20));
      }
      if (out.isEmpty() || numbers + size > AT_ONCE) {
        out.add(new ArrayList<>());
        numbers = 0;
      }
      out.getLast().add(name);
      numbers += size;
    }
    return out;
  }

  private static long width(TensorPoint point) {
    long out = 1;
    for (int i = 1; i < point.sizes().size() && out < AT_ONCE; i++) {
      out *= Math.max(1, point.sizes().get(i));
    }
    return out;
  }
}
