package dev.sonde.tensor;

import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// The operations that networks are made of, differentiable.
public final class Nn {
  static {
    Engine.start();
  }

  private Nn() {}

  /// Rows of `table` [n, d] by INT64 `ids`: [.., d].
  public static Tensor embedding(Tensor table, Tensor ids) {
    return new Tensor(torch.embedding(table.raw(), ids.raw()));
  }

  /// `x W^T + b`, W [out, in].
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return new Tensor(torch.linear(x.raw(), weight.raw(), Tensor.optional(bias)));
  }

  /// `x W^T`, W [out, in].
  public static Tensor linear(Tensor x, Tensor weight) {
    return new Tensor(torch.linear(x.raw(), weight.raw()));
  }

  /// x, in float32 where it has half the bits ([DType#wide]).
  public static Tensor wide(Tensor x) {
    return x.to(x.type().wide());
  }

  /// Over the last axis, biased variance.
  public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
    return new Tensor(
        torch.layer_norm(
            x.raw(), weight.shape(), Tensor.optional(weight), Tensor.optional(bias), eps, false));
  }

  /// `x / sqrt(mean(x^2) + eps) * weight` over the last axis.
  public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
    return new Tensor(
        torch.rms_norm(x.raw(), weight.shape(), Tensor.optional(weight), new DoubleOptional(eps)));
  }

  /// x with `rows` added to those of its rows that INT64 `ids` name.
  public static Tensor addRows(Tensor x, Tensor ids, Tensor rows) {
    return new Tensor(x.raw().index_add(0, ids.raw(), rows.raw()));
  }

  /// Exact, with the error function.
  public static Tensor gelu(Tensor x) {
    return new Tensor(torch.gelu(x.raw()));
  }

  /// With the hyperbolic tangent, as GPT-2 has it.
  public static Tensor geluTanh(Tensor x) {
    return new Tensor(torch.gelu(x.raw(), "tanh"));
  }

  public static Tensor relu(Tensor x) {
    return new Tensor(torch.relu(x.raw()));
  }

  public static Tensor mish(Tensor x) {
    return new Tensor(torch.mish(x.raw()));
  }

  public static Tensor silu(Tensor x) {
    return new Tensor(torch.silu(x.raw()));
  }

  /// Fused attention: q, k, v [batch, head, pos, d_head] → [batch, head, pos, d_head].
  public static Tensor attend(Tensor q, Tensor k, Tensor v, boolean causal, double scale) {
    return new Tensor(
        torch.scaled_dot_product_attention(
            q.raw(),
            k.raw(),
            v.raw(),
            new TensorOptional(),
            0.0,
            causal,
            new DoubleOptional(scale),
            false));
  }

  /// The gradients of a scalar with respect to `inputs`, in their order; under [Mode#gradients].
  public static List<Tensor> gradients(Tensor scalar, List<Tensor> inputs) {
    var wanted =
        new TensorVector(
            inputs.stream().map(Tensor::raw).toArray(org.bytedeco.pytorch.Tensor[]::new));
    var found = torch.grad(new TensorVector(scalar.raw()), wanted);
    var out = new Tensor[inputs.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = new Tensor(new org.bytedeco.pytorch.Tensor(found.get(i)));
    }
    return List.of(out);
  }
}
