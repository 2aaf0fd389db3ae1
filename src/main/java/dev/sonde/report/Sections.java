package dev.sonde.report;

import static dev.sonde.report.Html.escape;
import static dev.sonde.report.Html.number;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.study.Findings;
import dev.sonde.study.Grounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A section for each kind of evidence: the claim in a sentence, a figure, the numbers in a table.
final class Sections {
  private final Findings findings;
  private final Grounds grounds;
  private final boolean many;

  Sections(Findings findings) {
    this.findings = findings;
    this.grounds = findings.grounds();
    many = Classwise.many(findings);
  }

  /// Links to the sections there are.
  static String nav(String body) {
    var out = new StringBuilder("<nav aria-label=Sections><ul>");
    var matcher = java.util.regex.Pattern.compile("<h2 id=([a-z]+)>([^<:]+)").matcher(body);
    while (matcher.find()) {
      out.append("<li><a href=\"#%s\">%s</a></li>".formatted(matcher.group(1), matcher.group(2)));
    }
    return out.append("</ul></nav>").toString();
  }

  String all() {
    return probes() + intervals() + information() + code() + curve();
  }

  @FormatMethod
  private static String p(String format, Object... values) {
    return "<p>" + escape(String.format(Locale.ROOT, format, values)) + "</p>";
  }

  private static String note(String text) {
    return "<p class=note>" + escape(text) + "</p>";
  }

  private static String details(String summary, String table) {
    return "<details><summary>" + escape(summary) + "</summary>" + table + "</details>";
  }

