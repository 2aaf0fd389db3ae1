package dev.sonde.weights;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Are quantised tensors decoded as the reference decoder does? A folder with `NAME.gguf` and,
/// beside it, `NAME-decoded.safetensors` is compared tensor by tensor, bit by bit.
public final class Decoding {
  private static final String ENDING = ".gguf";

  private Decoding() {}

  /// How many tensors were compared, and the names of those that are not the same.
  public record Result(int tensors, List<String> different) {
    public Result {
      different = List.copyOf(different);
    }
  }

  /// Whether a folder holds such a pair.
  public static boolean isIn(Path folder) {
    return pair(folder).isPresent();
  }

  /// @throws BadInput if the folder holds no such pair, or a file of it is not sound
  public static Result compare(Path folder) {
    var gguf =
        pair(folder)
            .orElseThrow(() ->
                new BadInput(folder + " holds no NAME.gguf beside a NAME-decoded.safetensors"));
    var different = new ArrayList<String>();
    try (var scope = Scope.open();
        var file = Gguf.open(gguf);
        var decoded = SafeTensors.open(decoded(gguf))) {
      var all = decoded.names();
      for (var name : all) {
        boolean same =
            file.has(name)
                && Arrays.equals(file.floats(name), decoded.get(name).to(DType.FLOAT32).toFloats());
        if (!same) {
          different.add(name);
        }
      }
      return new Result(all.size(), different);
    }
  }

  private static Optional<Path> pair(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(f -> f.toString().endsWith(ENDING) && Files.isRegularFile(decoded(f)))
          .sorted()
          .findFirst();
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(folder, e.getMessage()));
    }
  }

  private static Path decoded(Path gguf) {
    var name = gguf.getFileName().toString();
    return gguf.resolveSibling(
        name.substring(0, name.length() - ENDING.length()) + "-decoded.safetensors");
  }
}
