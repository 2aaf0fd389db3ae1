package dev.sonde.data;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Images with their labels, as a table: one that has a column of paths, or a folder.
///
/// Paths in a table are relative to its own folder. A folder holds PNG and JPEG files, or folders
/// of them that are named after the class of what is in them (column `label`).
public record ImageTable(Table table, String column) {
  private static final List<String> PATHS =
      List.of("path", "image", "file", "file_name", "filename", "image_path");

  /// `column`: where the paths are; empty: the one that is called `path`, `image`, `file` ...
  ///
  /// @throws BadInput if there is nothing of this kind
  public static ImageTable read(Path from, String column) {
    return Files.isDirectory(from) ? ofFolder(from) : ofTable(from, column);
  }

  public static boolean named(Path file) {
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg");
  }

  /// Where they are.
  public List<String> paths() {
    return table.column(column);
  }

  private static ImageTable ofTable(Path file, String column) {
    if (!Files.exists(file)) {
      throw new BadInput(
          "there is no %s; --images takes a folder of images or a table with a column of paths"
              .formatted(file));
    }
    if (named(file)) {
      throw new BadInput(
          "%s is one image; --images takes a folder of them or a table with a column of paths"
              .formatted(file));
    }
    var table = Table.read(file);
    var paths = column.isEmpty() ? guess(table) : column;
    var given = table.column(paths);
    int at = table.columns().indexOf(paths);
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < given.size(); i++) {
      if (given.get(i).isBlank()) {
        throw new BadInput(
            "%s, row %d: the path (column %s) is empty; fill it in or drop the row"
                .formatted(table.source(), i + 1, paths));
      }
      var row = new ArrayList<>(table.rows().get(i));
      row.set(at, file.resolveSibling(given.get(i).strip()).toString());
      rows.add(row);
    }
    return new ImageTable(new Table(table.source(), table.digest(), table.columns(), rows), paths);
  }

  private static String guess(Table table) {
    return PATHS.stream()
        .flatMap(name -> table.columns().stream().filter(c -> c.equalsIgnoreCase(name)))
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "%s has no column of paths (%s); say which one it is with --text (columns: %s)"
                    .formatted(
                        table.source(),
                        String.join(", ", PATHS),
                        String.join(", ", table.columns()))));
  }

  private static ImageTable ofFolder(Path folder) {
    var plain = images(folder);
    var rows = new ArrayList<List<String>>();
    for (var inside : folders(folder)) {
      for (var image : images(inside)) {
        rows.add(List.of(image.toString(), inside.getFileName().toString()));
      }
    }
    if (!plain.isEmpty() && !rows.isEmpty()) {
      throw new BadInput(
          "%s holds images beside folders of images; either there is a folder for each class, or none"
              .formatted(folder));
    }
    plain.forEach(image -> rows.add(List.of(image.toString())));
    if (rows.isEmpty()) {
      throw new BadInput(
          "%s holds no .png or .jpg images, and no folders of them".formatted(folder));
    }
    var columns = plain.isEmpty() ? List.of("path", "label") : List.of("path");
    var name = String.valueOf(folder.getFileName());
    var relative =
        rows.stream().map(r -> folder.relativize(Path.of(r.getFirst())).toString()).toList();
    return new ImageTable(
        new Table(name, Digest.of(String.join("\n", relative)), columns, rows), "path");
  }

  private static List<Path> images(Path folder) {
    return list(folder).stream().filter(f -> Files.isRegularFile(f) && named(f)).toList();
  }

  private static List<Path> folders(Path folder) {
    return list(folder).stream().filter(Files::isDirectory).toList();
  }

  private static List<Path> list(Path folder) {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }
  }
}
