package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npy;
import dev.sonde.io.BadInput;

/// NumPy's `.npy`: one array, mapped.
final class NpyFormat implements ArrayFormat {
  @Override
  public boolean takes(ArrayName name) {
    return name.endsIn(".npy");
  }

  @Override
  public NdArray array(ArrayName name) {
    if (!name.array().isEmpty()) {
      throw new BadInput(
          "%s holds one array without a name; leave out #%s".formatted(name.file(), name.array()));
    }
    return Npy.read(name.file());
  }
}
