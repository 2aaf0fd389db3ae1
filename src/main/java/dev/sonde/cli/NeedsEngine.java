package dev.sonde.cli;

import java.util.Arrays;
import java.util.Set;

/// A command that will compute: the engine's libraries are loaded (most of a second) while the
/// command line, its options and its data are read.
interface NeedsEngine {
  /// What such commands are called: known before the command line is read.
  Set<String> NAMES =
      Set.of(
          "capture",
          "demo",
          "generate",
          "matrix",
          "predict",
          "probe",
          "rehearse",
          "run",
          "score",
          "tokens",
          "verify");

  static boolean in(String[] args) {
    return args.length > 0
        && NAMES.contains(args[0])
        && Arrays.stream(args).noneMatch(Set.of("-h", "--help", "-V", "--version")::contains);
  }
}
