package dev.sonde.probe;

import dev.sonde.data.Numbers;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import dev.sonde.linalg.Basis;
import java.util.Arrays;

/// On which scale a number is read by ridge regression.
///
/// Numbers that span decades are read as `sign(v) log10(1 + |v|)`: otherwise the largest few are
/// all that is fitted. Bringing the target to unit variance, as others do, changes nothing here:
/// the ridge solution is linear in it.
public enum NumberScale {
  LINEAR,
  LOG10;

  public double to(double v) {
    return this == LINEAR ? v : Math.signum(v) * Math.log10(1 + Math.abs(v));
  }

  public double back(double t) {
    return this == LINEAR ? t : Math.signum(t) * (Math.pow(10, Math.abs(t)) - 1);
  }

  public double[] to(double[] values) {
    return Arrays.stream(values).map(this::to).toArray();
  }

  public double[] back(double[] values) {
    return Arrays.stream(values).map(this::back).toArray();
  }

  /// Ridge on this scale: its scores are on this scale too.
  ///
  /// @throws BadInput if the labels are classes
  public Linear fit(Samples samples, Basis.Scaling scaling, double alpha) {
    if (!(samples.y() instanceof Numbers numbers)) {
      throw new BadInput("a number probe predicts numbers; the labels given are classes");
    }
    return Ridge.fit(Basis.of(samples.x(), scaling), to(numbers.toArray()), alpha);
  }
}
