package dev.sonde.report;

import dev.sonde.study.TokenFindings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Findings about words as one page that loads nothing: what the probe adds to what the words,
/// their order and the untrained network tell, by layer; every number in a table too.
public final class TokenPage {
  private TokenPage() {}

  public static String html(TokenFindings found) {
    var body = layers(found) + baselines(found) + manifest(found);
    var page = Html.resource("report.html");
    var parts =
        new String[][] {
          {"title", Html.escape("Sonde: words in " + found.model().name())},
          {"version", Html.escape(found.sondeVersion())},
          {"verdict", head(found)},
          {"body", body},
          {"nav", Sections.nav(body)},
          {"style", Html.resource("report.css")},
          {"data", TokenReport.json(found).replace("<", "\\u003c")},
          {"d3", Html.resource("d3.min.js")},
          {"plot", Html.resource("plot.min.js")},
          {"script", Html.resource("tokens.js")}
        };
    for (var part : parts) {
      page = page.replace("{{" + part[0] + "}}", part[1]);
    }
    return page;
  }

  private static String question(TokenFindings found) {
    return switch (found.task()) {
      case "pos" -> "Does %s represent the part of speech of every word?";
      case "distance" -> "Do distances between words in %s follow the syntax tree?";
      default -> "Does the length of a word's vector in %s follow its depth in the syntax tree?";
    };
  }

  private static String head(TokenFindings found) {
    var best = found.layers().get(found.best().layer());
    var rival =
        found.baselines().stream()
            .max(Comparator.comparingDouble(TokenFindings.Baseline::accuracy))
            .orElseThrow();
    double twin =
        found.layers().stream()
            .mapToDouble(TokenFindings.Layer::untrained)
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(Double.NaN);
    var out = new StringBuilder();
    out.append("<p class=question>")
        .append(Html.escape(question(found).formatted(found.model().name())))
        .append("</p><h1>")
        .append(Html.escape(headline(found, best, rival, twin)))
        .append("</h1><ul class=cards>")
        .append(card(best.accuracy().value(), found.metric() + " at " + best.point()))
        .append(card(found.best().elsewhere(), "the layer chosen on other documents"))
        .append(card(rival.accuracy(), rival.name() + ": " + rival.meaning()))
        .append(card(twin, "same network, untrained, at its best"));
    if (!Double.isNaN(best.selectivity())) {
      out.append(card(best.selectivity(), "selectivity: above the control task by word type"));
    }
    if (!Double.isNaN(best.nonlinear().selectivity())) {
      out.append(card(best.nonlinear().selectivity(), "selectivity of the MLP probe"));
    }
    return out.append(
            "</ul><p class=note>Scored on held-out sentences. Correlation only: nothing here says that the network uses what the probe reads.</p>")
        .toString();
  }

  private static String headline(
      TokenFindings found, TokenFindings.Layer best, TokenFindings.Baseline rival, double twin) {
    boolean above =
        best.accuracy().low() > rival.accuracy()
            && (Double.isNaN(twin) || best.accuracy().low() > twin);
    var score =
        "%s %s at %s"
            .formatted(
                Html.capital(found.metric()), Html.number(best.accuracy().value()), best.point());
    return above
        ? "%s: above the %s%s"
            .formatted(score, rival.name(), Double.isNaN(twin) ? "" : " and the untrained network")
        : score + ": not above what needs no training of the network";
  }

  private static String card(double value, String meaning) {
    return "<li><b>%s</b><span>%s</span></li>".formatted(Html.number(value), Html.escape(meaning));
  }

  private static String layers(TokenFindings found) {
    boolean dealt = found.layers().stream().anyMatch(l -> !Double.isNaN(l.control()));
    boolean mlp = found.layers().stream().anyMatch(l -> !Double.isNaN(l.nonlinear().accuracy()));
    var head = new ArrayList<>(List.of("point", found.metric(), "low", "high", found.second()));
    head.addAll(List.of("untrained", "untrained " + found.second()));
    head.addAll(dealt ? List.of("control", "selectivity") : List.of());
    head.addAll(mlp ? List.of("MLP", "MLP control", "MLP selectivity") : List.of());
    var rows = new ArrayList<List<String>>();
    for (var layer : found.layers()) {
      var row = new ArrayList<>(List.of(Html.escape(layer.point())));
      var a = layer.accuracy();
      var numbers = new ArrayList<>(List.of(a.value(), a.low(), a.high(), layer.second()));
      numbers.addAll(List.of(layer.untrained(), layer.untrainedSecond()));
      numbers.addAll(dealt ? List.of(layer.control(), layer.selectivity()) : List.of());
      var other = layer.nonlinear();
      numbers.addAll(
          mlp ? List.of(other.accuracy(), other.control(), other.selectivity()) : List.of());
      numbers.forEach(v -> row.add(Html.number(v)));
      rows.add(row);
    }
    return "<h2 id=layers>Where: layer by layer</h2>"
        + picture(found, dealt)
        + Html.table("By layer", head, rows, found.best().layer());
  }

  private static String picture(TokenFindings found, boolean dealt) {
    var best = found.layers().get(found.best().layer());
    return Html.figure(
        "chart-layers",
        Html.escape(
            "%s by layer: best %s at %s"
                .formatted(found.metric(), Html.number(best.accuracy().value()), best.point())),
        Html.escape(
            "%s on held-out sentences with 95 %% bootstrap bands (whole documents drawn where the file names them). Dotted: the same network untrained. Rules: what needs no network.%s"
                .formatted(found.metric(), dealt ? " Dashed: the control task." : "")));
  }

  private static String baselines(TokenFindings found) {
    var rows = new ArrayList<List<String>>();
    for (var b : found.baselines()) {
      rows.add(
          List.of(
              Html.escape(b.name()),
              Html.number(b.accuracy()),
              Html.number(b.second()),
              "<td class=text>" + Html.escape(b.meaning())));
    }
    return "<h2 id=baselines>Without the network</h2>"
        + Html.table(
            "Baselines",
            List.of("baseline", found.metric(), found.second(), "what it is"),
            rows,
            -1);
  }

  private static String manifest(TokenFindings found) {
    var data = found.data();
    var out = new StringBuilder("<h2 id=manifest>Where the numbers come from</h2><dl>");
    pair(out, "model", found.model().name() + ", sha256 " + found.model().digest().hex());
    pair(
        out,
        "trained on",
        "%s, %,d sentences, %,d words, sha256 %s"
            .formatted(
                data.train(), data.trainSentences(), data.trainWords(), data.trainDigest().hex()));
    pair(
        out,
        "held out",
        "%s, %,d sentences, %,d words, sha256 %s"
            .formatted(
                data.held(), data.heldSentences(), data.heldWords(), data.heldDigest().hex()));
    pair(out, "left out", data.leftOut() + " sentences");
    new java.util.TreeMap<>(found.settings()).forEach((k, v) -> pair(out, k, v));
    pair(out, "made", found.created());
    return out.append("</dl>").toString();
  }

  private static void pair(StringBuilder out, String key, String value) {
    out.append("<dt>%s</dt><dd>%s</dd>".formatted(Html.escape(key), Html.escape(value)));
  }
}
