package dev.sonde.model;

import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;
import java.util.stream.IntStream;

/// Weights as they are before training: drawn from a seed by the rule that the families of
/// transformers here share, normal with the configuration's `initializer_range`, biases 0, norms 1.
///
/// `scaledOutputs` additionally shrinks the matrices that write to the residual stream by `1 /
/// sqrt(2 * layers)`, as GPT-2 does. Each tensor's numbers depend on the seed and its name alone. A
/// weight exists if the trained model has it.
record UntrainedWeights(Weights trained, Seed seed, double spread, double outputFactor)
    implements Weights {
  private static final int PIECE = 1 << 16;

  @Override
  public Tensor get(String name, long... shape) {
    int count = 1;
    for (long n : shape) {
      count = Math.multiplyExact(count, Math.toIntExact(n));
    }
    var values = new float[count];
    if (name.endsWith(".bias")) {
      return Lasting.tensor(() -> Tensor.of(values, shape));
    }
    if (shape.length == 1) {
      java.util.Arrays.fill(values, 1);
      return Lasting.tensor(() -> Tensor.of(values, shape));
    }
    double scale = name.endsWith("c_proj.weight") ? spread * outputFactor : spread;
    int pieces = (count + PIECE - 1) / PIECE;
    // every piece has a seed of its own: the same numbers on any number of threads
    IntStream.range(0, pieces)
        .parallel()
        .forEach(p -> fill(values, p, seed.forPurpose(name, p), scale));
    return Lasting.tensor(() -> Tensor.of(values, shape));
  }

  private static void fill(float[] values, int piece, Seed own, double scale) {
    var random = own.generator();
    int to = Math.min(values.length, (piece + 1) * PIECE);
    for (int i = piece * PIECE; i < to; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
  }

  @Override
  public boolean has(String name) {
    return trained.has(name);
  }
}
