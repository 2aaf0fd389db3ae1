package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npz;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.List;

/// NumPy's `.npz`: arrays by name. As a table of layers: the array named, the only one, or, if all
/// are of one number of rows, one layer each.
final class NpzFormat implements ArrayFormat {
  @Override
  public boolean takes(ArrayName name) {
    return name.endsIn(".npz");
  }

  @Override
  public NdArray array(ArrayName name) {
    return Npz.read(name.file(), name.array().isEmpty() ? only(name, names(name)) : name.array());
  }

  private static List<String> names(ArrayName name) {
    var names = Npz.names(name.file());
    if (names.isEmpty()) {
      throw new BadInput(name.file() + " has no array in it");
    }
    return names;
  }

  /// The one name there is.
  static String only(ArrayName name, List<String> names) {
    if (names.size() != 1) {
      throw new BadInput(
          "%s has %d arrays; say which one: %s#%s (it has %s)"
              .formatted(
                  name.file(),
                  names.size(),
                  name.file(),
                  names.isEmpty() ? "NAME" : names.getFirst(),
                  String.join(", ", names.stream().limit(12).toList())
                      + (names.size() > 12 ? ", ..." : "")));
    }
    return names.getFirst();
  }

  @Override
  public LayerTable layers(ArrayName name, String position) {
    var names = name.array().isEmpty() ? names(name) : List.of(name.array());
    if (names.size() == 1 || !position.isEmpty()) {
      return ArrayFormat.super.layers(name, position);
    }
    var arrays = new ArrayList<NdArray>();
    names.forEach(n -> arrays.add(Npz.read(name.file(), n)));
    return LayerTable.of(name, names, arrays);
  }
}
