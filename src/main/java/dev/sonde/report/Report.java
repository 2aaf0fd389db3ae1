package dev.sonde.report;

import dev.sonde.study.Balance;
import dev.sonde.study.Findings;
import java.util.Comparator;
import java.util.Locale;

/// Findings as one HTML page that loads nothing: verdict and objections first, every figure with
/// its numbers in a table beside it, readable without scripts, in light, dark and on paper.
public final class Report {
  private static final int MISTAKES = 12;

  private final Findings findings;

  private Report(Findings findings) {
    this.findings = findings;
  }

  public static String html(Findings findings) {
    return new Report(findings).page();
  }

  private String page() {
    var sections = new Sections(findings);
    var body =
        layers()
            + Tables.baselines(findings)
            + bestSite(sections)
            + sections.all()
            + directions(sections)
            + sections.norms()
            + mistakes()
            + Tables.manifest(findings);
    var page = Html.resource("report.html");
    var parts =
        new String[][] {
          {"title", Html.escape("Sonde: " + findings.origin().model().name())},
          {"version", Html.escape(findings.origin().sondeVersion())},
          {"verdict", verdict()},
          {"body", body},
          {"nav", Sections.nav(body)},
          {"style", Html.resource("report.css")},
          {"data", Results.compact(findings).replace("<", "\\u003c")},
          {"d3", Html.resource("d3.min.js")},
          {"plot", Html.resource("plot.min.js")},
          {"script", Html.resource("report.js")}
        };
    for (var part : parts) {
      page = page.replace("{{" + part[0] + "}}", part[1]);
    }
    return page;
  }

  private String verdict() {
    var verdict = findings.verdict();
    var out = new StringBuilder();
    out.append("<p class=question>")
        .append(Html.escape(findings.subject().question()))
        .append("</p>");
    out.append(
        "<span class=\"badge %s\">%s</span>"
            .formatted(
                verdict.answer().toLowerCase(Locale.ROOT),
                switch (verdict.answer()) {
                  case "YES" -> "REPRESENTED";
                  case "WEAK" -> "NOT SHOWN";
                  default -> "NOT FOUND";
                }));
    out.append("<h1>").append(Html.escape(verdict.headline())).append("</h1>");
    out.append(cards());
    out.append(TrafficLights.html(verdict.lights()));
    out.append("<p class=account>").append(Html.escape(verdict.paragraph())).append("</p>");
    return out.toString();
  }

  private String cards() {
    var site = best();
    var rival =
        findings.baselines().stream()
            .max(Comparator.comparingDouble(b -> b.accuracy().value()))
            .orElseThrow();
    double untrained =
        findings.sites().stream()
            .mapToDouble(Findings.SiteFinding::untrained)
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(Double.NaN);
    return "<ul class=cards>"
        + card(
            site.accuracy().value(),
            "%s at the best site, %s @ %s"
                .formatted(findings.subject().metric(), site.point(), site.position()))
        + Balance.of(findings).map(Report::balanced).orElse("")
        + card(findings.best().nested().value(), "with the site chosen on inner folds")
        + card(findings.maxNull().max95(), "95 % of the best site under permuted labels")
        + card(rival.accuracy().value(), "best baseline: " + rival.name())
        + card(untrained, "same network, untrained, at its best")
        + "</ul>";
  }

  private static String balanced(Balance balance) {
    return card(
        balance.balanced(),
        "balanced accuracy, every class counting the same (chance %s): classes are uneven; worst, right in %s"
            .formatted(Html.number(1.0 / balance.classes()), balance.atWorst()));
  }

  private static String card(double value, String meaning) {
    return "<li><b>%s</b><span>%s</span></li>".formatted(Html.number(value), Html.escape(meaning));
  }

