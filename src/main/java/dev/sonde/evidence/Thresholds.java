package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.eval.Scores;
import dev.sonde.provenance.Seed;
import java.util.stream.IntStream;

/// Thresholds chosen on some rows for others.
final class Thresholds {
  private Thresholds() {}

  /// The accuracy of either half of the groups at the threshold that suits the other half best.
  static double recalibrated(double[] scores, boolean[] positive, Groups groups, Seed seed) {
    var random = seed.generator();
    var order = IntStream.range(0, groups.count()).toArray();
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    var half = new boolean[order.length];
    for (int i = 0; i < order.length / 2; i++) {
      half[order[i]] = true;
    }
    int right = 0;
    for (boolean which : new boolean[] {true, false}) {
      var choose =
          IntStream.range(0, scores.length).filter(i -> half[groups.at(i)] == which).toArray();
      double threshold = best(scores, positive, choose);
      for (int i = 0; i < scores.length; i++) {
        right += half[groups.at(i)] != which && (scores[i] > threshold) == positive[i] ? 1 : 0;
      }
    }
    return (double) right / scores.length;
  }

  /// The threshold of most right answers among `rows`, midway between neighbours; the lowest of
  /// those that are as good.
  static double best(double[] scores, boolean[] positive, int[] rows) {
    var own = IntStream.of(rows).mapToDouble(i -> scores[i]).toArray();
    var order = Scores.order(own);
    int right = 0;
    for (int i : rows) {
      right += positive[i] ? 1 : 0;
    }
    int most = right;
    double low = Double.NEGATIVE_INFINITY;
    double high = own.length == 0 ? 0 : own[order[0]];
    for (int k = 0; k < order.length; k++) {
      right += positive[rows[order[k]]] ? -1 : 1;
      boolean last = k + 1 == order.length;
      if (!last && own[order[k + 1]] == own[order[k]]) {
        continue;
      }
      double next = last ? Double.POSITIVE_INFINITY : own[order[k + 1]];
      if (right > most) {
        most = right;
        low = own[order[k]];
        high = next;
      }
    }
    if (Double.isInfinite(low)) {
      return Double.isInfinite(high) ? 0 : high - 1e-9 * Math.abs(high) - 1e-300;
    }
    return Double.isInfinite(high) ? low : (low + high) / 2;
  }
}
