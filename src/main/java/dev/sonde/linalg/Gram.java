package dev.sonde.linalg;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Products of rows with each other.
public final class Gram {
  private static final int BLOCKS = 4;

  /// Fewer rows are not worth cutting.
  private static final int SMALL = 128;

  private Gram() {}

  /// `A A^T`, of which only one triangle is computed, in blocks of rows.
  public static Tensor of(Tensor a) {
    int n = (int) a.size(0);
    if (n < SMALL) {
      return a.matmul(a.transpose(0, 1));
    }
    return Scope.around(() -> {
      var parts = new ArrayList<Tensor>();
      for (int b = 0; b < BLOCKS; b++) {
        parts.add(a.narrow(0, edge(n, b), edge(n, b + 1) - edge(n, b)));
      }
      var blocks = new ArrayList<Tensor>();
      for (int i = 0; i < BLOCKS; i++) {
        for (int j = i; j < BLOCKS; j++) {
          blocks.add(parts.get(i).matmul(parts.get(j).transpose(0, 1)));
        }
      }
      return whole(blocks);
    });
  }

  private static int edge(int n, int block) {
    return (int) ((long) n * block / BLOCKS);
  }

  /// From the blocks on and above the diagonal, row by row.
  private static Tensor whole(List<Tensor> upper) {
    var blocks = new Tensor[BLOCKS][BLOCKS];
    int next = 0;
    for (int i = 0; i < BLOCKS; i++) {
      for (int j = i; j < BLOCKS; j++) {
        blocks[i][j] = upper.get(next++);
        blocks[j][i] = blocks[i][j].transpose(0, 1);
      }
    }
    var rows = new ArrayList<Tensor>();
    for (var row : blocks) {
      rows.add(Tensor.cat(1, List.of(row)));
    }
    return Tensor.cat(0, rows);
  }
}
