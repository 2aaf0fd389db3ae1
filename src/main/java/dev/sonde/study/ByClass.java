package dev.sonde.study;

import dev.sonde.data.Classes;
import dev.sonde.eval.Confusion;
import dev.sonde.eval.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// What became of the rows of each class.
final class ByClass {
  private ByClass() {}

  /// `column.apply(k)` ranks the rows by how much they look of class k.
  static Findings.ByClass of(Classes truth, int[] predicted, IntFunction<double[]> column) {
    int k = truth.names().size();
    var confusion = Confusion.of(truth.toArray(), predicted, k);
    var counts = new ArrayList<List<Long>>();
    var each = new ArrayList<Findings.OfClass>();
    for (int c = 0; c < k; c++) {
      int own = c;
      counts.add(IntStream.range(0, k).mapToObj(q -> confusion.count(own, q)).toList());
      var positive = new boolean[truth.size()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = truth.at(i) == c;
      }
      each.add(
          new Findings.OfClass(
              truth.names().get(c),
              truth.count(c),
              confusion.recall(c),
              confusion.precision(c),
              confusion.f1(c),
              Scores.auroc(column.apply(c), positive)));
    }
    return new Findings.ByClass(counts, each);
  }
}
