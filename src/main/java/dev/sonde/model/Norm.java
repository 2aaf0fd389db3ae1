package dev.sonde.model;

import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;

/// What keeps the residual stream in scale.
sealed interface Norm {
  Tensor apply(Tensor x);

  /// `(x - mean) / sqrt(var + eps) * weight + bias` over d_model, biased variance.
  record Layer(Tensor weight, Tensor bias, double eps) implements Norm {
    static Layer of(Weights weights, String name, int width, double eps) {
      return new Layer(
          weights.get(name + ".weight", width), weights.get(name + ".bias", width), eps);
    }

    @Override
    public Tensor apply(Tensor x) {
      return Nn.layerNorm(x, weight, bias, eps);
    }
  }

  /// `x / sqrt(mean(x^2) + eps) * weight`: Zhang and Sennrich, *Root Mean Square Layer
  /// Normalization* (2019).
  record Rms(Tensor weight, double eps) implements Norm {
    static Rms of(Weights weights, String name, int width, double eps) {
      return new Rms(weights.get(name + ".weight", width), eps);
    }

    @Override
    public Tensor apply(Tensor x) {
      return Nn.rmsNorm(x, weight, eps);
    }
  }
}
