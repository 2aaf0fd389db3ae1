package dev.sonde.cli;

import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import dev.sonde.onnx.Network;
import dev.sonde.onnx.TensorPoint;
import dev.sonde.provenance.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a probe reads of an ONNX network, alike where it is trained and where it scores.
final class OnnxRows {
  private OnnxRows() {}

  /// The network's input.
  ///
  /// @throws BadInput if it has none, or several
  static TensorPoint input(Network network) {
    if (network.inputs().size() != 1) {
      throw new BadInput(
          "%s takes %s; a probe is fed through one input: capture with sonde onnx --input NAME=FILE and give the result as --activations"
              .formatted(network.name(), network.inputs()));
    }
    return network.point(network.inputs().getFirst());
  }

  /// A tensor's numbers, all of a row side by side.
  ///
  /// @throws BadInput if the tensor does not exist or has no axis of the batch
  static Matrix at(Network network, String tensor, NdArray input) {
    try (var run = network.capturing(List.of(tensor))) {
      var found = run.all(Map.of(network.inputs().getFirst(), input)).get(tensor);
      if (found == null) {
        throw new BadInput(
            "the tensor '%s' of %s has no axis of the batch; there is no row of it to read"
                .formatted(tensor, network.name()));
      }
      return found.toMatrix();
    }
  }

  /// Of the file, and of those beside it that hold numbers of the network.
  static Digest digest(Network network, Path file) {
    var own = Digest.of(file);
    var beside = network.beside();
    if (beside.isEmpty()) {
      return own;
    }
    var all = new StringBuilder(own.hex());
    beside.forEach(other -> all.append('\n').append(Digest.of(other).hex()));
    return Digest.of(all.toString());
  }
}
