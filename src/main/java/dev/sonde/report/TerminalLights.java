package dev.sonde.report;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.sonde.study.Findings;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import dev.sonde.study.Grounds;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The checks, and what the best site stands on, as lines of a terminal.
final class TerminalLights {
  private TerminalLights() {}

  /// Red and amber ones with what would remove them; green ones by name.
  static String lights(List<Light> lights, boolean colour) {
    var out = new StringBuilder();
    for (var light : lights) {
      if (light.colour() != Colour.GREEN) {
        var text = "%s. %s".formatted(Html.capital(light.finding()), light.remedy()).strip();
        out.append(line(word(light.colour(), colour), "%s: %s".formatted(light.check(), text)));
      }
    }
    var green =
        lights.stream()
            .filter(l -> l.colour() == Colour.GREEN)
            .map(Light::check)
            .distinct()
            .toList();
    if (!green.isEmpty()) {
      out.append(line(word(Colour.GREEN, colour), String.join(", ", green)));
    }
    return out.toString();
  }

  private static String line(String word, String text) {
    return word + Terminal.wrap(text, 7).substring(7);
  }

  private static String word(Colour light, boolean colour) {
    var text = "%-7s".formatted(light.name().toLowerCase(Locale.ROOT));
    var code =
        switch (light) {
          case RED -> "31";
          case AMBER -> "33";
          case GREEN -> "32";
        };
    return colour ? "\u001b[1;" + code + "m" + text + "\u001b[0m" : text;
  }

  /// A line for each kind of evidence at the best site.
  static String grounds(Findings findings) {
    var g = findings.grounds();
    var out = new StringBuilder();
    g.intervals().ifPresent(i -> out.append(intervals(i)));
    g.information()
        .ifPresent(i ->
            out.append(
                row(
                    "information",
                    "%.3f of %.3f bits a row (s.e. %.3f); %.3f beyond %s",
                    i.bits(),
                    i.entropy(),
                    i.error(),
                    i.conditional(),
                    i.given())));
    g.code()
        .ifPresent(c ->
            out.append(
                row(
                    "code length",
                    "%.0f of %.0f bits, compression %.2f; dealt labels %.0f bits",
                    c.bits(),
                    c.uniformBits(),
                    c.compression(),
                    c.dealtBits())));
    more(g, out);
    return out.toString();
  }

  private static String intervals(Grounds.Intervals i) {
    if (Double.isNaN(i.aurocDeLong().value())) {
      return row(
          "AUROC",
          "%.3f [%.3f, %.3f] BCa by group (mean over classes); %+.3f [%+.3f, %+.3f] over %s",
          i.aurocBca().value(),
          i.aurocBca().low(),
          i.aurocBca().high(),
          i.difference().value(),
          i.difference().low(),
          i.difference().high(),
          i.rival());
    }
    return row(
        "AUROC",
        "%.3f [%.3f, %.3f] BCa by group, [%.3f, %.3f] DeLong; %+.3f over %s",
        i.aurocBca().value(),
        i.aurocBca().low(),
        i.aurocBca().high(),
        i.aurocDeLong().low(),
        i.aurocDeLong().high(),
        i.difference().value(),
        i.rival());
  }

  private static void more(Grounds g, StringBuilder out) {
    g.curve()
        .ifPresent(c ->
            out.append(
                row(
                    "learning curve",
                    "nine tenths of the way after %.0f rows; the last doubling brought %+.3f AUROC",
                    c.rowsTo90(),
                    c.lastDoubling())));
    g.stability()
        .ifPresent(s ->
            out.append(
                row(
                    "direction",
                    "cosine of two halves %.2f (dealt labels %.2f), of resamples %.2f",
                    s.meanHalf(),
                    s.meanDealt(),
                    s.meanBootstrap())));
    g.calibration()
        .ifPresent(c ->
            out.append(
                row(
                    "calibration",
                    "%s",
                    c.scales().stream()
                        .map(s ->
                            String.format(
                                Locale.ROOT,
                                s.name().equals("as it is") ? "ECE %2$.3f" : "after %1$s %2$.3f",
                                s.name().equals("temperature") ? "a temperature" : s.name(),
                                s.ece()))
                        .collect(Collectors.joining(", ")))));
    g.gap().ifPresent(p -> out.append(gap(p)));
  }

  private static String gap(Grounds.Gap p) {
    return row(
        "mlp, one layer",
        "%.3f, linear %.3f (p = %.3f); selectivity %.3f and %.3f",
        p.nonlinear(),
        p.linear(),
        p.p(),
        p.nonlinearSelectivity(),
        p.linearSelectivity());
  }

  @FormatMethod
  private static String row(String name, @FormatString String format, Object... values) {
    return "%-23s %s%n".formatted(name, String.format(Locale.ROOT, format, values));
  }

  /// The probes that were compared, and every pair of them.
  static String probes(Grounds grounds) {
    if (grounds.probes().size() < 2) {
      return "";
    }
    var out =
        new StringBuilder(
            "%-23s %-24s %-22s %6s %8s%n"
                .formatted("probe", "best site", "site chosen inside", "AUROC", "control")
                .stripTrailing());
    out.append('\n');
    for (var p : grounds.probes()) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-23s %-24s %.3f [%.3f, %.3f]   %6.3f %8.3f%n",
              p.probe(),
              p.point() + " (" + p.position() + ")",
              p.nested().value(),
              p.nested().low(),
              p.nested().high(),
              p.auroc(),
              p.control()));
    }
    for (var c : grounds.comparisons()) {
      out.append(
          String.format(
              Locale.ROOT,
              "%s less %s: %+.3f [%+.3f, %+.3f], p = %.4f, %.4f after Holm over all pairs%n",
              c.first(),
              c.second(),
              c.difference().value(),
              c.difference().low(),
              c.difference().high(),
              c.p(),
              c.adjusted()));
    }
    return out.append('\n').toString();
  }
}
