package dev.sonde.report;

import dev.sonde.study.TokenFindings;
import java.util.Locale;

/// Findings about words: `results.json` of schema `sonde.tokens/1` (the fields of [TokenFindings]
/// under their own names, numbers that were not measured as null) and a table for a terminal.
public final class TokenReport {
  public static final String SCHEMA = "sonde.tokens/1";

  private TokenReport() {}

  /// The whole, indented.
  public static String json(TokenFindings findings) {
    return Results.tree(SCHEMA, findings).toPrettyString() + "\n";
  }

  /// A line a point, the baselines, the best layer.
  public static String text(TokenFindings findings) {
    var out = new StringBuilder();
    var data = findings.data();
    out.append(
        "%s, %s: %,d words of %,d sentences to train on, %,d of %,d held out%s%n%n"
            .formatted(
                findings.model().name(),
                findings.task(),
                data.trainWords(),
                data.trainSentences(),
                data.heldWords(),
                data.heldSentences(),
                data.leftOut() == 0 ? "" : "; %d sentences left out".formatted(data.leftOut())));
    boolean words = findings.task().equals("pos");
    boolean wide =
        findings.layers().stream().anyMatch(l -> !Double.isNaN(l.nonlinear().accuracy()));
    out.append(
        "%-16s %-22s %8s %8s %11s %9s %9s%s%n"
            .formatted(
                "point",
                findings.metric() + " [95 %]",
                findings.second(),
                words ? "control" : "",
                words ? "selectivity" : "twin " + findings.second(),
                "untrained",
                "steps",
                wide ? " %8s %8s %11s".formatted("MLP", "control", "selectivity") : ""));
    for (int i = 0; i < findings.layers().size(); i++) {
      out.append(line(findings.layers().get(i), words))
          .append(nonlinear(findings.layers().get(i)))
          .append(i == findings.best().layer() ? "  <- best" : "")
          .append('\n');
    }
    return out.append(below(findings)).toString();
  }

  private static String below(TokenFindings findings) {
    var out = new StringBuilder();
    out.append('\n');
    for (var baseline : findings.baselines()) {
      out.append(
          "%-16s %-22s %8s  %s%n"
              .formatted(
                  baseline.name(),
                  n(baseline.accuracy()),
                  n(baseline.second()),
                  baseline.meaning()));
    }
    out.append(
        "%-16s %-22s %8s  the layer chosen on the other half of the held-out documents%n"
            .formatted("best, elsewhere", n(findings.best().elsewhere()), ""));
    return out.toString();
  }

  /// What the MLP probe got, its control and selectivity.
  private static String nonlinear(TokenFindings.Layer layer) {
    var mlp = layer.nonlinear();
    return Double.isNaN(mlp.accuracy())
        ? ""
        : " %8s %8s %11s".formatted(n(mlp.accuracy()), n(mlp.control()), n(mlp.selectivity()));
  }

  private static String line(TokenFindings.Layer layer, boolean words) {
    var accuracy = layer.accuracy();
    return "%-16s %-22s %8s %8s %11s %9s %9d"
        .formatted(
            layer.point(),
            "%s [%s, %s]".formatted(n(accuracy.value()), n(accuracy.low()), n(accuracy.high())),
            n(layer.second()),
            words ? n(layer.control()) : "",
            n(words ? layer.selectivity() : layer.untrainedSecond()),
            n(layer.untrained()),
            layer.steps());
  }

  private static String n(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }
}
