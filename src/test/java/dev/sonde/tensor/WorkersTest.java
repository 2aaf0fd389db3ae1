package dev.sonde.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.provenance.Seed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// One seed, one set of bits, on any number of threads within an operation.
final class WorkersTest {
  private static final Kernels PACKED = new Kernels(true, true, true, true);

  /// Sizes at which every one of these is cut up by threads.
  private static Map<String, float[]> everything() {
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      var out = new LinkedHashMap<String, float[]>();
      for (int rows : new int[] {1, 2, 16, 128, 300}) {
        var x = random(rows, 768);
        var half = x.to(DType.BFLOAT16);
        for (var kernels : new Kernels[] {Kernels.PLAIN, PACKED}) {
          var what = rows + " rows, " + (kernels.equals(PACKED) ? "packed" : "plain");
          var dense = Dense.of(random(1536, 768), random(1536), kernels);
          out.put(what, dense.apply(x).toFloats());
          out.put(what + ", GELU", dense.applyGelu(x).toFloats());
          var halves = Dense.of(random(512, 768).to(DType.BFLOAT16), kernels);
          out.put(what + ", bfloat16", halves.apply(half).toFloats());
        }
        out.put(rows + " norms", Nn.rmsNorm(x, random(768), 1e-5).toFloats());
        out.put(rows + " softmax", x.softmax(1).toFloats());
      }
      for (int length : new int[] {16, 128, 300}) {
        var q = random(2, 9, length, 64);
        var k = random(2, 9, length, 64);
        var v = random(2, 9, length, 64);
        out.put(length + " fused", Nn.attend(q, k, v, true, 0.125).toFloats());
        var pattern = q.matmul(k.transpose(2, 3)).times(0.125).softmax(3);
        out.put(length + " by steps", pattern.matmul(v).toFloats());
      }
      return out;
    }
  }

  @Test
  void theNumberOfThreadsOfAnOperationChangesNoBit() {
    Map<String, float[]> one;
    Map<String, float[]> all;
    Map<String, float[]> three;
    try (var workers = Workers.of(1)) {
      one = workers.call(WorkersTest::everything);
    }
    try (var workers = Workers.wide()) {
      all = workers.call(WorkersTest::everything);
      three =
          workers.call(() -> {
            Engine.threadsPerOperation(3);
            return everything();
          });
    }
    one.forEach((what, numbers) -> {
      assertThat(all.get(what)).as(what).isEqualTo(numbers);
      assertThat(three.get(what)).as(what).isEqualTo(numbers);
    });
    assertThat(one.get("128 rows, packed")).isNotEqualTo(one.get("128 rows, packed, GELU"));
  }

  /// The packed kernel agrees with the plain one, in halves as far as these go.
  @Test
  void packedIsPlain() {
    try (var workers = Workers.of(1)) {
      var all = workers.call(WorkersTest::everything);
      for (var what : all.keySet().stream().filter(w -> w.contains("packed")).toList()) {
        double allowed = what.contains("bfloat16") ? 0.01 : 1e-5;
        var plain = Objects.requireNonNull(all.get(what.replace("packed", "plain")));
        assertThat(off(Objects.requireNonNull(all.get(what)), plain)).as(what).isLessThan(allowed);
      }
      var packed = Objects.requireNonNull(all.get("128 rows, packed"));
      var other = Objects.requireNonNull(all.get("128 rows, plain, GELU"));
      assertThat(off(packed, other)).isGreaterThan(0.1);
    }
  }

  /// The largest difference over the largest number.
  private static double off(float[] a, float[] b) {
    double off = 0;
    double scale = 0;
    for (int i = 0; i < a.length; i++) {
      off = Math.max(off, Math.abs(a[i] - b[i]));
      scale = Math.max(scale, Math.abs(b[i]));
    }
    return off / scale;
  }

  @Test
  void kernelsAreWrittenAndRead() {
    Supplier<Kernels> measuring = Kernels::measure;
    try (var workers = Workers.wide()) {
      var found = workers.call(measuring);
      assertThat(Kernels.parse(found.toLine())).isEqualTo(found);
      assertThat(found.describe()).hasSize(4);
    }
    assertThat(Kernels.parse(PACKED.toLine())).isEqualTo(PACKED);
    assertThatThrownBy(() -> Kernels.parse("true true false false"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Kernels.parse(PACKED.toLine().replace("packed", "fast")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Tensor random(long... shape) {
    long count = 1;
    for (long n : shape) {
      count *= n;
    }
    var random = new Seed(count).forPurpose("tensor").generator();
    var out = new float[(int) count];
    for (int i = 0; i < count; i++) {
      out[i] = (float) random.nextGaussian();
    }
    return Tensor.of(out, shape);
  }
}
