package dev.sonde.model;

import dev.sonde.tensor.Lasting;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;

/// What keeps the residual stream in scale. Over the last axis: of rows, or of heads. Computed in
/// float32 where numbers have half its bits, and given back in the type that came.
sealed interface Norm {
  /// Where a family has no norm.
  Norm NONE = new None();

  Tensor apply(Tensor x);

  record None() implements Norm {
    @Override
    public Tensor apply(Tensor x) {
      return x;
    }
  }

  /// `(x - mean) / sqrt(var + eps) * weight + bias` over d_model, biased variance.
  record Layer(Tensor weight, Tensor bias, double eps) implements Norm {
    static Layer of(Weights weights, String name, int width, double eps) {
      return new Layer(
          weights.gain(name + ".weight", 1, width), weights.gain(name + ".bias", 0, width), eps);
    }

    /// Without a weight or a bias.
    static Layer plain(Weights weights, int width, double eps) {
      return new Layer(
          Lasting.tensor(() -> Tensor.full(1, weights.type().wide(), width)),
          Lasting.tensor(() -> Tensor.zeros(weights.type().wide(), width)),
          eps);
    }

    /// Without a bias, or with one if `biased`.
    static Layer of(Weights weights, String name, int width, double eps, boolean biased) {
      return biased
          ? of(weights, name, width, eps)
          : new Layer(
              weights.gain(name + ".weight", 1, width),
              Lasting.tensor(() -> Tensor.zeros(weights.type().wide(), width)),
              eps);
    }

    @Override
    public Tensor apply(Tensor x) {
      return Nn.layerNorm(Nn.wide(x), weight, bias, eps).to(x.type());
    }
  }

  /// `x / sqrt(mean(x^2) + eps) * weight`: Zhang and Sennrich, *Root Mean Square Layer
  /// Normalization* (2019).
  record Rms(Tensor weight, double eps) implements Norm {
    static Rms of(Weights weights, String name, int width, double eps) {
      return new Rms(weights.gain(name + ".weight", 1, width), eps);
    }

    /// The stored weight is what is added to 1, as in Gemma.
    static Rms fromOne(Weights weights, String name, int width, double eps) {
      var stored = weights.gain(name + ".weight", 0, width);
      return new Rms(Lasting.tensor(() -> stored.plus(1)), eps);
    }

    @Override
    public Tensor apply(Tensor x) {
      return Nn.rmsNorm(Nn.wide(x), weight, eps).to(x.type());
    }
  }

  /// A layer norm for each head with a weight of its own, without bias: `[token, head, d_head]`.
  record PerHead(Tensor weight, double eps) implements Norm {
    static PerHead of(Weights weights, String name, int heads, int width, double eps) {
      var rows = new java.util.ArrayList<Tensor>();
      for (int h = 0; h < heads; h++) {
        rows.add(weights.gain(name + "." + h + ".weight", 1, width));
      }
      return new PerHead(Lasting.tensor(() -> Tensor.stack(0, rows)), eps);
    }

    @Override
    public Tensor apply(Tensor x) {
      int last = x.rank() - 1;
      var wide = Nn.wide(x);
      var centred = wide.minus(wide.mean(last).unsqueeze(last));
      var variance = centred.square().mean(last).unsqueeze(last);
      return centred.dividedBy(variance.plus(eps).sqrt()).times(weight).to(x.type());
    }
  }
}
