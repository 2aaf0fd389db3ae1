package dev.sonde.report;

import static dev.sonde.report.Html.escape;

import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import java.util.List;
import java.util.Locale;

/// The checks as lights, red first: colour, sign and word, so that none of them has to be seen.
final class TrafficLights {
  private TrafficLights() {}

  static String html(List<Light> lights) {
    if (lights.isEmpty()) {
      return "";
    }
    var out = new StringBuilder("<h2 id=objections>What a reviewer may still say</h2>");
    out.append("<p class=tally>");
    for (var colour : Colour.values()) {
      out.append(
          "<span class=\"light %s\"><span aria-hidden=true>%s</span> %d %s</span> <span class=means>%s</span> "
              .formatted(
                  word(colour), sign(colour), count(lights, colour), word(colour), means(colour)));
    }
    out.append("</p><ul class=lights>");
    lights.stream().filter(l -> l.colour() != Colour.GREEN).forEach(l -> out.append(item(l)));
    out.append("</ul>");
    var green = lights.stream().filter(l -> l.colour() == Colour.GREEN).toList();
    if (!green.isEmpty()) {
      out.append(
              "<details class=greens><summary><span class=\"light green\"><span aria-hidden=true>")
          .append(sign(Colour.GREEN))
          .append("</span> green</span> ")
          .append(escape(String.join(", ", green.stream().map(Light::check).distinct().toList())))
          .append("</summary><ul class=lights>");
      green.forEach(l -> out.append(item(l)));
      out.append("</ul></details>");
    }
    return out.toString();
  }

  private static String item(Light light) {
    return "<li><span class=\"light %s\"><span aria-hidden=true>%s</span> %s</span> <span><b>%s.</b> %s. <span class=remedy>%s</span></span></li>"
        .formatted(
            word(light.colour()),
            sign(light.colour()),
            word(light.colour()),
            escape(Html.capital(light.check())),
            escape(Html.capital(light.finding())),
            escape(light.remedy()));
  }

  private static long count(List<Light> lights, Colour colour) {
    return lights.stream().filter(l -> l.colour() == colour).count();
  }

  private static String word(Colour colour) {
    return colour.name().toLowerCase(Locale.ROOT);
  }

  private static String sign(Colour colour) {
    return switch (colour) {
      case RED -> "✖";
      case AMBER -> "▲";
      case GREEN -> "✔";
    };
  }

  private static String means(Colour colour) {
    return switch (colour) {
      case RED -> "does not stand as it is";
      case AMBER -> "shows less than it may seem to";
      case GREEN -> "looked for, not found";
    };
  }
}
