package dev.sonde.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/// Weights as they are before training: drawn from a seed by the rule that the families of
/// transformers here share, normal with the configuration's `initializer_range`, biases 0, norms 1.
///
/// `scaledOutputs` additionally shrinks the matrices that write to the residual stream by `1 /
/// sqrt(2 * layers)`, as GPT-2 does. Each tensor's numbers depend on the seed and its name alone. A
/// weight exists if the trained model has it.
record UntrainedWeights(Weights trained, Seed seed, double spread, double outputFactor)
    implements Weights {
  private static final long PIECE = 1 << 16;

  @Override
  public DType type() {
    return trained.type();
  }

  @Override
  public Tensor get(String name, long... shape) {
    if (name.endsWith(".bias")) {
      return Lasting.tensor(() -> Tensor.zeros(type(), shape));
    }
    double scale = name.endsWith("c_proj.weight") ? spread * outputFactor : spread;
    return Lasting.tensor(
        () -> Tensor.written(DType.FLOAT32, to -> draw(name, scale, to), shape).to(type()));
  }

  @Override
  public Tensor gain(String name, double neutral, long... shape) {
    return Lasting.tensor(() -> Tensor.full(neutral, type(), shape));
  }

  /// Every piece has a seed of its own: the same numbers on any number of threads.
  private void draw(String name, double scale, MemorySegment to) {
    long count = to.byteSize() / Float.BYTES;
    LongStream.range(0, (count + PIECE - 1) / PIECE)
        .parallel()
        .forEach(p -> {
          var random = seed.forPurpose(name, p).generator();
          var piece = new float[(int) Math.min(PIECE, count - p * PIECE)];
          for (int i = 0; i < piece.length; i++) {
            piece[i] = (float) (random.nextGaussian() * scale);
          }
          MemorySegment.copy(piece, 0, to, JAVA_FLOAT, p * PIECE * Float.BYTES, piece.length);
        });
  }

  @Override
  public boolean has(String name) {
    return trained.has(name);
  }
}
