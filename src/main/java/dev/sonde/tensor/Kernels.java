package dev.sonde.tensor;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Which kernels are fast on this machine: found by a measurement, never by a list of processors.
///
/// - `packedLinear`: oneDNN with packed weights instead of BLAS for linear layers;
/// - `fusedGelu`: the activation inside that kernel;
/// - `fusedShort`, `fusedLong`: fused attention instead of step by step, for texts of up to and
///   beyond [#LONG] tokens.
public record Kernels(
    boolean packedLinear, boolean fusedGelu, boolean fusedShort, boolean fusedLong) {
  /// Tokens from which a text counts as long.
  public static final int LONG = 48;

  /// The plainest kernels: nothing packed, nothing fused.
  public static final Kernels PLAIN = new Kernels(false, false, false, false);

  public Kernels withPackedLinear(boolean packed) {
    return new Kernels(packed, fusedGelu && packed, fusedShort, fusedLong);
  }

  public boolean fusedAttention(int length) {
    return length <= LONG ? fusedShort : fusedLong;
  }

  /// Measures for about a third of a second, on the calling worker.
  public static Kernels measure() {
    try (var mode = Mode.inference();
        var scope = Scope.open()) {
      var x = random(512, 768);
      var weight = random(1536, 768);
      var bias = random(1536);
      var plain = Dense.of(weight, bias, PLAIN);
      boolean packed;
      boolean gelu;
      try {
        var dense = Dense.of(weight, bias, PLAIN.withPackedLinear(true));
        packed = faster(() -> dense.apply(x), () -> plain.apply(x), 5);
        var fused = Dense.of(weight, bias, new Kernels(true, true, false, false));
        gelu = packed && faster(() -> fused.applyGelu(x), () -> dense.applyGelu(x), 5);
      } catch (RuntimeException e) {
        packed = false; // this libtorch was built without oneDNN
        gelu = false;
      }
      return new Kernels(packed, gelu, fusedAttentionWins(24, 16), fusedAttentionWins(4, 128));
    }
  }

  public Map<String, String> describe() {
    var out = new TreeMap<String, String>();
    out.put(
        "linear",
        packedLinear ? fusedGelu ? "oneDNN packed, GELU fused" : "oneDNN packed" : "BLAS");
    out.put("attention up to " + LONG + " tokens", fusedShort ? "fused" : "step by step");
    out.put("attention beyond", fusedLong ? "fused" : "step by step");
    return out;
  }

  /// One line that [#parse] reads.
  public String toLine() {
    return "%b %b %b %b".formatted(packedLinear, fusedGelu, fusedShort, fusedLong);
  }

  /// @throws IllegalArgumentException for a line that [#toLine] did not write
  public static Kernels parse(String line) {
    var words = line.strip().split(" ");
    if (words.length != 4
        || Arrays.stream(words).anyMatch(w -> !w.equals("true") && !w.equals("false"))) {
      throw new IllegalArgumentException("'" + line + "' names no kernels");
    }
    var b = Arrays.stream(words).map(Boolean::parseBoolean).toList();
    return new Kernels(b.get(0), b.get(1), b.get(2), b.get(3));
  }

  private static boolean fusedAttentionWins(long texts, long length) {
    var q = random(texts, 12, length, 64);
    var k = random(texts, 12, length, 64);
    var v = random(texts, 12, length, 64);
    return faster(
        () -> Nn.attend(q, k, v, false, 0.125),
        () -> q.matmul(k.transpose(2, 3)).times(0.125).softmax(3).matmul(v),
        5);
  }

  /// The best of `rounds` alternations decides.
  private static boolean faster(Supplier<Tensor> a, Supplier<Tensor> b, int rounds) {
    long bestA = Long.MAX_VALUE;
    long bestB = Long.MAX_VALUE;
    for (int i = 0; i <= rounds; i++) {
      long timeA = nanoseconds(a);
      long timeB = nanoseconds(b);
      if (i > 0) { // the first round warms up
        bestA = Math.min(bestA, timeA);
        bestB = Math.min(bestB, timeB);
      }
    }
    return bestA < bestB;
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
