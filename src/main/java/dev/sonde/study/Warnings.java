package dev.sonde.study;

import dev.sonde.activation.Site;
import dev.sonde.data.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What speaks up by itself when a number might mislead.
final class Warnings {
  private static final double NOTICEABLE = 0.02;

  private Warnings() {}

  /// `scattered` is what a split that tears groups apart would show, `memorised` what the control
  /// task would; NaN where not measured. `chance` is what nothing gives.
  record Leaks(double scattered, double memorised, double control, double chance) {}

  static List<String> of(
      Corpus corpus, StudySettings settings, Site site, Leaks leaks, double shown) {
    var out = new ArrayList<String>();
    if (corpus.columns().group().isEmpty()) {
      out.add(
          "no group column was declared, so rows count as independent (only identical texts are kept together); if rows share an entity or a template, name it with --group");
    }
    leaks(site, leaks, shown).forEach(out::add);
    if (corpus.repeatedTexts() > 0) {
      out.add("%d texts occur more than once".formatted(corpus.repeatedTexts()));
    }
    if (!settings.untrained()) {
      out.add("the untrained twin was left out");
    }
    if (!settings.baselines()) {
      out.add("the surface baselines were left out");
    }
    return out;
  }

  private static List<String> leaks(Site site, Leaks found, double shown) {
    var out = new ArrayList<String>();
    double inflation = found.scattered() - shown;
    if (inflation > NOTICEABLE) {
      out.add(
          String.format(
              Locale.ROOT,
              "a random split that tears groups apart would have shown %.3f instead of %.3f at %s: %.3f of it is leakage between rows of one group",
              found.scattered(),
              shown,
              site,
              inflation));
    }
    if (found.memorised() > found.chance() + 0.1) {
      out.add(
          String.format(
              Locale.ROOT,
              "the probe can memorise: random labels by group are got right to %.3f when groups are torn apart (held out by group: %.3f)",
              found.memorised(),
              found.control()));
    }
    return out;
  }
}
