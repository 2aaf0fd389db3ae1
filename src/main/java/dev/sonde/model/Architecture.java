package dev.sonde.model;

import dev.sonde.io.BadInput;

/// The shape of a network, in the names of the field.
///
/// `context`: the longest text it takes; `causal`: a token sees only what stands before it;
/// `normLast`: the norm stands after the sum (BERT), so that `resid_post` is the normed sum.
public record Architecture(
    String family,
    int layers,
    int dModel,
    int heads,
    int keyValueHeads,
    int dHead,
    int dMlp,
    int vocabulary,
    int context,
    boolean causal,
    boolean normLast) {
  public Architecture {
    if (layers < 1 || dModel < 1 || heads < 1 || dHead < 1 || vocabulary < 1 || context < 1) {
      throw new BadInput("every size of a network is at least 1");
    }
    if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
      throw new BadInput(
          "%d heads cannot share %d key-value heads".formatted(heads, keyValueHeads));
    }
  }
}
