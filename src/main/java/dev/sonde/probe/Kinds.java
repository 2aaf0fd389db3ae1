package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Map;

/// From a kind and its arrays back to the probe.
public final class Kinds {
  private Kinds() {}

  /// @throws BadInput if there is no such kind, or an array is missing
  public static Fitted restored(String kind, Map<String, Matrix> parameters) {
    return switch (kind) {
      case "linear" -> Linear.of(row(parameters, "direction"), row(parameters, "bias")[0]);
      case "linear-map" -> map(parameters);
      case "quadratic" -> Quadratic.restored(parameters);
      case "bilinear" -> Bilinear.restored(parameters);
      case "ccs" -> Ccs.restored(parameters);
      case "mlp" -> Mlp.restored(parameters);
      default ->
          throw new BadInput(
              "the saved probe is of kind '%s'; this version knows linear, linear-map, quadratic, bilinear, ccs, mlp"
                  .formatted(kind));
    };
  }

  private static LinearMap map(Map<String, Matrix> parameters) {
    var directions = rows(parameters, "direction");
    var biases = row(parameters, "bias");
    if (directions.length != biases.length) {
      throw new BadInput(
          "the saved probe has %d directions and %d biases; is the file whole?"
              .formatted(directions.length, biases.length));
    }
    var out = new ArrayList<Linear>();
    for (int k = 0; k < biases.length; k++) {
      out.add(Linear.of(directions[k], biases[k]));
    }
    return new LinearMap(out);
  }

  static Matrix array(Map<String, Matrix> parameters, String name) {
    var found = parameters.get(name);
    if (found == null || found.rows() * found.cols() == 0) {
      throw new BadInput("the saved probe lacks the tensor " + name);
    }
    return found;
  }

  static double[] row(Map<String, Matrix> parameters, String name) {
    return array(parameters, name).toDoubles();
  }

  static double[][] rows(Map<String, Matrix> parameters, String name) {
    var all = array(parameters, name);
    var out = new double[all.rows()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = all.row(i);
    }
    return out;
  }

  static Matrix matrix(double[][] rows) {
    int d = rows[0].length;
    var out = new double[rows.length * d];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, out, i * d, d);
    }
    return Matrix.ofDoubles(rows.length, d, out);
  }
}
