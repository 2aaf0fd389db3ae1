package dev.sonde.activation.arrays;

import dev.sonde.io.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A file and, after `#`, which of its arrays: `acts.npz#layer7`, `store#resid_post.3@mean`.
/// `array` is empty if none was named.
public record ArrayName(Path file, String array) {

  /// @throws BadInput if there is no such file
  public static ArrayName parse(String text) {
    var whole = Path.of(text);
    if (Files.exists(whole)) {
      return new ArrayName(whole, "");
    }
    int mark = text.lastIndexOf('#');
    var file = mark < 0 ? whole : Path.of(text.substring(0, mark));
    if (mark < 0 || !Files.exists(file)) {
      throw new BadInput(
          "there is no file %s; arrays are .npy, .npz#NAME, .safetensors#TENSOR, .csv, a folder of vLLM's hidden states or one that sonde capture wrote"
              .formatted(file));
    }
    return new ArrayName(file, text.substring(mark + 1));
  }

  boolean endsIn(String... endings) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    for (var ending : endings) {
      if (name.endsWith(ending)) {
        return true;
      }
    }
    return false;
  }

  /// The array's own name, or else the file's without its ending.
  String shortName() {
    var name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return !array.isEmpty() ? array : dot > 0 ? name.substring(0, dot) : name;
  }

  @Override
  public String toString() {
    return array.isEmpty() ? file.toString() : file + "#" + array;
  }
}
