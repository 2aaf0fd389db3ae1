package dev.sonde.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.sonde.provenance.Seed;
import dev.sonde.tensor.DType;
import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.LongStream;

/// Weights as they are before training: drawn from a seed by the family's own rule ([Initial]),
/// biases 0, norms 1.
///
/// Each tensor's numbers depend on the seed and its name alone. A weight exists if the trained
/// model has it.
record UntrainedWeights(Weights trained, Seed seed, Function<String, Initial> rule)
    implements Weights {
  private static final long PIECE = 1 << 16;

  @Override
  public DType type() {
    return trained.type();
  }

  @Override
  public Tensor get(String name, long... shape) {
    return drawn(type(), name, shape);
  }

  @Override
  public Tensor wide(String name, long... shape) {
    return drawn(type().wide(), name, shape);
  }

  private Tensor drawn(DType type, String name, long... shape) {
    if (name.endsWith(".bias")) {
      return Lasting.tensor(() -> Tensor.zeros(type, shape));
    }
    var initial = rule.apply(name);
    long width = shape[shape.length - 1];
    return Lasting.tensor(
        () -> Tensor.written(DType.FLOAT32, to -> fill(name, initial, width, to), shape).to(type));
  }

  @Override
  public Tensor gain(String name, double neutral, long... shape) {
    return Lasting.tensor(() -> Tensor.full(neutral, type().wide(), shape));
  }

  private void fill(String name, Initial initial, long width, MemorySegment to) {
    if (initial.waves()) {
      waves(width, to);
      return;
    }
    draw(name, initial, to);
    long row = initial.zeroRow();
    if (row >= 0 && (row + 1) * width * Float.BYTES <= to.byteSize()) {
      to.asSlice(row * width * Float.BYTES, width * Float.BYTES).fill((byte) 0);
    }
  }

  /// Every piece has a seed of its own: the same numbers on any number of threads.
  private void draw(String name, Initial initial, MemorySegment to) {
    long count = to.byteSize() / Float.BYTES;
    LongStream.range(0, (count + PIECE - 1) / PIECE)
        .parallel()
        .forEach(p -> {
          var random = seed.forPurpose(name, p).generator();
          var piece = new float[(int) Math.min(PIECE, count - p * PIECE)];
          for (int i = 0; i < piece.length; i++) {
            piece[i] = (float) (normal(random, initial.cutoff()) * initial.std());
          }
          MemorySegment.copy(piece, 0, to, JAVA_FLOAT, p * PIECE * Float.BYTES, piece.length);
        });
  }

  private static double normal(SplittableRandom random, double cutoff) {
    double drawn = random.nextGaussian();
    while (cutoff > 0 && Math.abs(drawn) > cutoff) {
      drawn = random.nextGaussian();
    }
    return drawn;
  }

  /// Sines at even places, cosines at odd ones.
  private static void waves(long width, MemorySegment to) {
    long count = to.byteSize() / Float.BYTES;
    for (long i = 0; i < count; i++) {
      long row = i / width;
      long place = i % width;
      long pair = place - place % 2; // a sine and its cosine
      double angle = row / Math.pow(10000, (double) pair / width);
      double wave = place % 2 == 0 ? Math.sin(angle) : Math.cos(angle);
      to.setAtIndex(JAVA_FLOAT, i, (float) wave);
    }
  }

  @Override
  public boolean has(String name) {
    return trained.has(name);
  }
}
