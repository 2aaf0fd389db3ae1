package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.data.Classes;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The findings in words, with the objections that remain, the strongest first.
final class Verdicts {
  private static final double CLEAR = 0.02;

  private Verdicts() {}

  /// All that a verdict is made from.
  record Case(
      Source source,
      String metric,
      List<Findings.SiteFinding> sites,
      List<Findings.Baseline> baselines,
      Findings.Null theNull,
      Findings.Best best,
      List<Findings.Light> detected,
      Grounds grounds) {
    Findings.SiteFinding site() {
      return sites.get(best.site());
    }

    Findings.Baseline rival() {
      return baselines.stream()
          .max(Comparator.comparingDouble(b -> b.accuracy().value()))
          .orElseThrow();
    }

    /// What belongs behind an accuracy where classes are uneven.
    String aside() {
      return Balance.of(site(), best).map(Balance::aside).orElse("");
    }

    /// The untrained twin at its best; NaN if it was left out.
    double untrained() {
      return sites.stream()
          .mapToDouble(Findings.SiteFinding::untrained)
          .filter(v -> !Double.isNaN(v))
          .max()
          .orElse(Double.NaN);
    }
  }

  /// The whole, verdict included.
  static Findings findings(List<SiteTable.Place> places, Case c) {
    return new Findings(
        c.source.origin(),
        c.source.subject(places, c.metric),
        c.sites,
        c.baselines,
        c.theNull,
        c.best,
        of(c),
        c.detected.stream()
            .filter(l -> l.colour() != Findings.Colour.GREEN)
            .map(Findings.Light::finding)
            .toList(),
        c.grounds);
  }

  private static Findings.Verdict of(Case c) {
    var site = c.site();
    double untrained = c.untrained();
    double low = c.best.nested().low();
    var beyond =
        new Lights.Beyond(
            site.pValue() <= 0.05 && c.best.nested().value() > c.theNull.max95(),
            low > c.rival().accuracy().value() + CLEAR,
            Double.isNaN(untrained) || low > untrained + CLEAR);
    var leak = c.detected.stream().filter(l -> l.colour() == Findings.Colour.RED).findFirst();
    boolean stands = beyond.surface() && beyond.untrained();
    var answer = !beyond.chance() ? "NO" : stands && leak.isEmpty() ? "YES" : "WEAK";
    var lights = Lights.of(c, beyond);
    var objections =
        lights.stream()
            .filter(l -> l.colour() != Findings.Colour.GREEN)
            .map(l -> new Findings.Objection(l.finding() + ".", l.remedy()))
            .toList();
    var weak =
        stands && leak.isPresent()
            ? "but the data may give it away: " + leak.get().finding()
            : "but not more than a simpler account";
    return new Findings.Verdict(
        answer, headline(answer, c, weak), paragraph(c, objections.getFirst()), objections, lights);
  }

  private static String headline(String answer, Case c, String weak) {
    var site = c.site();
    var words = c.source.words();
    // half of the variance is what "yes" promises of numbers
    boolean partly = c.metric.equals(Origins.R2) && site.accuracy().value() < 0.5;
    return switch (answer) {
      case "YES" ->
          say(
              "%s%s best at %s, %s %.3f%s on held-out rows%s",
              partly ? "In part" : "Yes",
              words.yes(),
              place(site),
              c.metric,
              site.accuracy().value(),
              c.aside(),
              words.caveat());
      case "WEAK" ->
          say(
              "Not shown: %s reads %.3f%s at %s, more than permuted labels give, %s",
              words.reader(), site.accuracy().value(), c.aside(), place(site), weak);
      default ->
          say(
              "No: nothing%s beyond what permuted labels give (best %.3f%s at %s)",
              words.within(), site.accuracy().value(), c.aside(), place(site));
    };
  }

  /// Rows of arrays stand at no position.
  private static String place(Findings.SiteFinding site) {
    return site.position().equals("row")
        ? site.point()
        : "%s (%s)".formatted(site.point(), site.position());
  }

  private static String paragraph(Case c, Findings.Objection first) {
    var site = c.site();
    var nested = c.best.nested();
    var columns = c.source.corpus().columns();
    var group = columns.group();
    var text = new StringBuilder();
    text.append(
        say(
            "A %s probe reads the label off %s%s with %s %.3f [%.3f, %.3f]%s and %s %.3f on rows %s it never saw. ",
            site.probe(),
            place(site),
            c.source.words().of(),
            c.metric,
            site.accuracy().value(),
            site.accuracy().low(),
            site.accuracy().high(),
            c.aside(),
            second(c),
            site.auroc().value(),
            group.isEmpty()
                ? columns.text().isEmpty() ? "that" : "whose text"
                : "whose group (" + group + ")"));
    text.append(
        say(
            "With the site itself chosen on inner folds the estimate is %.3f [%.3f, %.3f]. ",
            nested.value(), nested.low(), nested.high()));
    text.append(
        say(
            "The best of all sites under permuted labels stays below %.3f in 95 of 100 cases (%d permutations, %s; p = %.4f); ",
            c.theNull.max95(), c.theNull.permutations(), c.theNull.scheme(), site.pValue()));
    var rival = c.rival();
    text.append(say("the best baseline (%s) has %.3f", rival.name(), rival.accuracy().value()));
    text.append(
        Double.isNaN(c.untrained())
            ? ". "
            : say(", the same network untrained at its best %.3f. ", c.untrained()));
    text.append(say("Strongest objection that remains: %s", first.claim()));
    return text.toString();
  }

  private static String second(Case c) {
    if (c.metric.equals(Origins.R2)) {
      return "rank correlation";
    }
    boolean many =
        c.source.corpus().target() instanceof Classes classes && classes.names().size() > 2;
    return many ? "AUROC (mean over classes)" : "AUROC";
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
