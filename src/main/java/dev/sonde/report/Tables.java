package dev.sonde.report;

import static dev.sonde.report.Html.escape;
import static dev.sonde.report.Html.number;

import dev.sonde.study.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The numbers behind the figures.
final class Tables {
  private Tables() {}

  static String sites(Findings findings) {
    var metric = findings.subject().metric();
    var head =
        List.of(
            "point",
            "position",
            metric + " [95 %]",
            second(findings) + " [95 %]",
            "balanced",
            "MCC",
            "Brier",
            "ECE",
            findings.subject().metric().equals("R2") ? "alpha" : "C",
            "null 95 %",
            "p (max-T)",
            "control",
            "selectivity",
            "untrained");
    var rows = new ArrayList<List<String>>();
    for (var s : findings.sites()) {
      rows.add(
          List.of(
              escape(s.point()),
              escape(s.position()),
              estimate(s.accuracy()),
              estimate(s.auroc()),
              number(s.balancedAccuracy()),
              number(s.mcc()),
              number(s.brier()),
              number(s.ece()),
              String.format(Locale.ROOT, "%.0e", s.chosenC()),
              number(s.null95()),
              String.format(Locale.ROOT, "%.4f", s.pValue()),
              number(s.control()),
              number(s.selectivity()),
              number(s.untrained())));
    }
    return Html.table("Held-out scores of every site", head, rows, findings.best().site());
  }

  private static String second(Findings findings) {
    return findings.subject().metric().equals("R2") ? "rank correlation" : "AUROC";
  }

  static String baselines(Findings findings) {
    var rows = new ArrayList<List<String>>();
    for (var b : findings.baselines()) {
      rows.add(
          List.of(
              escape(b.name()),
              estimate(b.accuracy()),
              number(b.auroc()),
              "<td class=text>" + escape(b.meaning())));
    }
    var theNull = findings.maxNull();
    var words =
        "%d permutations (%s), solved in closed form; the exact solver repeated %d of them, the largest difference of accuracy was %s."
            .formatted(
                theNull.permutations(),
                escape(theNull.scheme()),
                theNull.checked(),
                number(theNull.largestDifference()));
    return "<h2 id=baselines>What needs no model</h2>"
        + Html.table(
            "Baselines on the same held-out rows",
            List.of(
                "baseline",
                findings.subject().metric() + " [95 %]",
                second(findings),
                "what it is"),
            rows,
            -1)
        + "<p class=note>Null: "
        + words
        + "</p>";
  }

  static String calibration(Findings findings) {
    var rows = new ArrayList<List<String>>();
    for (var b : findings.best().calibration()) {
      rows.add(
          List.of(
              "%.1f–%.1f".formatted(b.from(), b.to()),
              number(b.predicted()),
              number(b.observed()),
              Integer.toString(b.count())));
    }
    return "<details><summary>The numbers of the calibration</summary>"
        + Html.table(
            "Calibration by bins of predicted probability",
            List.of("bin", "predicted", "observed", "rows"),
            rows,
            -1)
        + "</details>";
  }

  /// `many`: more than two classes, so that the answer itself is to be shown.
  static String held(List<Findings.Held> held, boolean many) {
    var rows = new ArrayList<List<String>>();
    for (var h : held) {
      rows.add(
          List.of(
              Integer.toString(h.row() + 1),
              "<td class=text>" + escape(h.text()),
              escape(many ? h.label() + ", taken for " + h.predicted() : h.label()),
              number(h.probability()),
              String.format(Locale.ROOT, "%.2f", h.score()),
              escape(h.group())));
    }
    return Html.table(
        "Held-out rows that the probe gets wrong, the worst first",
        List.of("row", "text", "label", many ? "P(label)" : "P(second class)", "score", "group"),
        rows,
        -1);
  }

  static String cosines(Findings findings) {
    var labels = findings.best().cosineLabels();
    var head = new ArrayList<>(List.of("point"));
    labels.forEach(l -> head.add(escape(l)));
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < labels.size(); i++) {
      var row = new ArrayList<>(List.of(escape(labels.get(i))));
      findings.best().cosines().get(i).forEach(c -> row.add(String.format(Locale.ROOT, "%.2f", c)));
      rows.add(row);
    }
    return "<details><summary>The numbers of the cosines</summary>"
        + Html.table("Cosines between directions", head, rows, -1)
        + "</details>";
  }

  static String manifest(Findings findings) {
    var o = findings.origin();
    var m = o.model();
    var d = o.data();
    var list = new StringBuilder("<h2 id=manifest>Where the numbers come from</h2><dl>");
    entry(list, "identity", o.identity().hex());
    entry(list, "Sonde", o.sondeVersion());
    entry(list, "made", o.created());
    entry(
        list,
        "model",
        "%s (%s, %,d parameters, %d layers, d_model %d)"
            .formatted(m.name(), m.family(), m.parameters(), m.layers(), m.dModel()));
    entry(list, "model sha256", m.digest().hex());
    entry(list, "tokenizer", m.tokenizer());
    entry(
        list,
        "data",
        "%s: %d rows, classes %s, %d groups%s"
            .formatted(
                d.source(),
                d.rows(),
                d.classes(),
                d.groups(),
                d.groupColumn().isEmpty() ? "" : " (column " + d.groupColumn() + ")"));
    entry(list, "data sha256", d.digest().hex());
    for (Map.Entry<String, String> s : o.settings().entrySet()) {
      entry(list, s.getKey(), s.getValue());
    }
    for (Map.Entry<String, Double> s : new TreeMap<>(o.seconds()).entrySet()) {
      entry(list, "seconds, " + s.getKey(), String.format(Locale.ROOT, "%.2f", s.getValue()));
    }
    return list.append("</dl>").toString();
  }

  private static void entry(StringBuilder list, String name, String value) {
    list.append("<dt>")
        .append(escape(name))
        .append("</dt><dd>")
        .append(escape(value))
        .append("</dd>");
  }

  private static String estimate(Findings.Estimate e) {
    return Double.isNaN(e.value())
        ? "–"
        : "%s [%s, %s]".formatted(number(e.value()), number(e.low()), number(e.high()));
  }
}
