package dev.sonde.probe;

import dev.sonde.data.Matrix;
import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.ArrayList;
import java.util.List;

/// A whole number read as an angle: its remainder modulo T lies on a circle.
///
/// Ridge on `cos(2 pi v / T)` and `sin(2 pi v / T)`; decoded as `round(T atan2(s, c) / 2 pi) mod
/// T`.
public record Circular(int period, LinearMap map) {
  public Circular {
    if (map.outputs().size() != 2) {
      throw new IllegalArgumentException("an angle has a cosine and a sine");
    }
  }

  /// @throws BadInput for a period below 3 (modulo 2 the sine of every whole number is 0) or labels
  ///   that are not whole numbers
  public static Circular fit(Samples samples, int period, Basis.Scaling scaling, double alpha) {
    if (period < 3) {
      throw new BadInput("a circle has three places or more, not " + period);
    }
    if (!(samples.y() instanceof Numbers numbers)) {
      throw new BadInput("a number probe predicts numbers; the labels given are classes");
    }
    int n = numbers.size();
    var cos = new double[n];
    var sin = new double[n];
    for (int i = 0; i < n; i++) {
      double v = numbers.at(i);
      if (v != Math.rint(v)) {
        throw new BadInput(
            "a circular probe reads whole numbers; row %d has %s".formatted(i + 1, v));
      }
      cos[i] = Math.cos(2 * Math.PI * v / period);
      sin[i] = Math.sin(2 * Math.PI * v / period);
    }
    var basis = Basis.of(samples.x(), scaling);
    var both = List.of(Ridge.fit(basis, cos, alpha), Ridge.fit(basis, sin, alpha));
    return new Circular(period, new LinearMap(new ArrayList<>(both)));
  }

  /// 0 … T-1 for every row.
  public int[] decode(Matrix x) {
    var at = map.of(x);
    var out = new int[at.length];
    for (int i = 0; i < out.length; i++) {
      double turns = Math.atan2(at[i][1], at[i][0]) / (2 * Math.PI);
      out[i] = Math.floorMod((int) Math.rint(period * turns), period);
    }
    return out;
  }
}
