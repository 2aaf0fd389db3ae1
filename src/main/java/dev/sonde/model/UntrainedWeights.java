package dev.sonde.model;

import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;

/// Weights as they are before training: drawn from a seed by the rule that the families of
/// transformers here share, normal with the configuration's `initializer_range`, biases 0, norms 1.
///
/// `scaledOutputs` additionally shrinks the matrices that write to the residual stream by `1 /
/// sqrt(2 * layers)`, as GPT-2 does. Each tensor's numbers depend on the seed and its name alone. A
/// weight exists if the trained model has it.
record UntrainedWeights(Weights trained, Seed seed, double spread, double outputFactor)
    implements Weights {
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
    var random = seed.forPurpose(name).generator();
    double scale = name.endsWith("c_proj.weight") ? spread * outputFactor : spread;
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return Lasting.tensor(() -> Tensor.of(values, shape));
  }

  @Override
  public boolean has(String name) {
    return trained.has(name);
  }
}
