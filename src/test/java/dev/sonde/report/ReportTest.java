package dev.sonde.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.study.Findings;
import dev.sonde.study.Grounds;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page and the numbers, from findings made up here.
final class ReportTest {
  private static final String NASTY = "</script><script>alert(1)</script> & \"quoted\"";

  private static final Findings.Estimate ESTIMATE = new Findings.Estimate(0.75, 0.5, 0.9);

  private static Findings findings(double auroc, String metric) {
    return new Findings(
        origin(),
        new Findings.Subject("Is it?", "logistic", metric, List.of("mean"), List.of("embed")),
        List.of(site(auroc)),
        List.of(new Findings.Baseline("majority", "the more frequent", ESTIMATE, 0.5)),
        new Findings.Null(19, "within groups", 0.6, 0.5, 2, 0.01),
        best(),
        new Findings.Verdict(
            "YES",
            "Yes",
            "It is.",
            List.of(new Findings.Objection("correlation only.", "Edit.")),
            List.of(
                new Findings.Light("chance", Findings.Colour.GREEN, "far above " + NASTY, ""),
                new Findings.Light(
                    "intervention", Findings.Colour.AMBER, "correlation only", "Edit."))),
        List.of("beware of " + NASTY),
        Grounds.NONE);
  }

  private static Findings.Origin origin() {
    var model = new Findings.ModelInfo("tiny", "bert", Digest.of("m"), "t", 10, 1, 4);
    var classes = Map.of("no", 1, "yes", 1);
    var data =
        new Findings.DataInfo("d.csv", Digest.of("d"), 2, classes, "city", 2, "text", "label");
    var settings = Map.of("seed", "1");
    var seconds = Map.of("capture", 1.5);
    return new Findings.Origin(
        "0.1", 1, model, data, settings, Digest.of("i"), "2026-01-01T00:00:00Z", "", seconds);
  }

  private static Findings.SiteFinding site(double auroc) {
    var second = new Findings.Estimate(auroc, auroc, auroc);
    return new Findings.SiteFinding(
        "embed",
        -1,
        "mean",
        "logistic",
        ESTIMATE,
        second,
        0.75,
        0.5,
        0.2,
        0.1,
        1,
        0.5,
        0.6,
        0.01,
        0.5,
        0.25,
        Double.NaN,
        Double.NaN,
        0.75,
        0.4);
  }

  private static Findings.Best best() {
    var held =
        List.of(
            new Findings.Held(0, NASTY, "yes", "a", 0, -2, 0.1, false, "no", -2, false, List.of()),
            new Findings.Held(1, "plain", "no", "b", 1, -1, 0.3, true, "no", -1, true, List.of()));
    var bins = List.of(new Findings.Bin(0, 0.1, 0.05, 0.5, 2));
    var classes =
        List.of(
            new Findings.OfClass("no", 1, 1, 0.5, 0.7, 0),
            new Findings.OfClass("yes", 1, 0, Double.NaN, 0, 0));
    var byClass = new Findings.ByClass(List.of(List.of(1L, 0L), List.of(1L, 0L)), classes);
    return new Findings.Best(
        0, ESTIMATE, held, bins, Optional.of(byClass), List.of("embed"), List.of(List.of(1.0)));
  }

  /// The page without what its own scripts hold.
  private static String markup(Findings findings) {
    return Report.html(findings).replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
  }

  /// What a text holds is shown and never run.
  @Test
  void textsCannotBreakOut() {
    var page = Report.html(findings(0.8, "accuracy"));
    assertThat(page).doesNotContain("<script>alert(1)");
    assertThat(page).contains("&lt;/script&gt;").contains("\\u003c/script>");
  }

  /// The page stands alone: nothing in it makes a browser fetch something.
  @Test
  void nothingIsLoaded() {
    var page = markup(findings(0.8, "accuracy"));
    var loads =
        Pattern.compile("(?i)<(link|img|iframe|script)[^>]*\\s(src|href)\\s*=|@import|url\\(");
    assertThat(loads.matcher(page).find()).isFalse();
    assertThat(loads.matcher("<script src=\"https://a.org/b.js\">").find()).isTrue();
    assertThat(page).doesNotContain("{{").contains("chart-accuracy", "chart-auroc", "chart-scores");
  }

  /// What was not measured is null in the numbers and a dash on the page, never NaN.
  @Test
  void whatWasNotMeasuredIsSaidSo() {
    var json = Results.pretty(findings(Double.NaN, "accuracy"));
    assertThat(json).doesNotContain("NaN");
    var site = Results.parse(json).path("sites").path(0);
    assertThat(site.path("untrained").isNull()).isTrue();
    assertThat(site.path("accuracy").path("value").asDouble()).isEqualTo(0.75);
    assertThat(Terminal.text(findings(Double.NaN, "accuracy"), false)).doesNotContain("NaN");
    assertThat(markup(findings(Double.NaN, "accuracy"))).doesNotContain("chart-auroc", "NaN");
  }

  @Test
  void otherJsonIsNotTakenForResults() {
    assertThatThrownBy(() -> Results.parse("{\"a\": 1}"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("sonde.results/1");
  }
}
