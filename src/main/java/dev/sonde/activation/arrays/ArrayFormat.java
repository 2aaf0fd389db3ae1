package dev.sonde.activation.arrays;

import dev.sonde.data.NdArray;
import dev.sonde.io.BadInput;
import java.util.List;

/// One way to keep arrays in files.
public interface ArrayFormat {
  /// Whether a file is of this format, by its name and by what it begins with.
  boolean takes(ArrayName name);

  /// The array that is named, or the only one.
  ///
  /// @throws BadInput if the file is not sound, or it has several and none was named
  NdArray array(ArrayName name);

  /// The matrices of all layers, of one row a text (or a row a token); `position` says which token
  /// of a text where the file has all of them, and is empty where nothing was asked for.
  ///
  /// @throws BadInput as [#array], and for an array of other than two or three axes
  default LayerTable layers(ArrayName name, String position) {
    if (!position.isEmpty()) {
      throw new BadInput(
          "%s has one row a text already; --position is for hidden states of all tokens (vLLM)"
              .formatted(name));
    }
    return LayerTable.of(name, array(name));
  }

  /// Every format, in the order in which they are asked.
  static List<ArrayFormat> all() {
    return List.of(
        new PickleFormat(),
        new StoreFormat(),
        new VllmFormat(),
        new NpyFormat(),
        new NpzFormat(),
        new SafeTensorsFormat(),
        new NumberTable());
  }

  /// @throws BadInput if the file is of none
  static ArrayFormat of(ArrayName name) {
    return all().stream()
        .filter(f -> f.takes(name))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "%s is of no kind that is read; arrays are .npy, .npz, .safetensors, .csv or .tsv, a folder of vLLM's hidden states or one that sonde capture wrote"
                    .formatted(name.file())));
  }

  /// What a name such as `weights.npz#w` stands for.
  static NdArray read(String text) {
    var name = ArrayName.parse(text);
    return of(name).array(name);
  }
}
