package dev.sonde.tensor;

import org.bytedeco.pytorch.IValue;
import org.jspecify.annotations.Nullable;

/// A linear layer `x W^T + b` that runs on the kernel found fastest on this machine.
///
/// Under gradients always the plain kernel. The weight is packed at the first use, once, by
/// whichever thread comes first; a layer lives as long as its model.
public final class Dense {
  private final Tensor weight;
  private final @Nullable Tensor bias;
  private final Kernels kernels;
  private volatile @Nullable Tensor packed;

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
    return packs() ? linear(x, "none") : plain(x);
  }

  /// Exact GELU of [#apply], in one kernel where that is faster.
  public Tensor applyGelu(Tensor x) {
    return packs() && kernels.fusedGelu() ? linear(x, "gelu") : Nn.gelu(apply(x));
  }

  /// The tanh form of GELU likewise.
  public Tensor applyGeluTanh(Tensor x) {
    return packs() && kernels.fusedGelu() ? linear(x, "gelu/tanh") : Nn.geluTanh(apply(x));
  }

  public long out() {
    return weight.size(0);
  }

  private boolean packs() {
    return kernels.packedLinear()
        && weight.type() == DType.FLOAT32
        && weight.device() == Device.CPU
        && !Mode.withGradients();
  }

  private Tensor linear(Tensor x, String post) {
    return Packed.linear(
        x, packedWeight(), bias == null ? new IValue() : new IValue(bias.raw()), post);
  }

  private Tensor plain(Tensor x) {
    return bias == null ? Nn.linear(x, weight) : Nn.linear(x, weight, bias);
  }

  private Tensor packedWeight() {
    var ready = packed;
    if (ready == null) {
      synchronized (this) {
        ready = packed;
        if (ready == null) {
          ready = Lasting.tensor(() -> Packed.pack(weight.contiguous()));
          packed = ready;
        }
      }
    }
    return ready;
  }
}
