package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Groups;
import dev.sonde.data.Numbers;
import dev.sonde.data.Target;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.util.List;
import java.util.stream.IntStream;

/// Labels of rows that were made elsewhere: where they come from, the label of each row, its group,
/// its text.
///
/// `groups` may be empty: every row for itself. `positive` names the class that is set against all
/// others; it may be empty where there are two. `numeric`: labels are numbers to be predicted.
/// `texts` may be empty: nobody knows what the rows were made from.
public record LabelledRows(
    String source,
    List<String> labels,
    String groupSource,
    List<String> groups,
    String positive,
    boolean numeric,
    String textSource,
    List<String> texts) {
  public LabelledRows {
    texts = List.copyOf(texts);
    labels = labels.stream().map(String::strip).toList();
    groups = List.copyOf(groups);
  }

  /// Without texts.
  public LabelledRows(
      String source,
      List<String> labels,
      String groupSource,
      List<String> groups,
      String positive,
      boolean numeric) {
    this(source, labels, groupSource, groups, positive, numeric, "", List.of());
  }

  /// The same with the texts that the rows were made from.
  public LabelledRows withTexts(String from, List<String> given) {
    return new LabelledRows(source, labels, groupSource, groups, positive, numeric, from, given);
  }

  void mustFit(int rows, String activations) {
    if (labels.size() != rows) {
      throw new BadInput(
          "%s has %d labels, but %s has %d rows; a label a row is needed, in the same order"
              .formatted(source, labels.size(), activations, rows));
    }
    if (!groups.isEmpty() && groups.size() != rows) {
      throw new BadInput(
          "%s has %d groups, but %s has %d rows; a group a row is needed, in the same order"
              .formatted(groupSource, groups.size(), activations, rows));
    }
    if (!texts.isEmpty() && texts.size() != rows) {
      throw new BadInput(
          "%s has %d texts, but %s has %d rows; a text a row is needed, in the same order"
              .formatted(textSource, texts.size(), activations, rows));
    }
  }

  Corpus corpus() {
    var named =
        texts.isEmpty()
            ? IntStream.range(0, labels.size()).mapToObj(i -> "row " + i).toList()
            : texts;
    var names = groups.isEmpty() ? named : groups;
    var columns = new Columns(textSource, source, groupSource, numeric);
    var all = String.join("\n", labels) + "\n\n" + String.join("\n", groups);
    all += positive.isEmpty() ? "" : "\n\n" + positive;
    all += texts.isEmpty() ? "" : "\n\n" + String.join("\n", texts);
    return new Corpus(source, Digest.of(all), columns, named, target(), Groups.of(names), names);
  }

  private Target target() {
    for (int i = 0; i < labels.size(); i++) {
      if (labels.get(i).isEmpty()) {
        throw new BadInput(
            "%s, row %d: the label is empty; fill it in or drop the row".formatted(source, i + 1));
      }
    }
    return numeric ? numbers() : classes();
  }

  private Numbers numbers() {
    var out = new double[labels.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = number(labels.get(i));
      if (!Double.isFinite(out[i])) {
        throw new BadInput(
            "%s, row %d: a number is expected, but it is '%s'"
                .formatted(source, i + 1, labels.get(i)));
      }
    }
    if (java.util.Arrays.stream(out).distinct().count() < 2) {
      throw new BadInput(
          "%s: every label is the same; there is nothing to predict".formatted(source));
    }
    return Numbers.of(out);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private Classes classes() {
    var all = Classes.of(labels);
    if (!positive.isEmpty()) {
      if (!all.names().contains(positive)) {
        throw new BadInput(
            "%s has no class '%s'; it has %s"
                .formatted(source, positive, String.join(", ", all.names())));
      }
      var index = labels.stream().mapToInt(l -> l.equals(positive) ? 1 : 0).toArray();
      return two(Classes.of(List.of("not " + positive, positive), index));
    }
    int kinds = all.names().size();
    if (kinds > Corpus.MOST_CLASSES || (kinds > 2 && 3 * kinds > labels.size())) {
      throw new BadInput(
          "%s has %d classes in %d rows (%s%s); a class needs three rows or more on the mean: say --positive CLASS to set one against all others, or --probe ridge if they are numbers"
              .formatted(
                  source,
                  kinds,
                  labels.size(),
                  String.join(", ", all.names().stream().limit(5).toList()),
                  kinds > 5 ? ", ..." : ""));
    }
    return kinds > 2 ? all : two(all);
  }

  private Classes two(Classes classes) {
    if (classes.names().size() < 2 || classes.count(0) == 0 || classes.count(1) == 0) {
      throw new BadInput(
          "%s: every label is '%s'; a probe needs rows of two classes"
              .formatted(source, classes.names().get(classes.at(0))));
    }
    return classes;
  }
}
