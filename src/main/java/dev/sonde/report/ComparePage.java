package dev.sonde.report;

import dev.sonde.study.Findings;
import dev.sonde.study.FinishedRun;
import dev.sonde.study.RunComparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Several runs side by side: for a terminal, as JSON (schema `sonde.compare/1`), and as one page
/// that loads nothing.
public final class ComparePage {
  public static final String SCHEMA = "sonde.compare/1";

  private static final String WHAT =
      "Compared is the accuracy with the site chosen on inner folds; p-values are adjusted for all"
          + " pairs (Holm).";

  private ComparePage() {}

  public static String json(RunComparison found) {
    return Results.tree(SCHEMA, found).toPrettyString() + "\n";
  }

  public static String text(RunComparison found) {
    return runLines(found)
        + pairLines(found)
        + "\n"
        + Terminal.wrap(WHAT)
        + "\n"
        + Terminal.wrap(Html.capital(found.verdict()));
  }

  private static String runLines(RunComparison found) {
    int wide = found.runs().stream().mapToInt(r -> r.name().length()).max().orElse(3) + 4;
    var out = new StringBuilder();
    out.append(" ".repeat(wide)).append(" accuracy, site inside   best site\n");
    for (int i = 0; i < found.runs().size(); i++) {
      var run = found.runs().get(i);
      var name = "[%d] %s".formatted(i + 1, run.name());
      out.append(name)
          .append(" ".repeat(wide - name.length() + 1))
          .append(
              String.format(
                  Locale.ROOT,
                  "%-24s %-22s %s, %s, %s%n",
                  brief(run.nested()),
                  brief(run.accuracy()),
                  run.site(),
                  run.probe(),
                  run.model()));
    }
    return out.toString();
  }

  private static String pairLines(RunComparison found) {
    var out = new StringBuilder();
    out.append(String.format("%n%-9s %-24s %8s %8s%n", "pair", "difference", "p", "Holm"));
    for (var pair : found.pairs()) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-9s %-24s %8.4f %8.4f  %s%n",
              "[%d] [%d]".formatted(pair.first() + 1, pair.second() + 1),
              brief(pair.difference()),
              pair.p(),
              pair.adjusted(),
              note(pair)));
    }
    return out.toString();
  }

  private static String note(RunComparison.Pair pair) {
    var rows =
        pair.paired()
            ? "%d rows only the first has right, %d only the second"
                .formatted(pair.onlyFirst(), pair.onlySecond())
            : "";
    return rows + (rows.isEmpty() || pair.note().isEmpty() ? "" : "; ") + pair.note();
  }

  private static String brief(Findings.Estimate e) {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", e.value(), e.low(), e.high());
  }

  public static String html(RunComparison found, String version) {
    var parts =
        new String[][] {
          {"title", "Sonde: runs compared"},
          {"version", Html.escape(version)},
          {"verdict", head(found)},
          {"nav", ""},
          {"body", body(found)},
          {"style", Html.resource("report.css")},
          {
            "data",
            Results.JSON.writeValueAsString(Results.tree(SCHEMA, found)).replace("<", "\\u003c")
          },
          {"d3", Html.resource("d3.min.js")},
          {"plot", Html.resource("plot.min.js")},
          {"script", Html.resource("compare.js")}
        };
    var page = Html.resource("report.html");
    for (var part : parts) {
      page = page.replace("{{" + part[0] + "}}", part[1]);
    }
    return page;
  }

  private static String head(RunComparison found) {
    return "<p class=question>Which of these runs reads better?</p><h1>%s</h1><p class=note>%s Runs on the same rows are compared row by row, whole groups drawn (%d draws, seed %d); runs on other rows by what either would give on other groups of its own. What is compared are runs: where they differ in more than one thing, the difference has more than one cause.</p>"
        .formatted(Html.escape(Html.capital(found.verdict())), WHAT, found.draws(), found.seed());
  }

  private static String body(RunComparison found) {
    return "<h2 id=layers>The runs</h2>"
        + Html.figure(
            "chart-runs",
            "Accuracy of every run with its interval",
            "Accuracy with the site chosen on inner folds, 95 % interval, whole groups drawn.")
        + runs(found)
        + "<h2 id=pairs>Every pair</h2>"
        + Html.figure(
            "chart-pairs",
            "Difference of accuracy of every pair with its interval",
            "Difference of accuracy, 95 % interval; filled where it holds after Holm.")
        + pairs(found);
  }

  private static String runs(RunComparison found) {
    var rows = new ArrayList<List<String>>();
    for (var run : found.runs()) {
      rows.add(row(run));
    }
    return Html.table(
        "Runs",
        List.of(
            "run",
            "accuracy, site inside",
            "best site",
            "its accuracy",
            "AUROC",
            "probe",
            "model",
            "data"),
        rows,
        -1);
  }

  private static List<String> row(FinishedRun run) {
    return List.of(
        Html.escape(run.name()),
        brief(run.nested()),
        Html.escape(run.site()),
        brief(run.accuracy()),
        Html.number(run.auroc()),
        Html.escape(run.probe()),
        Html.escape(run.model()),
        Html.escape(
            "%s, %d rows, sha256 %s"
                .formatted(
                    run.data(),
                    run.rows().size(),
                    run.digest().substring(0, Math.min(12, run.digest().length())))));
  }

  private static String pairs(RunComparison found) {
    var rows = new ArrayList<List<String>>();
    for (var pair : found.pairs()) {
      rows.add(
          List.of(
              Html.escape(
                  found.runs().get(pair.first()).name()
                      + " − "
                      + found.runs().get(pair.second()).name()),
              brief(pair.difference()),
              String.format(Locale.ROOT, "%.4f", pair.p()),
              String.format(Locale.ROOT, "%.4f", pair.adjusted()),
              Html.escape(note(pair))));
    }
    return Html.table("Pairs", List.of("pair", "difference", "p", "after Holm", "rows"), rows, -1);
  }
}
