package dev.sonde.report;

import static dev.sonde.report.Html.escape;
import static dev.sonde.report.Html.number;

import dev.sonde.study.Findings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What became of the rows of each class, where there are more than two.
final class Classwise {
  /// Classes up to which the whole table of confusions is written out beside its picture.
  private static final int WRITTEN = 20;

  private Classwise() {}

  static boolean many(Findings findings) {
    return findings.best().byClass().filter(c -> c.classes().size() > 2).isPresent();
  }

  static String html(Findings findings) {
    var found = findings.best().byClass().orElseThrow();
    var site = findings.sites().get(findings.best().site());
    return measures(site)
        + "<div class=pair>"
        + Html.figure(
            "chart-confusion",
            "Confusion matrix of %d classes: share of each true class's held-out rows by answer"
                .formatted(found.classes().size()),
            "Held-out rows: of each true class (a row) the share that got each answer (a column). On the diagonal they are right.")
        + (findings.best().calibration().isEmpty()
            ? ""
            : Html.figure(
                "chart-calibration",
                "Reliability: probability of the answer against how often it is right; expected calibration error "
                    + number(site.ece()),
                "Probability of the answer against how often it is right: ECE %s (10 bins of equal width), Brier %s (summed over classes), log loss %s nats. Dashed, diamonds: after a temperature fitted on the other folds."
                    .formatted(number(site.ece()), number(site.brier()), number(site.logLoss()))))
        + "</div>"
        + each(found)
        + (found.classes().size() <= WRITTEN ? confusion(found) : "");
  }

  private static String measures(Findings.SiteFinding site) {
    return "<p>"
        + String.format(
            Locale.ROOT,
            "Balanced accuracy %s, macro F1 %s, Matthews' correlation (R<sub>K</sub>) %s.",
            number(site.balancedAccuracy()),
            number(site.macroF1()),
            number(site.mcc()))
        + "</p>";
  }

  private static String each(Findings.ByClass found) {
    var rows = new ArrayList<List<String>>();
    for (var c : found.classes()) {
      rows.add(
          List.of(
              escape(c.name()),
              Integer.toString(c.rows()),
              number(c.recall()),
              number(c.precision()),
              number(c.f1()),
              number(c.auroc())));
    }
    return Html.table(
        "Each class against the rest, held out",
        List.of("class", "rows", "recall", "precision", "F1", "AUROC"),
        rows,
        -1);
  }

  private static String confusion(Findings.ByClass found) {
    var head = new ArrayList<>(List.of("true class"));
    found.classes().forEach(c -> head.add(escape(c.name())));
    var rows = new ArrayList<List<String>>();
    for (int t = 0; t < found.classes().size(); t++) {
      var row = new ArrayList<>(List.of(escape(found.classes().get(t).name())));
      found.confusion().get(t).forEach(n -> row.add(Long.toString(n)));
      rows.add(row);
    }
    return "<details><summary>The numbers of the confusions</summary>"
        + Html.table("Held-out rows by true class and answer", head, rows, -1)
        + "</details>";
  }
}
