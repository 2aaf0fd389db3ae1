package dev.sonde.model;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Nn;
import dev.sonde.tensor.Tensor;
import java.util.Locale;

/// The function of a neuron, by the names that configurations use.
public enum Activation {
  GELU,
  GELU_TANH,
  QUICK_GELU,
  RELU,
  RELU_SQUARED,
  SILU,
  SIGMOID,
  TANH,
  MISH,
  LEAKY_RELU,
  RELU6,
  HARD_SWISH,
  GELU_10,
  LINEAR;

  /// @throws BadInput for a function that is not built, with those that are
  public static Activation named(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "gelu", "gelu_python" -> GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_python_tanh", "gelu_accurate" ->
          GELU_TANH;
      case "quick_gelu" -> QUICK_GELU;
      case "relu" -> RELU;
      case "relu2" -> RELU_SQUARED;
      case "silu", "swish" -> SILU;
      case "sigmoid" -> SIGMOID;
      case "tanh" -> TANH;
      case "mish" -> MISH;
      case "leaky_relu" -> LEAKY_RELU;
      case "relu6" -> RELU6;
      case "hardswish" -> HARD_SWISH;
      case "gelu_10" -> GELU_10;
      case "linear" -> LINEAR;
      default ->
          throw new BadInput(
              "config.json asks for the activation function '%s', which is not built; known are gelu, gelu_new, gelu_pytorch_tanh, gelu_fast, quick_gelu, relu, relu2, silu, swish, sigmoid, tanh, mish, leaky_relu, relu6, hardswish, gelu_10, linear"
                  .formatted(name));
    };
  }

  public Tensor apply(Tensor x) {
    return switch (this) {
      case GELU -> Nn.gelu(x);
      case GELU_TANH -> Nn.geluTanh(x);
      case QUICK_GELU -> x.times(x.times(1.702).sigmoid());
      case RELU -> Nn.relu(x);
      case RELU_SQUARED -> Nn.relu(x).square();
      case SILU -> Nn.silu(x);
      case SIGMOID -> x.sigmoid();
      case TANH -> x.tanh();
      case MISH -> Nn.mish(x);
      case LEAKY_RELU -> Nn.relu(x).minus(Nn.relu(x.times(-1)).times(0.01));
      case RELU6 -> upTo(6, Nn.relu(x));
      case HARD_SWISH -> x.times(upTo(6, Nn.relu(x.plus(3)))).times(1.0 / 6);
      case GELU_10 -> upTo(10, Nn.gelu(x)); // from below it never comes near -10
      case LINEAR -> x;
    };
  }

  private static Tensor upTo(double most, Tensor x) {
    return x.minus(Nn.relu(x.plus(-most)));
  }

  /// The function of a layer's output, in one kernel where there is one.
  public Tensor after(Dense layer, Tensor x) {
    return switch (this) {
      case GELU -> layer.applyGelu(x);
      case GELU_TANH -> layer.applyGeluTanh(x);
      default -> apply(layer.apply(x));
    };
  }
}
