package dev.sonde.study;

import dev.sonde.io.BadInput;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// A kind of evidence that a study gathers unless it is told to leave it out (`--without`).
public enum Check {
  /// The online code length of the labels at the best site.
  MDL,
  /// Usable information in bits, row by row, and what is left of it given the best baseline.
  INFORMATION,
  /// Held-out score against the number of rows learnt from.
  CURVE,
  /// Whether halves, resamples and layers give the same direction.
  STABILITY,
  /// Lengths of the rows by layer.
  NORMS,
  /// BCa and DeLong intervals, and the best baseline compared on the same rows.
  INTERVALS,
  /// Calibration before and after Platt scaling and a temperature.
  CALIBRATION,
  /// The baseline of character n-grams.
  NGRAMS,
  /// The leakage detectors: duplicates, near-duplicates, giveaways, group inflation, layer 0.
  LEAKAGE;

  /// As the command line spells it.
  public String brief() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// @throws BadInput for a name that is none
  public static Set<Check> parse(Collection<String> names) {
    var out = EnumSet.noneOf(Check.class);
    for (var name : names) {
      out.add(
          Arrays.stream(values())
              .filter(c -> c.brief().equals(name))
              .findFirst()
              .orElseThrow(() ->
                  new BadInput(
                      "--without leaves out %s, untrained or baselines, not '%s'"
                          .formatted(
                              String.join(", ", Arrays.stream(values()).map(Check::brief).toList()),
                              name))));
    }
    return out;
  }
}
