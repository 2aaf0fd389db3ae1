package dev.sonde.tensor;

import dev.sonde.tensor.Kernels.Linear;
import dev.sonde.tensor.Kernels.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/// Finds which kernels are fast: each runs in turn, several times, and its best time counts, so
/// that what else the machine does at the moment meets all alike or none.
///
/// Where two are within [#TIE] of each other the first named is taken, so that chance decides less.
final class KernelRace {
  /// What a kernel must save to be preferred to one named before it.
  private static final double TIE = 0.95;

  private static final int ROUNDS = 6;

  private KernelRace() {}

  static Kernels run() {
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      boolean packs = packs(DType.FLOAT32);
      var linear = new Rows(Linear.PLAIN, Linear.PLAIN, Linear.PLAIN);
      var half = linear;
      boolean gelu = false;
      if (packs) {
        var kinds = List.of(Linear.PACKED, Linear.PLAIN);
        linear =
            new Rows(
                best(kinds, DType.FLOAT32, 1),
                best(kinds, DType.FLOAT32, 128),
                best(kinds, DType.FLOAT32, 512));
        gelu = linear.any(Linear.PACKED) && gelu();
        half = half();
      }
      return new Kernels(linear, half, gelu, fusedAttention(24, 16), fusedAttention(4, 128));
    }
  }

  private static Rows half() {
    var kinds =
        packs(DType.BFLOAT16)
            ? List.of(Linear.PACKED, Linear.PLAIN, Linear.PACKED_FLOAT32)
            : List.of(Linear.PLAIN, Linear.PACKED_FLOAT32);
    var few = best(kinds, DType.BFLOAT16, 64);
    return new Rows(best(kinds, DType.BFLOAT16, 1), few, few);
  }

  /// Whether this libtorch has oneDNN, and that kernels for this type on this processor.
  private static boolean packs(DType type) {
    try (var scope = Scope.open()) {
      var _ = Packed.of(random(16, 16).to(type), null).linear(random(2, 16).to(type), Packed.NONE);
      return true;
    } catch (RuntimeException | LinkageError e) {
      return false;
    }
  }

  private static Linear best(List<Linear> kinds, DType type, long rows) {
    var x = random(rows, 768).to(type);
    var weight = random(type == DType.FLOAT32 ? 1536 : 768, 768).to(type);
    var bias = random(weight.size(0)).to(type);
    var racers = new ArrayList<Supplier<Tensor>>();
    for (var kind : kinds) {
      var all = Rows.all(kind);
      var dense = Dense.of(weight, bias, new Kernels(all, all, false, false, false));
      racers.add(() -> dense.apply(x));
    }
    return kinds.get(first(racers));
  }

  private static boolean gelu() {
    var x = random(128, 768);
    var weight = random(1536, 768);
    var bias = random(1536);
    var packed = Dense.of(weight, bias, new Kernels(true, false, false, false));
    var fused = Dense.of(weight, bias, new Kernels(true, true, false, false));
    return first(List.of(() -> fused.applyGelu(x), () -> packed.applyGelu(x))) == 0;
  }

  private static boolean fusedAttention(long texts, long length) {
    var q = random(texts, 12, length, 64);
    var k = random(texts, 12, length, 64);
    var v = random(texts, 12, length, 64);
    return first(
            List.of(
                () -> Nn.attend(q, k, v, false, 0.125),
                () -> q.matmul(k.transpose(2, 3)).times(0.125).softmax(3).matmul(v)))
        == 0;
  }

  /// Which of them is fastest. One that is far behind at once does not run again.
  private static int first(List<Supplier<Tensor>> racers) {
    var best = new long[racers.size()];
    Arrays.fill(best, Long.MAX_VALUE);
    for (int round = 0; round <= ROUNDS; round++) {
      for (int i = 0; i < best.length; i++) {
        if (round < 2 || best[i] / 4 < Arrays.stream(best).min().orElseThrow()) {
          long took = nanoseconds(racers.get(i));
          best[i] = round == 0 ? Long.MAX_VALUE : Math.min(best[i], took); // 0 warms up
        }
      }
    }
    int chosen = 0;
    for (int i = 1; i < best.length; i++) {
      if (best[i] < best[chosen] * TIE) {
        chosen = i;
      }
    }
    return chosen;
  }

  private static long nanoseconds(Supplier<Tensor> work) {
    try (var scope = Scope.open()) {
      long start = System.nanoTime();
      var _ = work.get();
      return System.nanoTime() - start;
    }
  }

  private static Tensor random(long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    var out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) Math.sin(i * 0.7);
    }
    return Tensor.of(out, shape);
  }
}
