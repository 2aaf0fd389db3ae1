package dev.sonde.probe;

import dev.sonde.data.Samples;

/// Settings of a family of probes; fitting gives a new, frozen thing.
public interface ProbeTrainer {
  /// The family's short name, as the command line and the results spell it: `logistic`.
  String name();

  /// @throws dev.sonde.io.BadInput if the samples cannot be learnt from (one class only, numbers
  ///   missing)
  Probe fit(Samples train);
}
