package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.data.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What activations without a network and texts can show, in words, with the objections that this
/// leaves, the strongest first.
record ArrayVerdict(
    Corpus corpus,
    String metric,
    List<Findings.SiteFinding> sites,
    Findings.Baseline baseline,
    Findings.Null theNull,
    Findings.Best best) {
  private static final double NOTICEABLE = 0.02;

  private Findings.SiteFinding site() {
    return sites.get(best.site());
  }

  private boolean grouped() {
    return !corpus.columns().group().isEmpty();
  }

  Findings.Verdict verdict() {
    var site = site();
    var nested = best.nested();
    boolean beyondChance = site.pValue() <= 0.05 && nested.value() > theNull.max95();
    boolean beyondPlain = nested.low() > baseline.accuracy().value() + NOTICEABLE;
    var answer = !beyondChance ? "NO" : beyondPlain ? "YES" : "WEAK";
    var objections = objections(beyondChance, beyondPlain);
    var paragraph =
        say(
            "A %s probe reads the label off %s with %s %.3f [%.3f, %.3f] and %s %.3f on rows %s it never saw. With the layer itself chosen on inner folds the estimate is %.3f [%.3f, %.3f]. The best of all layers under permuted labels stays below %.3f in 95 of 100 cases (%d permutations, %s; p = %.4f); the %s baseline has %.3f. Strongest objection that remains: %s",
            site.probe(),
            site.point(),
            metric,
            site.accuracy().value(),
            site.accuracy().low(),
            site.accuracy().high(),
            metric.equals(Origins.R2) ? "rank correlation" : "AUROC",
            site.auroc().value(),
            grouped() ? "whose group" : "that",
            nested.value(),
            nested.low(),
            nested.high(),
            theNull.max95(),
            theNull.permutations(),
            theNull.scheme(),
            site.pValue(),
            baseline.name(),
            baseline.accuracy().value(),
            objections.getFirst().claim());
    return new Findings.Verdict(
        answer, headline(answer), paragraph, objections, lights(beyondChance, beyondPlain));
  }

  private String headline(String answer) {
    var site = site();
    return switch (answer) {
      case "YES" ->
          say(
              "Yes, it can be read: best at %s, %s %.3f on held-out rows; whether the texts alone would tell cannot be checked without them",
              site.point(), metric, site.accuracy().value());
      case "WEAK" ->
          say(
              "Not shown: %.3f at %s is more than permuted labels give, but not clearly more than the %s baseline",
              site.accuracy().value(), site.point(), baseline.name());
      default ->
          say(
              "No: nothing beyond what permuted labels give (best %.3f at %s)",
              site.accuracy().value(), site.point());
    };
  }

  private List<Findings.Objection> objections(boolean beyondChance, boolean beyondPlain) {
    var out = new ArrayList<Findings.Objection>();
    if (!beyondChance) {
      out.add(
          new Findings.Objection(
              say(
                  "the best layer is no better than the best layer under permuted labels (95 %%: %.3f).",
                  theNull.max95()),
              "More rows, or another property: with these data nothing was found."));
    } else if (!beyondPlain) {
      out.add(
          new Findings.Objection(
              say(
                  "the %s baseline alone gives %.3f.",
                  baseline.name(), baseline.accuracy().value()),
              "More rows, or classes of more equal size."));
    }
    if (!grouped()) {
      out.add(
          new Findings.Objection(
              "rows that share an entity or a template may stand on both sides of the split.",
              "Give what rows share with --groups."));
    }
    out.add(
        new Findings.Objection(
            "surface baselines and the untrained twin could not be run: the activations come without texts and network.",
            "Run sonde probe --model on the texts, or probe activations of the untrained network and of token embeddings beside these."));
    out.add(
        new Findings.Objection(
            "correlation only: no intervention was made, so nothing here says that the network uses what the probe reads.",
            "Remove or move the direction (sonde export --to control-vector.gguf) and see whether the network's answers change."));
    return out;
  }

  /// What was checked, and what could not be without texts and a network.
  private List<Findings.Light> lights(boolean beyondChance, boolean beyondPlain) {
    return List.of(
        new Findings.Light(
            "chance",
            beyondChance ? Findings.Colour.GREEN : Findings.Colour.RED,
            say(
                "%.3f against %.3f for the best layer under permuted labels",
                site().accuracy().value(), theNull.max95()),
            beyondChance ? "" : "More rows, or another property."),
        new Findings.Light(
            "baseline",
            beyondPlain ? Findings.Colour.GREEN : Findings.Colour.RED,
            say("the %s baseline has %.3f", baseline.name(), baseline.accuracy().value()),
            beyondPlain ? "" : "More rows, or classes of more equal size."),
        new Findings.Light(
            "groups",
            grouped() ? Findings.Colour.GREEN : Findings.Colour.AMBER,
            grouped() ? "whole groups were held out" : "rows count as independent",
            grouped() ? "" : "Give what rows share with --groups."),
        new Findings.Light(
            "texts",
            Findings.Colour.AMBER,
            "no texts, so leaks and surface baselines were not checked",
            "Run sonde probe --model on the texts."),
        new Findings.Light(
            "use",
            Findings.Colour.AMBER,
            "correlation only: no intervention was made",
            "Remove or move the direction and see whether the network's answers change."));
  }

  List<String> warnings(LabelTask.Found found, double chance) {
    var out = new ArrayList<String>();
    if (!grouped()) {
      out.add(
          "no groups were given, so rows count as independent; if rows share an entity or a template, give them with --groups");
    }
    double shown = site().accuracy().value();
    if (found.scattered() - shown > NOTICEABLE) {
      out.add(
          say(
              "a random split that tears groups apart would have shown %.3f instead of %.3f: %.3f of it is leakage between rows of one group",
              found.scattered(), shown, found.scattered() - shown));
    }
    if (found.memorised() > chance + 0.1) {
      out.add(
          say(
              "the probe can memorise: random labels by group are got right to %.3f when groups are torn apart (held out by group: %.3f)",
              found.memorised(), found.control()));
    }
    return out;
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
