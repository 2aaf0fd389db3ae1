package dev.sonde.linalg;

import dev.sonde.tensor.Scope;
import dev.sonde.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Products of rows with each other.
final class Gram {
  private static final int BLOCKS = 4;
  private static final long SMALL = 128;

  private Gram() {}

  /// `A A^T`, of which only one triangle is computed, in blocks of rows.
  static Tensor of(Tensor a) {
    long n = a.size(0);
    if (n < SMALL) {
      return a.matmul(a.transpose(0, 1));
    }
    return Scope.around(() -> {
      var parts = new ArrayList<Tensor>();
      for (int b = 0; b < BLOCKS; b++) {
        long from = n * b / BLOCKS;
        parts.add(a.narrow(0, from, n * (b + 1) / BLOCKS - from));
      }
      var blocks = new Tensor[BLOCKS][BLOCKS];
      for (int i = 0; i < BLOCKS; i++) {
        for (int j = i; j < BLOCKS; j++) {
          blocks[i][j] = parts.get(i).matmul(parts.get(j).transpose(0, 1));
          blocks[j][i] = blocks[i][j].transpose(0, 1);
        }
      }
      var rows = new ArrayList<Tensor>();
      for (var row : blocks) {
        rows.add(Tensor.cat(1, List.of(row)));
      }
      return Tensor.cat(0, rows);
    });
  }
}
