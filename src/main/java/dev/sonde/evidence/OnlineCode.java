package dev.sonde.evidence;

import dev.sonde.data.Groups;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// How many bits the labels cost somebody who has the rows and learns as the labels come in:
/// minimum description length by online (prequential) coding (Voita & Titov 2020).
///
/// ```
/// L = t_1 log2 K - sum_i sum_{j = t_i + 1 ..t_(i+1)} log2 p_i(y_j | x_j),   p_i learnt from the first t_i
/// ```
///
/// A short code needs labels that are both readable and easy to learn to read, which accuracy alone
/// does not tell. Everything is in bits. The reference notebooks add nats to bits; what they would
/// print is [#voita2020Compat], for comparison with published numbers only.
public final class OnlineCode {
  /// Ends of the blocks as shares of all rows, as in the reference.
  public static final List<Double> CUTS =
      List.of(.001, .002, .004, .008, .016, .032, .0625, .125, .25, .5, 1.0);

  private final int classes;
  private final int[] ends;
  private final double[] bits;

  private OnlineCode(int classes, int[] ends, double[] bits) {
    this.classes = classes;
    this.ends = ends;
    this.bits = bits;
  }

  /// Codes `labels[order[0]], labels[order[1]], …`; `cuts` are the ends of the blocks as shares of
  /// the rows, the last 1. Blocks without rows are left out.
  public static OnlineCode of(LabelModel model, int[] labels, int[] order, List<Double> cuts) {
    int n = order.length;
    return at(model, labels, order, cuts.stream().mapToInt(c -> (int) (c * n + 1e-9)).toArray());
  }

  /// The same with whole groups in shuffled order and blocks that end where a group ends: rows that
  /// resemble each other are then never learnt from and coded.
  public static OnlineCode byGroup(LabelModel model, int[] labels, Groups groups, Seed seed) {
    var order = order(groups, seed);
    int n = order.length;
    var ends =
        CUTS.stream()
            .mapToInt(c -> {
              int end = (int) (c * n + 1e-9);
              while (end > 0 && end < n && groups.at(order[end]) == groups.at(order[end - 1])) {
                end++;
              }
              return end;
            })
            .toArray();
    return at(model, labels, order, ends);
  }

  /// Rows in an order where whole groups are shuffled.
  public static int[] order(Groups groups, Seed seed) {
    var random = seed.forPurpose("online code").generator();
    var place = IntStream.range(0, groups.count()).toArray();
    for (int i = place.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int kept = place[i];
      place[i] = place[j];
      place[j] = kept;
    }
    return IntStream.range(0, groups.size())
        .boxed()
        .sorted(java.util.Comparator.comparingInt(i -> place[groups.at(i)]))
        .mapToInt(i -> i)
        .toArray();
  }

  private static OnlineCode at(LabelModel model, int[] labels, int[] order, int[] cuts) {
    var ends = Arrays.stream(cuts).filter(e -> e > 0).distinct().sorted().toArray();
    if (ends.length == 0 || ends[ends.length - 1] != order.length) {
      throw new IllegalArgumentException(
          "the last block ends with the last row, at 1, not at " + Arrays.toString(cuts));
    }
    var bits = new ArrayList<Double>();
    bits.add(ends[0] * log2(model.classes()));
    for (int b = 1; b < ends.length; b++) {
      var test = Arrays.copyOfRange(order, ends[b - 1], ends[b]);
      var log = model.logProbabilities(Arrays.copyOf(order, ends[b - 1]), test);
      double sum = 0;
      for (int i = 0; i < test.length; i++) {
        sum -= log[i][labels[test[i]]];
      }
      bits.add(sum / Math.log(2));
    }
    return new OnlineCode(
        model.classes(), ends, bits.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /// The length of the code, in bits.
  public double bits() {
    return Arrays.stream(bits).sum();
  }

  /// The length without looking: `n log2 K`.
  public double uniformBits() {
    return ends[ends.length - 1] * log2(classes);
  }

  /// How many times shorter than without looking; 1 where there is nothing to read.
  public double compression() {
    return uniformBits() / bits();
  }

  /// How many rows had been coded at the end of each block.
  public int[] ends() {
    return ends.clone();
  }

  /// The bits of each block, the first at `log2 K` a row.
  public double[] blocks() {
    return bits.clone();
  }

  /// What the reference notebooks would call the code length: the first block in bits, all others
  /// in nats. Never a length in any unit.
  public double voita2020Compat() {
    return bits[0] + (bits() - bits[0]) * Math.log(2);
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }
}