  private String layers() {
    var site = best();
    var summary =
        "%s by layer: best %s at %s, position %s; 95 percent of the maximum under permuted labels %s"
            .formatted(
                findings.subject().metric(),
                Html.number(site.accuracy().value()),
                site.point(),
                site.position(),
                Html.number(findings.maxNull().max95()));
    return "<h2 id=layers>Where: layer by layer</h2>"
        + Html.figure(
            "chart-accuracy",
            summary,
            "Held-out %s with 95 %% bootstrap bands (whole groups drawn). Dashed rule: 95 %% of the largest score over all sites under permuted labels. Dotted rules: baselines. Dotted lines: the same network untrained."
                .formatted(findings.subject().metric()))
        + (Double.isNaN(site.auroc().value()) || numbers()
            ? ""
            : Html.figure(
                "chart-auroc",
                "AUROC by layer: %s at %s"
                    .formatted(Html.number(site.auroc().value()), site.point()),
                "Held-out AUROC%s, with bands, baselines and the untrained network as above."
                    .formatted(
                        Classwise.many(findings)
                            ? " (mean over classes of each against the rest)"
                            : "")))
        + "<details open><summary>The numbers of every site</summary>"
        + Tables.sites(findings)
        + "</details>";
  }

  private boolean numbers() {
    return findings.subject().metric().equals("R2");
  }

  private String bestSite(Sections sections) {
    var site = best();
    if (numbers()) {
      return "<h2 id=best>The best site: %s, position %s</h2>"
              .formatted(Html.escape(site.point()), Html.escape(site.position()))
          + Html.figure(
              "chart-numbers",
              "Predicted against true numbers of held-out rows",
              "Held-out rows: what the probe predicts against what is true; on the line it is right. Rank correlation %s."
                  .formatted(Html.number(site.auroc().value())));
    }
    if (Classwise.many(findings)) {
      return "<h2 id=best>The best site: %s, position %s</h2>"
              .formatted(Html.escape(site.point()), Html.escape(site.position()))
          + Classwise.html(findings)
          + sections.scales();
    }
    return "<h2 id=best>The best site: %s, position %s</h2><div class=pair>"
            .formatted(Html.escape(site.point()), Html.escape(site.position()))
        + Html.figure(
            "chart-scores",
            "Histogram of held-out scores by class",
            "Held-out examples projected on the probe direction, by class; right of 0 is read as the second class.")
        + (findings.best().calibration().isEmpty() ? "" : reliability(site))
        + "</div>"
        + sections.scales()
        + (findings.best().calibration().isEmpty() ? "" : Tables.calibration(findings));
  }

  private static String reliability(Findings.SiteFinding site) {
    return Html.figure(
        "chart-calibration",
        "Reliability: predicted probability against observed share; expected calibration error "
            + Html.number(site.ece()),
        "Calibration on held-out rows: ECE %s (10 bins of equal width), Brier %s. Dots grow with the rows in the bin; dashed, diamonds: after Platt scaling fitted on the other folds."
            .formatted(Html.number(site.ece()), Html.number(site.brier())));
  }

  private String mistakes() {
    var wrong =
        findings.best().held().stream()
            .filter(h -> !h.correct())
            .sorted(Comparator.comparingDouble(h -> -far(h)))
            .toList();
    var out =
        new StringBuilder(
            "<h2 id=mistakes>%s mistakes</h2>".formatted(numbers() ? "Largest" : "Most confident"));
    out.append(
        "<p class=note>%d of %d held-out rows are %s</p>"
            .formatted(
                wrong.size(),
                findings.best().held().size(),
                numbers()
                    ? "off by more than one standard deviation of the numbers; these by most."
                    : "read wrongly; these most surely."));
    return out.append(
            Tables.held(
                wrong.subList(0, Math.min(MISTAKES, wrong.size())), Classwise.many(findings)))
        .toString();
  }

  private double far(Findings.Held held) {
    return Math.abs(numbers() ? held.score() - Double.parseDouble(held.label()) : held.score());
  }

  private String directions(Sections sections) {
    return "<h2 id=directions>Is it one direction?</h2>"
        + sections.stability()
        + "<div class=heats>"
        + Html.figure(
            "chart-cosines",
            "Cosines between the probe directions of the layers at the best position",
            "Cosine between the directions of all layers at position %s. Two random directions of this width lie within ±%s nineteen times in twenty."
                .formatted(
                    Html.escape(best().position()),
                    Html.number(1.96 / Math.sqrt(findings.origin().model().dModel()))))
        + sections.sigma()
        + "</div>"
        + Tables.cosines(findings);
  }

  private Findings.SiteFinding best() {
    return findings.sites().get(findings.best().site());
  }
}
