package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;

/// Builds the parts that families share.
record Parts(Kernels kernels) {
  /// `name.weight` `[out, in]` and, if the file has it, `name.bias` `[out]`.
  Dense dense(Weights weights, String name, int out, int in) {
    var weight = weights.get(name + ".weight", out, in);
    return weights.has(name + ".bias")
        ? Dense.of(weight, weights.get(name + ".bias", out), kernels)
        : Dense.of(weight, kernels);
  }

  /// A layer stored as `[in, out]`, as GPT-2 has them.
  Dense transposed(Weights weights, String name, int out, int in) {
    var stored = weights.get(name + ".weight", in, out);
    var weight = Lasting.tensor(() -> stored.transpose(0, 1));
    return Dense.of(weight, weights.get(name + ".bias", out), kernels);
  }

  static int headWidth(int width, int heads) {
    if (width % heads != 0) {
      throw new BadInput(
          "config.json has a width of %d and %d heads: the heads do not divide the width"
              .formatted(width, heads));
    }
    return width / heads;
  }

  /// `[token, head * d_head]` → `[token, head, d_head]`.
  static Tensor split(Tensor rows, int heads) {
    return rows.reshape(rows.size(0), heads, rows.size(1) / heads);
  }
}
