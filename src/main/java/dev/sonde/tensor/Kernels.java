package dev.sonde.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Which kernels are fast on this machine: found by a measurement, never by a list of processors.
///
/// - `linear`: for linear layers in float32, by how many rows they are given;
/// - `half`: likewise in bfloat16;
/// - `fusedGelu`: the activation inside the packed kernel;
/// - `fusedShort`, `fusedLong`: fused attention instead of step by step, for texts of up to and
///   beyond [#LONG] tokens.
public record Kernels(
    Rows linear, Rows half, boolean fusedGelu, boolean fusedShort, boolean fusedLong) {
  /// Tokens from which a text counts as long.
  public static final int LONG = 48;

  /// Rows beyond which a product counts as one of many: a batch of texts rather than one.
  public static final int MANY = 256;

  /// The plainest kernels: nothing packed, nothing fused.
  public static final Kernels PLAIN = new Kernels(false, false, false, false);

  /// How a linear layer is computed.
  public enum Linear {
    /// By the libraries that libtorch chooses.
    PLAIN,
    /// By oneDNN with the weight packed once.
    PACKED,
    /// The same with the weight widened to float32, and the result rounded back: where a processor
    /// has no instructions for halves.
    PACKED_FLOAT32
  }

  /// A kernel for one row (a token that is generated), for few ([#MANY] at most) and for many.
  public record Rows(Linear one, Linear few, Linear many) {
    static Rows all(Linear kind) {
      return new Rows(kind, kind, kind);
    }

    Linear of(long rows) {
      return rows == 1 ? one : rows <= MANY ? few : many;
    }

    boolean any(Linear kind) {
      return one == kind || few == kind || many == kind;
    }

    private String words() {
      return "%s for 1 row, %s for up to %d, %s beyond"
          .formatted(word(one), word(few), MANY, word(many));
    }

    private static String word(Linear kind) {
      return switch (kind) {
        case PLAIN -> "plain";
        case PACKED -> "oneDNN packed";
        case PACKED_FLOAT32 -> "oneDNN packed in float32";
      };
    }
  }

  /// The same for any number of rows: packed or plain.
  public Kernels(boolean packed, boolean fusedGelu, boolean fusedShort, boolean fusedLong) {
    this(
        Rows.all(packed ? Linear.PACKED : Linear.PLAIN),
        Rows.all(packed ? Linear.PACKED_FLOAT32 : Linear.PLAIN),
        fusedGelu && packed,
        fusedShort,
        fusedLong);
  }

  public boolean fusedAttention(int length) {
    return length <= LONG ? fusedShort : fusedLong;
  }

  /// Bytes that one weight takes, its packed copies among them.
  public long bytesPerWeight(DType type) {
    return switch (type) {
      case FLOAT32 -> linear.any(Linear.PACKED) ? 8 : 4;
      case BFLOAT16 ->
          2 + (half.any(Linear.PACKED) ? 2 : 0) + (half.any(Linear.PACKED_FLOAT32) ? 4 : 0);
      default -> type.bytes();
    };
  }

  Linear linear(DType type, long rows) {
    return switch (type) {
      case FLOAT32 -> linear.of(rows);
      case BFLOAT16 -> half.of(rows);
      default -> Linear.PLAIN;
    };
  }

  /// Measures for about half a second, on the calling worker and with as many threads as it has:
  /// what is fast on [Workers#wide] need not be on one thread.
  public static Kernels measure() {
    return KernelRace.run();
  }

  public Map<String, String> describe() {
    var out = new TreeMap<String, String>();
    out.put("linear", linear.words() + (fusedGelu ? "; GELU fused" : ""));
    out.put("linear in bfloat16", half.words());
    out.put("attention up to " + LONG + " tokens", fusedShort ? "fused" : "step by step");
    out.put("attention beyond", fusedLong ? "fused" : "step by step");
    return out;
  }

  /// One line that [#parse] reads.
  public String toLine() {
    var kinds = List.of(linear.one, linear.few, linear.many, half.one, half.few, half.many);
    return "%s %b %b %b"
        .formatted(
            String.join(" ", kinds.stream().map(k -> k.name().toLowerCase(Locale.ROOT)).toList()),
            fusedGelu,
            fusedShort,
            fusedLong);
  }

  /// @throws IllegalArgumentException for a line that [#toLine] did not write
  public static Kernels parse(String line) {
    var words = line.strip().split(" ");
    if (words.length != 9
        || Arrays.stream(words).skip(6).anyMatch(w -> !w.equals("true") && !w.equals("false"))) {
      throw new IllegalArgumentException("'" + line + "' names no kernels");
    }
    var kinds =
        Arrays.stream(words).limit(6).map(w -> Linear.valueOf(w.toUpperCase(Locale.ROOT))).toList();
    var fused = Arrays.stream(words).skip(6).map(Boolean::parseBoolean).toList();
    return new Kernels(
        new Rows(kinds.get(0), kinds.get(1), kinds.get(2)),
        new Rows(kinds.get(3), kinds.get(4), kinds.get(5)),
        fused.get(0),
        fused.get(1),
        fused.get(2));
  }
}
