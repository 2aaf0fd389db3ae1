package dev.sonde.probe;

import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.List;

/// Latitude and longitude in degrees, a ridge regression each over one basis (Gurnee & Tegmark
/// 2024).
///
/// Side columns `latitude` and `longitude` (numbers). Hold out whole regions: neighbouring places
/// are nearly the same row.
public final class Places {
  private Places() {}

  /// Output 0 is the latitude, output 1 the longitude.
  public static LinearMap fit(Samples samples, Basis.Scaling scaling, double alpha) {
    var basis = Basis.of(samples.x(), scaling);
    return new LinearMap(
        List.of(
            Ridge.fit(basis, degrees(samples, "latitude", 90), alpha),
            Ridge.fit(basis, degrees(samples, "longitude", 180), alpha)));
  }

  /// @throws BadInput if there is no such column of numbers, or one is no angle on the globe
  public static double[] degrees(Samples samples, String name, double most) {
    if (!(samples.sides().get(name) instanceof Numbers numbers)) {
      throw new BadInput(
          "a probe for places needs a column '%s' of degrees; given: %s"
              .formatted(
                  name,
                  samples.sides().isEmpty()
                      ? "none"
                      : String.join(", ", samples.sides().keySet())));
    }
    var out = numbers.toArray();
    for (int i = 0; i < out.length; i++) {
      if (Math.abs(out[i]) > most) {
        throw new BadInput(
            "row %d has a %s of %s degrees; it lies between -%s and %s"
                .formatted(i + 1, name, out[i], most, most));
      }
    }
    return out;
  }
}
