package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.data.Corpus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The findings in words, with the objections that remain, the strongest first.
final class Verdicts {
  private static final double CLEAR = 0.02;

  private Verdicts() {}

  static Findings.Verdict of(
      String model,
      List<Findings.SiteFinding> sites,
      List<Findings.Baseline> baselines,
      Findings.Null theNull,
      Findings.Best best,
      StudySettings settings,
      Corpus corpus,
      List<String> warnings) {
    var site = sites.get(best.site());
    var rival =
        baselines.stream().max(Comparator.comparingDouble(b -> b.accuracy().value())).orElseThrow();
    double untrained =
        sites.stream()
            .mapToDouble(Findings.SiteFinding::untrained)
            .filter(v -> !Double.isNaN(v))
            .max()
            .orElse(Double.NaN);
    boolean beyondChance = site.pValue() <= 0.05 && best.nested().value() > theNull.max95();
    boolean beyondSurface = best.nested().low() > rival.accuracy().value() + CLEAR;
    boolean beyondUntrained = Double.isNaN(untrained) || best.nested().low() > untrained + CLEAR;
    var answer = !beyondChance ? "NO" : beyondSurface && beyondUntrained ? "YES" : "WEAK";
    var objections =
        objections(
            site,
            rival,
            untrained,
            beyondChance,
            beyondSurface,
            beyondUntrained,
            settings,
            corpus,
            theNull,
            warnings);
    return new Findings.Verdict(
        answer,
        headline(answer, model, site),
        paragraph(model, site, rival, untrained, theNull, best, objections.getFirst(), corpus),
        objections);
  }

  private static String headline(String answer, String model, Findings.SiteFinding site) {
    return switch (answer) {
      case "YES" ->
          say(
              "Yes: %s represents it linearly, best at %s (%s), accuracy %.3f on held-out rows",
              model, site.point(), site.position(), site.accuracy().value());
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

  private static String paragraph(
      String model,
      Findings.SiteFinding site,
      Findings.Baseline rival,
      double untrained,
      Findings.Null theNull,
      Findings.Best best,
      Findings.Objection first,
      Corpus corpus) {
    var text = new StringBuilder();
    text.append(
        say(
            "A %s probe reads the label off %s of %s (position %s) with accuracy %.3f [%.3f, %.3f] and AUROC %.3f on rows whose %s it never saw. ",
            site.probe(),
            site.point(),
            model,
            site.position(),
            site.accuracy().value(),
            site.accuracy().low(),
            site.accuracy().high(),
            site.auroc().value(),
            corpus.columns().group().isEmpty()
                ? "text"
                : "group (" + corpus.columns().group() + ")"));
    text.append(
        say(
            "With the site itself chosen on inner folds the estimate is %.3f [%.3f, %.3f]. ",
            best.nested().value(), best.nested().low(), best.nested().high()));
    text.append(
        say(
            "The best of all sites under permuted labels stays below %.3f in 95 of 100 cases (%d permutations, %s; p = %.4f); ",
            theNull.max95(), theNull.permutations(), theNull.scheme(), site.pValue()));
    text.append(say("the best baseline (%s) has %.3f", rival.name(), rival.accuracy().value()));
    text.append(
        Double.isNaN(untrained)
            ? ". "
            : say(", the same network untrained at its best %.3f. ", untrained));
    text.append(say("Strongest objection that remains: %s", first.claim()));
    return text.toString();
  }

  private static List<Findings.Objection> objections(
      Findings.SiteFinding site,
      Findings.Baseline rival,
      double untrained,
      boolean beyondChance,
      boolean beyondSurface,
      boolean beyondUntrained,
      StudySettings settings,
      Corpus corpus,
      Findings.Null theNull,
      List<String> warnings) {
    var out = new ArrayList<Findings.Objection>();
    if (!beyondChance) {
      out.add(
          new Findings.Objection(
              say(
                  "the best site is no better than the best site under permuted labels (95 %%: %.3f).",
                  theNull.max95()),
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
              say("the same network with untrained weights gives %.3f.", untrained),
              "Data that an untrained network cannot separate, or a harder held-out split."));
    }
    out.addAll(standing(site, settings, corpus, warnings));
    return out;
  }

  /// What holds whatever the numbers say.
  private static List<Findings.Objection> standing(
      Findings.SiteFinding site, StudySettings settings, Corpus corpus, List<String> warnings) {
    var out = new ArrayList<Findings.Objection>();
    if (corpus.columns().group().isEmpty()) {
      out.add(
          new Findings.Objection(
              "rows that share an entity or a template may stand on both sides of the split.",
              "Declare the column that rows share with --group."));
    }
    if (site.control() - 0.5 > 0.1) {
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
      out.add(
          new Findings.Objection(
              "checks were switched off: " + String.join("; ", warnings) + ".",
              "Run again with all checks."));
    }
    return out;
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
