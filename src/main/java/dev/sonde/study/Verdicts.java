package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.activation.Site;
import dev.sonde.data.Corpus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The findings in words, with the objections that remain, the strongest first.
final class Verdicts {
  private static final double CLEAR = 0.02;

  private Verdicts() {}

  /// All that a verdict is made from.
  record Case(
      Origins origins,
      String metric,
      List<Findings.SiteFinding> sites,
      List<Findings.Baseline> baselines,
      Findings.Null theNull,
      Findings.Best best,
      List<String> warnings) {
    Findings.SiteFinding site() {
      return sites.get(best.site());
    }

    Findings.Baseline rival() {
      return baselines.stream()
          .max(Comparator.comparingDouble(b -> b.accuracy().value()))
          .orElseThrow();
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
  static Findings findings(List<Site> sites, Case c) {
    return new Findings(
        c.origins.origin(),
        c.origins.subject(sites, c.metric),
        c.sites,
        c.baselines,
        c.theNull,
        c.best,
        of(c),
        c.warnings);
  }

  private static Findings.Verdict of(Case c) {
    var site = c.site();
    var rival = c.rival();
    double untrained = c.untrained();
    double low = c.best.nested().low();
    boolean beyondChance = site.pValue() <= 0.05 && c.best.nested().value() > c.theNull.max95();
    boolean beyondSurface = low > rival.accuracy().value() + CLEAR;
    boolean beyondUntrained = Double.isNaN(untrained) || low > untrained + CLEAR;
    var answer = !beyondChance ? "NO" : beyondSurface && beyondUntrained ? "YES" : "WEAK";
    var objections = objections(c, beyondChance, beyondSurface, beyondUntrained);
    return new Findings.Verdict(
        answer,
        headline(answer, c.origins.open().name(), c.metric, site),
        paragraph(c, objections.getFirst()),
        objections);
  }

  private static String headline(
      String answer, String model, String metric, Findings.SiteFinding site) {
    // half of the variance is what "yes" promises of numbers
    boolean partly = metric.equals(Origins.R2) && site.accuracy().value() < 0.5;
    return switch (answer) {
      case "YES" ->
          say(
              "%s: %s represents it linearly, best at %s (%s), %s %.3f on held-out rows",
              partly ? "In part" : "Yes",
              model,
              site.point(),
              site.position(),
              metric,
              site.accuracy().value());
      case "WEAK" ->
          say(
              "Not shown: %s reads %.3f at %s (%s), more than permuted labels give, but not more than a simpler account",
              model, site.accuracy().value(), site.point(), site.position());
      default ->
          say(
              "No: nothing in %s beyond what permuted labels give (best %.3f at %s, %s)",
              model, site.accuracy().value(), site.point(), site.position());
    };
  }

  private static String paragraph(Case c, Findings.Objection first) {
    var site = c.site();
    var nested = c.best.nested();
    var group = c.origins.corpus().columns().group();
    var text = new StringBuilder();
    text.append(
        say(
            "A %s probe reads the label off %s of %s (position %s) with %s %.3f [%.3f, %.3f] and %s %.3f on rows whose %s it never saw. ",
            site.probe(),
            site.point(),
            c.origins.open().name(),
            site.position(),
            c.metric,
            site.accuracy().value(),
            site.accuracy().low(),
            site.accuracy().high(),
            c.metric.equals(Origins.R2) ? "rank correlation" : "AUROC",
            site.auroc().value(),
            group.isEmpty() ? "text" : "group (" + group + ")"));
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

  private static List<Findings.Objection> objections(
      Case c, boolean beyondChance, boolean beyondSurface, boolean beyondUntrained) {
    var rival = c.rival();
    var out = new ArrayList<Findings.Objection>();
    if (!beyondChance) {
      out.add(
          new Findings.Objection(
              say(
                  "the best site is no better than the best site under permuted labels (95 %%: %.3f).",
                  c.theNull.max95()),
              "More rows, or another property: with these data nothing was found."));
    }
    if (beyondChance && !beyondSurface) {
      out.add(
          new Findings.Objection(
              say("%s alone gives %.3f without any model.", rival.name(), rival.accuracy().value()),
              "Data in which the surface of the text does not tell, as the demo's statements are built."));
    }
    if (beyondChance && !beyondUntrained) {
      out.add(
          new Findings.Objection(
              say("the same network with untrained weights gives %.3f.", c.untrained()),
              "Data that an untrained network cannot separate, or a harder held-out split."));
    }
    out.addAll(standing(c.site(), c.origins.settings(), c.origins.corpus()));
    return out;
  }

  /// What holds whatever the numbers say.
  private static List<Findings.Objection> standing(
      Findings.SiteFinding site, StudySettings settings, Corpus corpus) {
    var out = new ArrayList<Findings.Objection>();
    if (corpus.columns().group().isEmpty()) {
      out.add(
          new Findings.Objection(
              "rows that share an entity or a template may stand on both sides of the split.",
              "Declare the column that rows share with --group."));
    }
    double chance = Double.isNaN(site.mcc()) ? 0 : 0.5;
    if (site.control() - chance > 0.1) {
      out.add(
          new Findings.Objection(
              say("random labels by group are read with %.3f.", site.control()),
              "A smaller C, or more groups."));
    }
    out.add(
        new Findings.Objection(
            "correlation only: no intervention was made, so nothing here says that the network uses what the probe reads.",
            "Remove or move the direction in a forward pass and see whether the network's answers change."));
    out.add(
        new Findings.Objection(
            "one data set: the direction may be that of this wording, not of the property.",
            "Test the saved probe on other wordings and on negations (sonde score)."));
    if (!settings.untrained() || !settings.baselines()) {
      var left = new ArrayList<String>();
      if (!settings.untrained()) {
        left.add("the untrained twin");
      }
      if (!settings.baselines()) {
        left.add("the surface baselines");
      }
      out.add(
          new Findings.Objection(
              "checks were switched off: " + String.join(", ", left) + ".",
              "Run again with all checks."));
    }
    return out;
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
