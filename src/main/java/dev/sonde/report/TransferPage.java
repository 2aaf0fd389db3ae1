package dev.sonde.report;

import dev.sonde.evidence.TransferMatrix;
import dev.sonde.study.Transfers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// What transfers from data set to data set: for a terminal, as JSON (schema `sonde.matrix/1`), and
/// as one page that loads nothing.
public final class TransferPage {
  public static final String SCHEMA = "sonde.matrix/1";

  private TransferPage() {}

  public static String json(Transfers found) {
    return Results.tree(SCHEMA, found).toPrettyString() + "\n";
  }

  /// AUROC and accuracy of every pair, what is left out, what is trained together, the verdict.
  public static String text(Transfers found) {
    var at = found.layers().get(found.best());
    var out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%s, %s @ %s (of %d sites, by accuracy on inner folds), %s probe%n%n",
            found.origin().model().name(),
            at.point(),
            at.position(),
            found.layers().size(),
            found.origin().probe()));
    out.append(block(found, "AUROC", TransferMatrix.Cell::auroc));
    out.append('\n');
    out.append(block(found, "accuracy", TransferMatrix.Cell::accuracy));
    out.append('\n');
    out.append(Terminal.wrap(found.verdict()));
    return out.toString();
  }

  private static String block(
      Transfers found, String what, ToDoubleFunction<TransferMatrix.Cell> measure) {
    int wide = found.names().stream().mapToInt(String::length).max().orElse(0);
    for (var t : found.together()) {
      wide = Math.max(wide, t.name().length());
    }
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%-" + (wide + 4) + "s", what + ": trained on"));
    for (int j = 0; j < found.names().size(); j++) {
      out.append(String.format(Locale.ROOT, "%6s", "[" + (j + 1) + "]"));
    }
    out.append('\n');
    for (int i = 0; i < found.names().size(); i++) {
      out.append(
          line(wide, "[" + (i + 1) + "] " + found.names().get(i), found.matrix().get(i), measure));
    }
    for (var t : found.together()) {
      out.append(line(wide, "    " + t.name(), t.cells(), measure));
    }
    if (!found.leftOut().isEmpty()) {
      out.append(line(wide, "    all others", found.leftOut(), measure));
    }
    return out.toString();
  }

  private static String line(
      int wide,
      String name,
      List<TransferMatrix.Cell> cells,
      ToDoubleFunction<TransferMatrix.Cell> measure) {
    var out = new StringBuilder(String.format(Locale.ROOT, "%-" + (wide + 4) + "s", name));
    for (var cell : cells) {
      out.append(String.format(Locale.ROOT, "%6.3f", measure.applyAsDouble(cell)));
    }
    return out.append('\n').toString();
  }

  public static String html(Transfers found) {
    var at = found.layers().get(found.best());
    var page = Html.resource("report.html");
    var parts =
        new String[][] {
          {"title", Html.escape("Sonde: transfer in " + found.origin().model().name())},
          {"version", Html.escape(found.origin().sondeVersion())},
          {"verdict", head(found, at)},
          {"nav", ""},
          {"body", body(found, at)},
          {"style", Html.resource("report.css")},
          {
            "data",
            Results.JSON.writeValueAsString(Results.tree(SCHEMA, found)).replace("<", "\\u003c")
          },
          {"d3", Html.resource("d3.min.js")},
          {"plot", Html.resource("plot.min.js")},
          {"script", Html.resource("matrix.js")}
        };
    for (var part : parts) {
      page = page.replace("{{" + part[0] + "}}", part[1]);
    }
    return page;
  }

  private static String head(Transfers found, Transfers.Layer at) {
    int split = found.verdict().indexOf(':');
    return "<p class=question>Does what a probe learns from one data set read another?</p><h1>"
        + Html.escape(found.verdict().substring(0, split))
        + "</h1><ul class=cards>"
        + card(found.auroc().diagonal(), "AUROC on the set trained on, held out")
        + card(found.auroc().mean(), "AUROC on other sets, mean")
        + card(found.auroc().worst(), "worst pair: " + found.auroc().worstPair())
        + "</ul><p>"
        + Html.escape(capital(found.verdict().substring(split + 2)))
        + "</p><p class=note>A row is never scored by a probe that saw its group, in whatever set. The site %s, position %s, was chosen by the accuracy on inner folds. Correlation only: nothing here says that the network uses these directions.</p>"
            .formatted(Html.escape(at.point()), Html.escape(at.position()));
  }

  private static String card(double value, String meaning) {
    return "<li><b>%s</b><span>%s</span></li>".formatted(Html.number(value), Html.escape(meaning));
  }

  private static String body(Transfers found, Transfers.Layer at) {
    var out = new StringBuilder();
    out.append("<h2 id=layers>Where: layer by layer</h2>")
        .append(
            Html.figure(
                "chart-layers",
                "AUROC on the own set and on other sets by layer; best site "
                    + Html.escape(at.point()),
                "Mean AUROC on the set trained on (held out, solid) and on other sets (dashed), by layer."));
    out.append("<h2 id=matrix>Trained on rows, asked about columns</h2>");
    for (var measure : List.of("auroc", "accuracy", "recalibrated")) {
      out.append(
          Html.figure(
              "chart-" + measure,
              "Matrix of " + measure + ", trained on rows, asked about columns",
              switch (measure) {
                case "auroc" -> "AUROC: does the direction carry over, whatever the threshold.";
                case "accuracy" -> "Accuracy at the probe's own threshold.";
                default ->
                    "Accuracy at a threshold chosen on the other half of the asked set: where this is good and the one above is not, only the offset does not carry over.";
              }));
    }
    out.append("<details><summary>The numbers</summary>")
        .append(table(found, "AUROC", TransferMatrix.Cell::auroc))
        .append(table(found, "Accuracy", TransferMatrix.Cell::accuracy))
        .append(table(found, "Accuracy, recalibrated", TransferMatrix.Cell::recalibrated))
        .append("</details>");
    out.append("<h2 id=directions>Are the directions alike?</h2>")
        .append(
            Html.figure(
                "chart-cosines",
                "Cosines of the directions of all sets",
                "Cosine of the directions learnt from each set at the best site. Two random directions of this width lie within ±%s nineteen times in twenty."
                    .formatted(Html.number(1.96 / Math.sqrt(found.origin().model().dModel())))));
    return out.append(manifest(found)).toString();
  }

  private static String table(
      Transfers found, String caption, ToDoubleFunction<TransferMatrix.Cell> measure) {
    var head = new ArrayList<>(List.of("trained on"));
    found.names().forEach(n -> head.add(Html.escape(n)));
    var rows = new ArrayList<List<String>>();
    IntStream.range(0, found.names().size())
        .forEach(i -> rows.add(row(found.names().get(i), found.matrix().get(i), measure)));
    found.together().forEach(t -> rows.add(row(t.name(), t.cells(), measure)));
    if (!found.leftOut().isEmpty()) {
      rows.add(row("all others", found.leftOut(), measure));
    }
    return Html.table(caption, head, rows, -1);
  }

  private static List<String> row(
      String name, List<TransferMatrix.Cell> cells, ToDoubleFunction<TransferMatrix.Cell> measure) {
    var out = new ArrayList<>(List.of(Html.escape(name)));
    cells.forEach(c -> out.add(Html.number(measure.applyAsDouble(c))));
    return out;
  }

  private static String manifest(Transfers found) {
    var origin = found.origin();
    var out = new StringBuilder("<h2 id=manifest>Where the numbers come from</h2><dl>");
    pair(out, "model", origin.model().name() + ", sha256 " + origin.model().digest().hex());
    for (var set : origin.data()) {
      pair(
          out,
          set.name(),
          "%s, %d rows, %s, sha256 %s"
              .formatted(
                  set.source(),
                  set.rows(),
                  set.group().isEmpty() ? "every text a group" : "grouped by " + set.group(),
                  set.digest().hex()));
    }
    origin.settings().forEach((k, v) -> pair(out, k, v));
    pair(out, "made", origin.created());
    return out.append("</dl>").toString();
  }

  private static void pair(StringBuilder out, String key, String value) {
    out.append("<dt>%s</dt><dd>%s</dd>".formatted(Html.escape(key), Html.escape(value)));
  }

  private static String capital(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
