package dev.sonde.probe;

import dev.sonde.data.Matrix;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Several linear outputs of one row: a class each, or a coordinate each.
///
/// `out_k(x) = direction_k . x + bias_k`, in the space of the raw rows.
public record LinearMap(List<Linear> outputs) implements Fitted {
  public LinearMap {
    outputs = List.copyOf(outputs);
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("a map has one output or more");
    }
  }

  /// `n x k`.
  public double[][] of(Matrix x) {
    var columns = outputs.stream().map(p -> p.scores(x)).toList();
    var out = new double[x.rows()][outputs.size()];
    for (int i = 0; i < out.length; i++) {
      for (int k = 0; k < out[i].length; k++) {
        out[i][k] = columns.get(k)[i];
      }
    }
    return out;
  }

  /// The index of the largest output of every row; of equal ones the first.
  public int[] largest(Matrix x) {
    var all = of(x);
    return IntStream.range(0, all.length)
        .map(i -> {
          int best = 0;
          for (int k = 1; k < all[i].length; k++) {
            best = all[i][k] > all[i][best] ? k : best;
          }
          return best;
        })
        .toArray();
  }

  @Override
  public String kind() {
    return "linear-map";
  }

  /// `direction` `k x d`, `bias` k numbers.
  @Override
  public Map<String, Matrix> parameters() {
    int d = outputs.getFirst().direction().length;
    var w = new double[outputs.size() * d];
    var b = new double[outputs.size()];
    for (int k = 0; k < b.length; k++) {
      System.arraycopy(outputs.get(k).direction(), 0, w, k * d, d);
      b[k] = outputs.get(k).bias();
    }
    return Map.of(
        "direction", Matrix.ofDoubles(b.length, d, w), "bias", Matrix.ofDoubles(1, b.length, b));
  }
}
