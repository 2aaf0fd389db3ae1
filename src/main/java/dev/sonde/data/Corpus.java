package dev.sonde.data;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Labelled texts: row i has text i, target i and belongs to group i (named `groupNames[i]`).
///
/// Of images the texts are the paths; `images` has the digest of each file, and is empty for texts.
public record Corpus(
    String source,
    Digest digest,
    Columns columns,
    List<String> texts,
    Target target,
    Groups groups,
    List<String> groupNames,
    List<Digest> images) {
  /// Labels of more kinds than this are numbers or names, not classes.
  public static final int MOST_CLASSES = 200;

  /// Rows a class, on the mean.
  private static final int LEAST_ROWS = 3;

  /// Of texts.
  public Corpus(
      String source,
      Digest digest,
      Columns columns,
      List<String> texts,
      Target target,
      Groups groups,
      List<String> groupNames) {
    this(source, digest, columns, texts, target, groups, groupNames, List.of());
  }

  public Corpus {
    images = List.copyOf(images);
    texts = List.copyOf(texts);
    groupNames = List.copyOf(groupNames);
    if (texts.size() != target.size()
        || texts.size() != groups.size()
        || texts.size() != groupNames.size()) {
      throw new IllegalArgumentException("a text has a target and a group each");
    }
  }

  /// Texts of a table.
  ///
  /// @throws BadInput for a missing column, an empty text, a label that is empty or (if numeric) no
  ///   number, labels of one class only, or of so many that they are hardly classes
  public static Corpus of(Table table, Columns columns) {
    var texts = table.column(columns.text());
    var labels = table.column(columns.label());
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).isBlank() || labels.get(i).isBlank()) {
        throw new BadInput(
            "%s, row %d: the %s is empty; fill it in or drop the row"
                .formatted(
                    table.source(),
                    i + 1,
                    texts.get(i).isBlank()
                        ? "text (column " + columns.text() + ")"
                        : "label (column " + columns.label() + ")"));
      }
    }
    var target =
        columns.numeric() ? numbers(table, columns, labels) : classes(table, columns, labels);
    var names = groupNames(table, columns);
    return new Corpus(
        table.source(), table.digest(), columns, texts, target, Groups.of(names), names);
  }

  /// Images of a table whose column of texts holds their paths. Without a column of groups, images
  /// with the same bytes are one group.
  ///
  /// @throws BadInput as for texts, or for a file that cannot be read
  public static Corpus ofImages(Table table, Columns columns) {
    var texts = of(table, columns);
    var images = texts.texts.stream().map(Path::of).map(Corpus::digestOf).toList();
    var all = images.stream().map(Digest::hex).toList();
    var names = columns.group().isEmpty() ? all : texts.groupNames;
    return new Corpus(
        texts.source,
        Digest.of(texts.digest.hex() + String.join("\n", all)),
        columns,
        texts.texts,
        texts.target,
        Groups.of(names),
        names,
        images);
  }

  private static Digest digestOf(Path image) {
    if (!Files.isRegularFile(image)) {
      throw new BadInput(
          "there is no image %s; paths in a table are relative to its folder".formatted(image));
    }
    return Digest.of(image);
  }

  public int size() {
    return texts.size();
  }

  /// How many texts occur more than once, whatever their label: rows that say what another said.
  public int repeatedTexts() {
    return texts.size() - new HashSet<>(images.isEmpty() ? texts : images).size();
  }

  /// Rows of numbers for these texts, with their targets and groups.
  public Samples samples(Matrix x) {
    return new Samples(x, target, groups);
  }

  private static Classes classes(Table table, Columns columns, List<String> labels) {
    var classes = Classes.of(labels.stream().map(String::strip).toList());
    int kinds = classes.names().size();
    if (kinds < 2) {
      throw new BadInput(
          "%s: every label (column %s) is '%s'; a probe needs rows of two classes"
              .formatted(table.source(), columns.label(), classes.names().getFirst()));
    }
    if (kinds > MOST_CLASSES || (kinds > 2 && kinds * LEAST_ROWS > labels.size())) {
      throw new BadInput(
          "%s: column %s has %d classes in %d rows (%s%s); a class needs %d rows or more on the mean, and there may be %d at most: keep fewer, or say --probe ridge if they are numbers"
              .formatted(
                  table.source(),
                  columns.label(),
                  kinds,
                  labels.size(),
                  String.join(", ", classes.names().subList(0, Math.min(5, kinds))),
                  kinds > 5 ? ", ..." : "",
                  LEAST_ROWS,
                  MOST_CLASSES));
    }
    return classes;
  }

  private static Numbers numbers(Table table, Columns columns, List<String> labels) {
    var out = new double[labels.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = number(labels.get(i));
      if (!Double.isFinite(out[i])) {
        throw new BadInput(
            "%s, row %d: a numeric label is expected in column %s, but it is '%s'"
                .formatted(table.source(), i + 1, columns.label(), labels.get(i)));
      }
    }
    if (java.util.Arrays.stream(out).distinct().count() < 2) {
      throw new BadInput(
          "%s: every label (column %s) is %s; there is nothing to predict"
              .formatted(table.source(), columns.label(), labels.getFirst().strip()));
    }
    return Numbers.of(out);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static List<String> groupNames(Table table, Columns columns) {
    var out = new ArrayList<String>();
    if (columns.group().isEmpty()) {
      return List.copyOf(table.column(columns.text()));
    }
    var parts = List.of(columns.group().split("\\+")).stream().map(table::column).toList();
    for (int i = 0; i < table.rows().size(); i++) {
      int row = i;
      out.add(String.join(" + ", parts.stream().map(p -> p.get(row)).sorted().toList()));
    }
    return out;
  }
}
