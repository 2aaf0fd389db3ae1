package dev.sonde.probe;

import dev.sonde.data.Classes;
import dev.sonde.data.Matrix;
import dev.sonde.data.Samples;
import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.TreeMap;

/// Rows that come in twos: the same thing said in two ways.
///
/// From the side columns `pair` (which two rows belong together) and `element` (which of the two a
/// row is: two names). What an element is must not be the label: in *Is a cat an animal? Yes / No*
/// the element is the answer and the label whether it is right. A pair without `element` takes the
/// rows in their order.
public final class Pairs {
  private final Samples samples;
  private final int[] first;
  private final int[] second;

  private Pairs(Samples samples, int[] first, int[] second) {
    this.samples = samples;
    this.first = first;
    this.second = second;
  }

  /// @throws BadInput if a pair has not two rows, or two of the same element
  public static Pairs of(Samples samples) {
    var pair = samples.side("pair");
    boolean named = samples.sides().containsKey("element");
    var element = named ? samples.side("element") : pair;
    if (named && element.names().size() != 2) {
      throw new BadInput(
          "the two rows of a pair differ in 'element', which has %d names; give it two"
              .formatted(element.names().size()));
    }
    var rows = new TreeMap<Integer, ArrayList<Integer>>();
    for (int i = 0; i < samples.size(); i++) {
      rows.computeIfAbsent(pair.at(i), k -> new ArrayList<>()).add(i);
    }
    int[] first = new int[rows.size()];
    int[] second = new int[rows.size()];
    int at = 0;
    for (var two : rows.entrySet()) {
      var of = two.getValue();
      if (of.size() != 2 || (named && element.at(of.get(0)) == element.at(of.get(1)))) {
        throw new BadInput(
            "pair %s has %d rows%s; a pair is two rows that differ in 'element'"
                .formatted(
                    pair.names().get(two.getKey()),
                    of.size(),
                    of.size() == 2 ? " of the same element" : ""));
      }
      boolean turned = named && element.at(of.get(0)) == 0;
      first[at] = of.get(turned ? 1 : 0);
      second[at++] = of.get(turned ? 0 : 1);
    }
    return new Pairs(samples, first, second);
  }

  public int count() {
    return first.length;
  }

  /// The rows of the second named element, `+`, a pair each.
  public Matrix plus() {
    return samples.x().select(first);
  }

  /// The rows of the first named element, `-`.
  public Matrix minus() {
    return samples.x().select(second);
  }

  /// Whether the `+` row of a pair is of the positive class and its `-` row is not.
  ///
  /// @throws BadInput if the labels are not two classes, or are the same within a pair
  public boolean[] plusIsPositive() {
    if (!(samples.y() instanceof Classes y) || y.names().size() != 2) {
      throw new BadInput("pairs are told apart by two classes; give labels of two");
    }
    var out = new boolean[first.length];
    for (int i = 0; i < out.length; i++) {
      if (y.at(first[i]) == y.at(second[i])) {
        throw new BadInput(
            "a pair has one row of each class, but rows %d and %d are both '%s'"
                .formatted(first[i] + 1, second[i] + 1, y.names().get(y.at(first[i]))));
      }
      out[i] = y.at(first[i]) == 1;
    }
    return out;
  }

  /// `+` less `-`, the i-th turned round where `turned[i]`.
  Matrix differences(boolean[] turned) {
    int d = samples.x().cols();
    var out = new double[Math.multiplyExact(first.length, d)];
    for (int i = 0; i < first.length; i++) {
      for (int j = 0; j < d; j++) {
        double difference = samples.x().at(first[i], j) - samples.x().at(second[i], j);
        out[i * d + j] = turned[i] ? -difference : difference;
      }
    }
    return Matrix.ofDoubles(first.length, d, out);
  }
}