  @FormatMethod
  private static String f(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String interval(Findings.Estimate e) {
    return "%s [%s, %s]".formatted(number(e.value()), number(e.low()), number(e.high()));
  }

  private String auroc() {
    return many ? "AUROC (mean over classes of each against the rest)" : "AUROC";
  }

  private String code() {
    return grounds
        .code()
        .map(c -> {
          var rows = new ArrayList<List<String>>();
          int from = 0;
          for (int b = 0; b < c.ends().size(); b++) {
            int end = c.ends().get(b);
            rows.add(
                List.of(
                    f("%d to %d", from + 1, end),
                    f("%.1f", c.blocks().get(b)),
                    number(c.blocks().get(b) / (end - from))));
            from = end;
          }
          return "<h2 id=code>Code length: how much the activations save</h2>"
              + p(
                  "To somebody who has the activations and learns as the labels come in, the labels cost %.0f bits; without looking %.0f, so %.2f times as much. The same labels dealt anew cost %.0f.",
                  c.bits(), c.uniformBits(), c.compression(), c.dealtBits())
              + Html.figure(
                  "chart-code",
                  f("Bits a label by rows seen, %.0f bits in all", c.bits()),
                  f(
                      "Online code (Voita &amp; Titov 2020): bits a label, block by block, each by a probe of the rows before it (whole groups, C chosen inside). At %s bits nothing is known; the area under the line is the code.",
                      f("%.2f", c.uniformBits() / c.ends().getLast()).replace(".00", "")))
              + details(
                  "The numbers of the code",
                  Html.table(
                      "Bits of each block", List.of("rows", "bits", "bits a row"), rows, -1));
        })
        .orElse("");
  }

  private String information() {
    return grounds.information().map(Sections::information).orElse("");
  }

  private static String information(Grounds.Information i) {
    return "<h2 id=information>Usable information, in bits</h2>"
        + p(
            "Of the %.3f bits that a label holds, the probe gets %.3f (standard error %.3f) out of the best site; %.3f of it (%.3f) cannot be had from %s.",
            i.entropy(), i.bits(), i.error(), i.conditional(), i.conditionalError(), i.given())
        + "<div class=pair>"
        + Html.figure(
            "chart-bits",
            "Usable information by layer",
            "Bits a row by layer (Xu et al. 2020), held out; below 0 the probe does harm. Dotted: baselines.")
        + Html.figure(
            "chart-pointwise",
            "Histogram of bits row by row",
            "Bits of each row at the best site (Ethayarajh et al. 2022). Far below 0: surely wrong, so hard or mislabelled.")
        + "</div>"
        + details("The numbers of the information", bits(i));
  }

  private static String bits(Grounds.Information i) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("the best site", number(i.bits()), number(i.error())));
    rows.add(
        List.of(
            "the best site, given " + escape(i.given()),
            number(i.conditional()),
            number(i.conditionalError())));
    i.baselines()
        .forEach(b -> rows.add(List.of(escape(b.name()), number(b.bits()), number(b.error()))));
    return Html.table(
        "Usable information in bits a row", List.of("from", "bits", "standard error"), rows, -1);
  }

  private String curve() {
    return grounds
        .curve()
        .map(c -> {
          var rows = new ArrayList<List<String>>();
          c.points()
              .forEach(q ->
                  rows.add(
                      List.of(
                          Integer.toString(q.rows()),
                          number(q.mean()),
                          number(q.low()),
                          number(q.high()))));
          return "<h2 id=curve>Learning curve: how many rows it takes</h2>"
              + p(
                  "Nine tenths of the way from chance to the last value is reached with about %.0f rows; the last doubling of rows brought %+.3f %s.",
                  c.rowsTo90(), c.lastDoubling(), auroc())
              + Html.figure(
                  "chart-curve",
                  f("AUROC by rows learnt from, %.0f rows to nine tenths", c.rowsTo90()),
                  f(
                      "%s on the same %d held-out rows (first fold) after learning from n others, C %.0e; mean and range of %d draws of each size.",
                      auroc(), c.held(), c.c(), c.draws()))
              + details(
                  "The numbers of the curve",
                  Html.table("AUROC by rows", List.of("rows", "mean", "low", "high"), rows, -1));
        })
        .orElse("");
  }

  /// Split halves, resamples and the layers' Σ-cosines; goes with the cosines of the layers.
  String stability() {
    return grounds
        .stability()
        .map(s ->
            p(
                    "Probes of two halves of the rows (whole groups) have cosine %.2f; with labels dealt anew %.2f. A resample's direction has cosine %.2f with that of all rows.",
                    s.meanHalf(), s.meanDealt(), s.meanBootstrap())
                + (many
                    ? note(
                        "Of several classes a direction is that of all classes one after the other, their mean over the classes taken out: a cosine is the mean over classes, each weighed by its length.")
                    : "")
                + Html.figure(
                    "chart-stability",
                    f(
                        "Cosines of directions: halves %.2f, dealt labels %.2f, resamples %.2f",
                        s.meanHalf(), s.meanDealt(), s.meanBootstrap()),
                    f(
                        "Every dot is a pair of directions at the best site. Dashed: 95 %% of the absolute cosines of two random directions of these rows' shape stay below %s (uniform ones: %s).",
                        number(s.matched95()), number(s.random95()))))
        .orElse("");
  }

  /// The figure of Σ-cosines.
  String sigma() {
    return grounds.stability().filter(s -> s.layers().size() > 1).isEmpty()
        ? ""
        : Html.figure(
            "chart-sigma",
            "Correlations between the scores of the layers' directions on the rows of the best site",
            "The same as Σ-cosine: how alike what the directions read off the rows of the best site is (the correlation of the two scores), where the left picture compares the weights themselves.");
  }

  String norms() {
    if (grounds.sites().stream().allMatch(s -> Double.isNaN(s.logNorm()))) {
      return "";
    }
    var rows = new ArrayList<List<String>>();
    grounds
        .sites()
        .forEach(s ->
            rows.add(
                List.of(
                    escape(s.point()),
                    escape(s.position()),
                    f("%.2f", Math.exp(s.logNorm())),
                    f("%.2f", Math.exp(s.logNorm95())),
                    f("%.1f", s.participation()))));
    return "<h2 id=norms>Norms by layer</h2>"
        + note(
            "How long rows are and how many dimensions they fill: what a distance, or an edit of a given length, has to be read with. The penalty counts in units of each site's own spread.")
        + Html.figure(
            "chart-norms",
            "Mean length of the rows by layer, on a log scale",
            "Mean length of the rows by layer, log scale; band up to the 95th of 100.")
        + details(
            "The numbers of the norms",
            Html.table(
                "Lengths of rows",
                List.of("point", "position", "mean", "95 of 100", "dimensions filled"),
                rows,
                findings.best().site()));
  }

  private String intervals() {
    return grounds
        .intervals()
        .map(i -> {
          var metric = findings.subject().metric();
          var rows = new ArrayList<List<String>>();
          rows.add(List.of(escape(metric) + ", BCa by group", interval(i.accuracyBca())));
          rows.add(List.of(auroc() + ", BCa by group", interval(i.aurocBca())));
          if (!many) {
            rows.add(List.of("AUROC, DeLong (rows as if independent)", interval(i.aurocDeLong())));
          }
          rows.add(
              List.of(
                  f(
                      "AUROC less that of %s, paired (%s)",
                      escape(i.rival()), many ? "the same draws of groups" : "DeLong"),
                  interval(i.difference()) + f(", p = %.2g", i.p())));
          return "<h2 id=intervals>Intervals at the best site, and the best baseline beside it</h2>"
              + Html.figure(
                  "chart-intervals",
                  f(
                      "AUROC %.3f, %+.3f over %s",
                      i.aurocBca().value(), i.difference().value(), escape(i.rival())),
                  many
                      ? "95 % intervals, whole groups drawn. DeLong's interval is one of two classes and means nothing for a mean over several."
                      : "95 % intervals of three methods: where they disagree, rows of one group hang together and the one by group is right.")
              + Html.table("Intervals", List.of("what", "value [95 %]"), rows, -1)
              + details("p-values of every site", pValues());
        })
        .orElse("");
  }

  private String pValues() {
    var rows = new ArrayList<List<String>>();
    for (int s = 0; s < grounds.sites().size(); s++) {
      var site = grounds.sites().get(s);
      rows.add(
          List.of(
              escape(site.point()),
              escape(site.position()),
              f("%.4f", site.pAlone()),
              f("%.4f", findings.sites().get(s).pValue()),
              f("%.4f", site.pStepDown())));
    }
    return Html.table(
        "p-values: as if alone, corrected for all sites (max-T), the same stepping down",
        List.of("point", "position", "alone", "max-T", "step-down"),
        rows,
        findings.best().site());
  }

  /// Calibration before and after rescaling.
  String scales() {
    return grounds
        .calibration()
        .map(c ->
            Html.table(
                    "Calibration of held-out probabilities, each map fitted on the other folds",
                    List.of("map", "a", "b", "ECE", "Brier", "log loss (nats)"),
                    c.scales().stream()
                        .map(s ->
                            List.of(
                                escape(s.name()),
                                number(s.a()),
                                number(s.b()),
                                number(s.ece()),
                                number(s.brier()),
                                number(s.logLoss())))
                        .toList(),
                    -1)
                + (many
                    ? note("One temperature for all classes; Platt's map is one of two classes.")
                    : ""))
        .orElse("");
  }

  private String probes() {
    var out = new StringBuilder();
    if (grounds.probes().size() > 1) {
      out.append(
              Html.figure(
                  "chart-probes",
                  "Accuracy by layer of every probe",
                  "Held-out accuracy of every probe at the sites of the best position; same rows, same folds."))
          .append(results())
          .append(comparisons());
    }
    grounds.gap().ifPresent(g -> out.append(gap(g)));
    return out.isEmpty() ? "" : "<h2 id=probes>Probes compared</h2>" + out;
  }

  private String results() {
    var rows = new ArrayList<List<String>>();
    for (var q : grounds.probes()) {
      rows.add(
          List.of(
              escape(q.probe()),
              escape(q.point() + " @ " + q.position()),
              interval(q.accuracy()),
              number(q.auroc()),
              interval(q.nested()),
              number(q.control()),
              number(q.selectivity())));
    }
    return Html.table(
        "Every probe at its own best site",
        List.of(
            "probe",
            "best site",
            "accuracy [95 %]",
            "AUROC",
            "site chosen inside [95 %]",
            "control",
            "selectivity"),
        rows,
        -1);
  }

  private String comparisons() {
    var rows = new ArrayList<List<String>>();
    grounds
        .comparisons()
        .forEach(c ->
            rows.add(
                List.of(
                    escape(c.first() + " − " + c.second()),
                    interval(c.difference()),
                    f("%.4f", c.p()),
                    f("%.4f", c.adjusted()),
                    f("%d : %d", c.onlyFirst(), c.onlySecond()))));
    return Html.table(
        "Pairs on the same held-out rows, site chosen on inner folds, whole groups drawn; p after Holm over all pairs",
        List.of("pair", "difference [95 %]", "p", "p (Holm)", "only one is right"),
        rows,
        -1);
  }

  private static String gap(Grounds.Gap g) {
    return Html.table(
        "Linear against one hidden layer at the best site",
        List.of("probe", "accuracy", "selectivity"),
        List.of(
            List.of("linear", number(g.linear()), number(g.linearSelectivity())),
            List.of("mlp", number(g.nonlinear()), number(g.nonlinearSelectivity())),
            List.of(
                "difference",
                interval(g.difference()) + f(", p = %.3f", g.p()),
                number(g.nonlinearSelectivity() - g.linearSelectivity()))),
        -1);
  }
}
