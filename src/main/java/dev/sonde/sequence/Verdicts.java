package dev.sonde.sequence;

import dev.sonde.data.Matrix;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// [SawmilClasses] with the calibration by which it abstains, if it has one.
public record Verdicts(SawmilClasses classes, Optional<Conformal> calibration)
    implements SequenceProbe {
  @Override
  public String kind() {
    return "sawmil";
  }

  @Override
  public int width() {
    return classes.probes().getFirst().probe().direction().length;
  }

  @Override
  public Map<String, Matrix> parameters() {
    var out = new TreeMap<>(classes.parameters());
    calibration.ifPresent(c -> out.put("calibration", SavedSequence.row(c.calibration())));
    return out;
  }

  @Override
  public Map<String, String> settings() {
    return calibration.map(c -> Map.of("alpha", Double.toString(c.alpha()))).orElse(Map.of());
  }
}
