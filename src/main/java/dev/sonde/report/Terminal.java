package dev.sonde.report;

import dev.sonde.study.Balance;
import dev.sonde.study.Findings;
import java.util.Locale;

/// Findings for a terminal: a line a site, the baselines, the verdict in words. At most 100
/// columns.
public final class Terminal {
  private static final int WIDTH = 98;

  private Terminal() {}

  /// `colour` allows ANSI colours.
  public static String text(Findings findings, boolean colour) {
    var out = new StringBuilder();
    out.append(head(findings));
    for (int i = 0; i < findings.sites().size(); i++) {
      var line = site(findings.sites().get(i), wide(findings), uneven(findings));
      boolean best = i == findings.best().site();
      out.append(best && colour ? "\u001b[1m" + line + "\u001b[0m" : line)
          .append(best ? "  <- best" : "")
          .append('\n');
    }
    out.append(baselines(findings));
    out.append(TerminalLights.probes(findings.grounds()));
    var grounds = TerminalLights.grounds(findings);
    out.append(grounds).append(grounds.isEmpty() ? "" : "\n");
    var headline = wrap(findings.verdict().headline());
    out.append(colour ? paint(findings.verdict().answer(), headline) : headline).append('\n');
    out.append(wrap(findings.verdict().paragraph()));
    out.append('\n').append(TerminalLights.lights(findings.verdict().lights(), colour));
    return out.toString();
  }

  private static String head(Findings findings) {
    var data = findings.origin().data();
    var what =
        "%d rows %s in %d groups; %s probe; %d sites"
            .formatted(
                data.rows(),
                data.classes().isEmpty() ? "" : data.classes().toString(),
                data.groups(),
                findings.subject().probe(),
                findings.sites().size());
    var columns =
        "%s %-6s %-22s %6s %9s %7s %8s %9s%n"
            .formatted(
                padded("point", wide(findings)),
                "pos",
                findings.subject().metric() + " [95 %]",
                findings.subject().metric().equals("R2") ? "rank" : "AUROC",
                uneven(findings) ? "balanced" : "null 95 %",
                "p",
                "control",
                "untrained");
    return wrap(findings.subject().question()) + "\n" + wrap(what) + "\n" + columns;
  }

  private static String baselines(Findings findings) {
    var out = new StringBuilder("\n");
    for (var b : findings.baselines()) {
      out.append("%-23s %s  %s%n".formatted(b.name(), estimate(b.accuracy()), b.meaning()));
    }
    out.append(
        "%-23s %s  95 %% of the largest %s over all sites, %d permutations%n%n"
            .formatted(
                "max-null",
                n(findings.maxNull().max95()),
                findings.subject().metric(),
                findings.maxNull().permutations()));
    return out.toString();
  }

  /// How wide the longest name of a point is; a network of one's own may have long ones.
  private static int wide(Findings findings) {
    return findings.sites().stream().mapToInt(s -> s.point().length()).reduce(16, Math::max);
  }

  private static String padded(String text, int wide) {
    return text + " ".repeat(wide - text.length());
  }

  /// Whether balanced accuracy has to stand beside accuracy; it takes the place of the null of a
  /// single site, which the one of all sites follows below.
  private static boolean uneven(Findings findings) {
    return Balance.of(findings).isPresent();
  }

  private static String site(Findings.SiteFinding s, int wide, boolean uneven) {
    return "%s %-6s %-22s %6s %9s %7.4f %8s %9s"
        .formatted(
            padded(s.point(), wide),
            s.position(),
            estimate(s.accuracy()),
            n(s.auroc().value()),
            n(uneven ? s.balancedAccuracy() : s.null95()),
            s.pValue(),
            n(s.control()),
            n(s.untrained()));
  }

  private static String estimate(Findings.Estimate e) {
    return "%s [%s, %s]".formatted(n(e.value()), n(e.low()), n(e.high()));
  }

  private static String n(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String paint(String answer, String text) {
    var code =
        switch (answer) {
          case "YES" -> "32";
          case "WEAK" -> "33";
          default -> "31";
        };
    return "\u001b[1;" + code + "m" + text.stripTrailing() + "\u001b[0m\n";
  }

  static String wrap(String text) {
    return wrap(text, 0);
  }

  /// Lines that are all indented.
  static String wrap(String text, int indent) {
    var margin = " ".repeat(indent);
    var out = new StringBuilder(margin);
    int column = 0;
    for (var word : text.split(" ")) {
      if (column > 0 && column + 1 + word.length() > WIDTH - indent) {
        out.append('\n').append(margin);
        column = 0;
      } else if (column > 0) {
        out.append(' ');
        column++;
      }
      out.append(word);
      column += word.length();
    }
    return out.append('\n').toString();
  }
}
