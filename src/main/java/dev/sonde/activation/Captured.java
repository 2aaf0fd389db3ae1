package dev.sonde.activation;

import dev.sonde.data.Matrix;
import java.util.Map;

/// Matrices of activations, one a site; row i is of text i (for the position `all`: texts in order,
/// a row a token).
public record Captured(Map<Site, Matrix> matrices) {
  public Captured {
    matrices = Map.copyOf(matrices);
  }

  /// @throws IllegalArgumentException for a site that was not captured
  public Matrix at(Site site) {
    var found = matrices.get(site);
    if (found == null) {
      throw new IllegalArgumentException(
          site + " was not captured; there are " + matrices.keySet());
    }
    return found;
  }
}
