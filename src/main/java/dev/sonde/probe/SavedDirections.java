package dev.sonde.probe;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What other programs take of saved probes: the directions along which they read.
public final class SavedDirections {
  private SavedDirections() {}

  /// A direction after each block of the residual stream, towards the second class, of unit length
  /// or as fitted: `after` by block, and the sites that are no such place.
  public record Residual(Map<Integer, double[]> after, List<String> left) {
    public Residual {
      after = Map.copyOf(after);
      left = List.copyOf(left);
    }
  }

  /// Of the sites `resid_post.N` (of the given one's position, if they have several) or `layer.N`;
  /// `offset` is added to N. What lies before block 1 is left out.
  ///
  /// @throws BadInput if the probes have no one direction
  public static Residual residual(SavedProbe saved, String site, boolean unit, int offset) {
    var position = site.replaceAll("^[^@]*", "");
    var out = new TreeMap<Integer, double[]>();
    var left = new ArrayList<String>();
    for (var entry : new TreeMap<>(saved.sites()).entrySet()) {
      var name = entry.getKey();
      int block = block(name, position);
      if (block < 0 || block + offset < 1) {
        left.add(name);
        continue;
      }
      out.put(block + offset, direction(entry.getValue(), unit));
    }
    return new Residual(out, left);
  }

  private static int block(String site, String position) {
    var number = site.replaceAll("^(resid_post|layer)\\.(\\d{1,6})(@.*)?$", "$2");
    return site.endsWith(position) && number.matches("\\d{1,6}") ? Integer.parseInt(number) : -1;
  }

  /// The direction of a probe that has one.
  ///
  /// @throws BadInput if it has several or none, or it is 0 everywhere
  static double[] direction(Fitted probe, boolean unit) {
    var found =
        switch (probe) {
          case Linear linear -> linear.direction();
          case Ccs ccs -> ccs.direction();
          default ->
              throw new BadInput(
                  "a probe of kind %s has no one direction; linear and ccs have"
                      .formatted(probe.kind()));
        };
    double length = Math.sqrt(Arrays.stream(found).map(v -> v * v).sum());
    if (unit && !(length > 0)) {
      throw new BadInput("a direction that is 0 everywhere has no unit length; export it as it is");
    }
    return unit ? Arrays.stream(found).map(v -> v / length).toArray() : found;
  }

  /// Every array of every site, `direction/resid_post.3@mean`, in float64, as fitted.
  public static Map<String, NdArray> arrays(SavedProbe saved) {
    var out = new TreeMap<String, NdArray>();
    saved
        .sites()
        .forEach((site, probe) ->
            probe
                .parameters()
                .forEach((name, m) -> {
                  long[] shape =
                      m.rows() == 1 ? new long[] {m.cols()} : new long[] {m.rows(), m.cols()};
                  out.put(name + "/" + site, NdArray.of(m.toDoubles(), shape));
                }));
    return out;
  }
}
