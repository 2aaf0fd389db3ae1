package dev.sonde.tensor;

import dev.sonde.tensor.Kernels.Linear;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A linear layer `x W^T + b` that runs on the kernel found fastest on this machine for so many
/// rows.
///
/// Rows are first rounded to the weight's type where they have more bits. Under gradients always
/// the plain kernel. The weight is packed at the first use, once, by whichever thread comes first;
/// a layer lives as long as its model.
public final class Dense {
  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final Kernels kernels;
  private volatile @Nullable Packed packed;
  private volatile @Nullable Packed widened;

  private Dense(Tensor weight, @Nullable Tensor bias, Kernels kernels) {
    this.weight = weight;
    this.bias = bias;
    this.kernels = kernels;
  }

  /// W `[out, in]`, b `[out]`; both outlive every scope ([Lasting#tensor]).
  public static Dense of(Tensor weight, Tensor bias, Kernels kernels) {
    return new Dense(weight, bias, kernels);
  }

  public static Dense of(Tensor weight, Kernels kernels) {
    return new Dense(weight, null, kernels);
  }

  public Tensor apply(Tensor x) {
    return run(x, kind(x), Packed.NONE);
  }

  /// Exact GELU of [#apply], in one kernel where that is faster.
  public Tensor applyGelu(Tensor x) {
    return activated(x, Packed.GELU, Nn::gelu);
  }

  /// The tanh form of GELU likewise.
  public Tensor applyGeluTanh(Tensor x) {
    return activated(x, Packed.GELU_TANH, Nn::geluTanh);
  }

  public long out() {
    return weight.size(0);
  }

  private Tensor activated(Tensor x, Packed.Post post, UnaryOperator<Tensor> after) {
    var kind = kind(x);
    return kind == Linear.PLAIN || !kernels.fusedGelu()
        ? after.apply(run(x, kind, Packed.NONE))
        : run(x, kind, post);
  }

  private Linear kind(Tensor x) {
    if (kernels.equals(Kernels.PLAIN) || weight.device() != Device.CPU || Mode.withGradients()) {
      return Linear.PLAIN;
    }
    return kernels.linear(weight.type(), x.count() / x.size(-1));
  }

  private Tensor run(Tensor x, Linear kind, Packed.Post post) {
    return switch (kind) {
      case PLAIN -> plain(x.to(weight.type()));
      case PACKED -> packed().linear(x.to(weight.type()), post);
      case PACKED_FLOAT32 -> widened().linear(x.to(DType.FLOAT32), post).to(weight.type());
    };
  }

  private Tensor plain(Tensor x) {
    return bias == null ? Nn.linear(x, weight) : Nn.linear(x, weight, bias);
  }

  private Packed packed() {
    var ready = packed;
    if (ready == null) {
      synchronized (this) {
        ready = packed;
        if (ready == null) {
          ready = Packed.lasting(weight, bias);
          packed = ready;
        }
      }
    }
    return ready;
  }

  private Packed widened() {
    var ready = widened;
    if (ready == null) {
      synchronized (this) {
        ready = widened;
        if (ready == null) {
          try (var scope = Scope.open()) {
            var wide = bias == null ? null : bias.to(DType.FLOAT32);
            ready = Packed.lasting(weight.to(DType.FLOAT32), wide);
          }
          widened = ready;
        }
      }
    }
    return ready;
  }
}
