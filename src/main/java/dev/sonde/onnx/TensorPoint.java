package dev.sonde.onnx;

import java.util.ArrayList;
import java.util.List;

/// A tensor of a network: a point that can be read and, where somebody reads it, edited.
///
/// `node` and `op` say what makes it (empty for inputs and constants), `type` is what its numbers
/// are, `sizes` its axes with -1 where a size is free, `axes` the names of the free ones. Where the
/// file leaves the shape open altogether `sizes` is empty. `consumed`: some node reads it.
public record TensorPoint(
    String name,
    Role role,
    String node,
    String op,
    String type,
    List<Long> sizes,
    List<String> axes,
    boolean consumed) {
  /// What a tensor is to its network.
  public enum Role {
    INPUT,
    INNER,
    OUTPUT,
    INITIALISER
  }

  public TensorPoint {
    sizes = List.copyOf(sizes);
    axes = List.copyOf(axes);
  }

  /// `batch x 1 x 8 x 8`; a free axis without a name is `?`.
  public String shape() {
    if (sizes.isEmpty()) {
      return "scalar or open";
    }
    var out = new ArrayList<String>();
    for (int i = 0; i < sizes.size(); i++) {
      var name = i < axes.size() ? axes.get(i) : "";
      out.add(sizes.get(i) >= 0 ? sizes.get(i).toString() : name.isEmpty() ? "?" : name);
    }
    return String.join(" x ", out);
  }

  /// Whether this is the network's own work: neither fed nor stored.
  public boolean computed() {
    return role == Role.INNER || role == Role.OUTPUT;
  }
}
