package dev.sonde.model;

import dev.sonde.hook.Place;
import dev.sonde.tensor.Dense;
import dev.sonde.tensor.Tensor;
import java.util.Set;

/// The feed-forward layer of a block: `down(act(up(x)))`.
record Mlp(Dense up, Activation activation, Dense down) implements Sublayer {
  @Override
  public Tensor apply(Tensor x, int layer, Pass pass) {
    var post =
        pass.watches(Place.MLP_PRE, layer)
            ? activation.apply(pass.at(Place.MLP_PRE, layer, up.apply(x)))
            : activation.after(up, x);
    return down.apply(pass.at(Place.MLP_POST, layer, post));
  }

  @Override
  public Set<Place> places() {
    return Set.of(Place.MLP_PRE, Place.MLP_POST);
  }

  /// The gated form: `down(act(gate(x)) * up(x))`, Shazeer, *GLU Variants Improve Transformer*
  /// (2020). `mlp_pre` is the gate before its function, `mlp_post` what goes down.
  record Gated(Dense gate, Dense up, Activation activation, Dense down) implements Sublayer {
    @Override
    public Tensor apply(Tensor x, int layer, Pass pass) {
      var open = activation.apply(pass.at(Place.MLP_PRE, layer, gate.apply(x)));
      return down.apply(pass.at(Place.MLP_POST, layer, open.times(up.apply(x))));
    }

    /// Without any place, as one expert of many.
    Tensor run(Tensor x) {
      return down.apply(activation.apply(gate.apply(x)).times(up.apply(x)));
    }

    @Override
    public Set<Place> places() {
      return Set.of(Place.MLP_PRE, Place.MLP_POST);
    }
  }
}
