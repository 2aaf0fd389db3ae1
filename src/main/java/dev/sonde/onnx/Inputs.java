package dev.sonde.onnx;

import dev.sonde.data.NdArray;
import dev.sonde.data.Npy;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What is fed to a network: arrays, tables of numbers and images, in the shape and the type that
/// an input declares.
public final class Inputs {
  private Inputs() {}

  /// Reads `.npy`, `.csv` or `.tsv` of numbers, an image or a folder of images.
  ///
  /// @throws BadInput if the file is of another kind or does not fit the input
  public static NdArray read(Path file, TensorPoint input) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    var free = free(input);
    if (Files.isDirectory(file)) {
      return fit(free, Images.read(images(file), free));
    }
    if (name.endsWith(".npy")) {
      return fit(free, Npy.read(file));
    }
    if (name.endsWith(".csv") || name.endsWith(".tsv")) {
      return fit(free, table(Table.read(file), free));
    }
    if (Images.named(name)) {
      return fit(free, Images.read(List.of(file), free));
    }
    throw new BadInput(
        "%s: inputs are .npy, .csv, .tsv, .png or .jpg files, or a folder of images"
            .formatted(file));
  }

  /// The numbers of a table, a row each.
  ///
  /// @throws BadInput for a cell that is no number, or rows that do not fit the input
  public static NdArray of(Table table, TensorPoint input) {
    var free = free(input);
    return fit(free, table(table, free));
  }

  /// Some images.
  ///
  /// @throws BadInput for a file that is no image, or an input that is none
  public static NdArray ofImages(List<Path> files, TensorPoint input) {
    var free = free(input);
    return fit(free, Images.read(files, free));
  }

  /// The numbers in the shape and type of an input. Axes of one are put in or left out as needed;
  /// nothing else is guessed.
  ///
  /// @throws BadInput if they do not fit
  static NdArray fit(TensorPoint input, NdArray array) {
    return cast(input, shaped(input, array));
  }

  private static TensorPoint free(TensorPoint input) {
    if (input.sizes().isEmpty()) {
      return input;
    }
    var sizes = new ArrayList<>(input.sizes());
    sizes.set(0, -1L);
    return new TensorPoint(
        input.name(),
        input.role(),
        input.node(),
        input.op(),
        input.type(),
        sizes,
        input.axes(),
        input.consumed());
  }

  private static NdArray shaped(TensorPoint input, NdArray array) {
    var sizes = input.sizes();
    var given = array.shape();
    if (sizes.isEmpty() || matches(sizes, given)) {
      return array;
    }
    var row = sizes.subList(1, sizes.size());
    if (row.stream().allMatch(n -> n > 0)) {
      boolean one = without1(row).equals(without1(list(given)));
      boolean rows =
          given.length > 0 && without1(row).equals(without1(list(given).subList(1, given.length)));
      var target = sizes.stream().mapToLong(n -> n).toArray();
      target[0] = rows ? given[0] : 1;
      if ((one || rows) && (sizes.getFirst() < 0 || sizes.getFirst() == target[0])) {
        return array.reshape(target);
      }
    }
    throw new BadInput(
        "the input '%s' takes %s, but was given %s; bring it into that shape"
            .formatted(input.name(), input.shape(), Arrays.toString(given)));
  }

  private static boolean matches(List<Long> sizes, long[] given) {
    if (sizes.size() != given.length) {
      return false;
    }
    for (int i = 0; i < given.length; i++) {
      if (sizes.get(i) >= 0 && sizes.get(i) != given[i]) {
        return false;
      }
    }
    return true;
  }

  private static List<Long> list(long[] sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  private static List<Long> without1(List<Long> sizes) {
    return sizes.stream().filter(n -> n != 1).toList();
  }

  private static NdArray cast(TensorPoint input, NdArray array) {
    var kind = Values.kind(input.type());
    if (kind.isEmpty() || !Values.feedable(kind.get())) {
      throw new BadInput(
          "the input '%s' takes %s, which cannot be fed here"
              .formatted(input.name(), input.type()));
    }
    if (array.kind().floating() && !kind.get().floating()) {
      for (long i = 0; i < array.count(); i++) {
        if (array.at(i) != array.integer(i)) {
          throw new BadInput(
              "the input '%s' takes %s, but was given %s; number %d is not whole"
                  .formatted(input.name(), input.type(), array.at(i), i));
        }
      }
    }
    return array.to(kind.get());
  }

  private static NdArray table(Table table, TensorPoint input) {
    int rows = table.rows().size();
    int columns = table.columns().size();
    var out = new double[rows * columns];
    for (int i = 0; i < out.length; i++) {
      var cell = table.rows().get(i / columns).get(i % columns);
      try {
        out[i] = Double.parseDouble(cell.strip());
      } catch (NumberFormatException e) {
        throw new BadInput(
            "%s, row %d, column '%s': '%s' is no number"
                .formatted(table.source(), i / columns + 1, table.columns().get(i % columns), cell),
            e);
      }
    }
    var row =
        input.sizes().isEmpty() ? input.sizes() : input.sizes().subList(1, input.sizes().size());
    var shape = new long[row.size() + 1];
    shape[0] = rows;
    long width = 1;
    for (int i = 0; i < row.size(); i++) {
      shape[i + 1] = row.get(i);
      width *= row.get(i);
    }
    return row.stream().allMatch(n -> n > 0) && width == columns && !row.isEmpty()
        ? NdArray.of(out, shape)
        : NdArray.of(out, rows, columns);
  }

  /// The images of a folder, in the order of their names: those that [#read] reads.
  ///
  /// @throws BadInput if it has none
  public static List<Path> images(Path folder) {
    try (var files = Files.list(folder)) {
      var out =
          files
              .filter(f -> Images.named(f.getFileName().toString().toLowerCase(Locale.ROOT)))
              .sorted()
              .toList();
      if (out.isEmpty()) {
        throw new BadInput("%s holds no .png or .jpg images".formatted(folder));
      }
      return out;
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }
  }
}
