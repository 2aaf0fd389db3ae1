package dev.sonde.study;

import com.google.errorprone.annotations.FormatMethod;
import dev.sonde.data.Corpus;
import dev.sonde.data.Matrix;
import dev.sonde.eval.Distributions;
import dev.sonde.eval.Folds;
import dev.sonde.evidence.Duplicates;
import dev.sonde.evidence.Giveaways;
import dev.sonde.evidence.Leakage;
import dev.sonde.evidence.NearDuplicates;
import dev.sonde.evidence.Objection;
import dev.sonde.provenance.Digest;
import dev.sonde.study.Findings.Colour;
import dev.sonde.study.Findings.Light;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The detectors of leakage: what each found, or that it looked and found nothing.
final class Leaks {
  private final Corpus corpus;
  private final Folds folds;
  private final int[] labels;

  /// `labels`: the class of every row, or 0 for all where rows have numbers.
  Leaks(Corpus corpus, Folds folds, int[] labels) {
    this.corpus = corpus;
    this.folds = folds;
    this.labels = labels.clone();
  }

  /// Rows that say the same, or nearly, on both sides of the split.
  List<Light> texts() {
    if (!corpus.images().isEmpty()) {
      var bytes = corpus.images().stream().map(Digest::hex).toList();
      return repeated(Duplicates.ofTexts(bytes, labels, folds), "image", "");
    }
    var out =
        new ArrayList<>(repeated(Duplicates.ofTexts(corpus.texts(), labels, folds), "text", ""));
    out.add(nearDuplicates());
    return out;
  }

  /// Rows without texts: those that are the same in every number.
  List<Light> rows(Matrix x) {
    return repeated(Duplicates.ofRows(x, labels, folds), "row", " at the best layer");
  }

  private List<Light> repeated(Duplicates found, String what, String where) {
    return lights(
        "duplicates",
        found.objections(corpus.size(), what),
        say("no %s has an equal in another fold%s, none has two labels", what, where));
  }

  /// Near-duplicates in other folds are a leak where their labels agree; in pairs built to differ
  /// in one word they are the point.
  private Light nearDuplicates() {
    var near = NearDuplicates.of(corpus.texts(), NearDuplicates.SIMILAR);
    var found = near.objections(folds);
    if (found.isEmpty()) {
      return green("near-duplicates", "no text has a near-duplicate in another fold");
    }
    var objection = found.getFirst();
    int[] told = agreeing(near);
    double share = (double) told[0] / Math.max(1, told[1]);
    double p = 1 - Distributions.binomialCdf(told[0] - 1, Math.max(1, told[1]), majority());
    if (majority() == 1) { // numbers: whether they agree is not asked
      return new Light(
          "near-duplicates", Colour.AMBER, claim(objection.message()), remedy(objection.message()));
    }
    boolean tells = told[1] > 0 && share > majority() + 0.05 && p < .01;
    if (!tells) {
      return green(
          "near-duplicates",
          say(
              "%d texts have a near-duplicate in another fold, but their labels do not follow from it (%.2f of %d agree)",
              near.torn(folds), share, told[1]));
    }
    return new Light(
        "near-duplicates",
        colour(objection),
        say("%s, and %.2f of them have its label", claim(objection.message()), share),
        remedy(objection.message()));
  }

  private double majority() {
    var counts = new HashMap<Integer, Integer>();
    for (int label : labels) {
      counts.merge(label, 1, Integer::sum);
    }
    return java.util.Collections.max(counts.values()) / (double) labels.length;
  }

  /// Of rows with near-duplicates in other folds, how many have the label that most of those have;
  /// even counts are left out.
  private int[] agreeing(NearDuplicates near) {
    var groups = near.groups();
    var members = new HashMap<Integer, List<Integer>>();
    for (int i = 0; i < groups.size(); i++) {
      members.computeIfAbsent(groups.at(i), g -> new ArrayList<>()).add(i);
    }
    int right = 0;
    int asked = 0;
    for (int i = 0; i < groups.size(); i++) {
      int balance = 0;
      for (int j : members.getOrDefault(groups.at(i), List.of())) {
        balance += folds.at(j) == folds.at(i) ? 0 : labels[j] == labels[i] ? 1 : -1;
      }
      asked += balance == 0 ? 0 : 1;
      right += balance > 0 ? 1 : 0;
    }
    return new int[] {right, asked};
  }

  /// The length of the text or a single word.
  List<Light> giveaways(boolean[] positive, double shown) {
    if (!corpus.images().isEmpty()) {
      return List.of(); // a path is not what the network reads
    }
    var found = Giveaways.of(corpus.texts(), positive);
    var out = new ArrayList<Light>();
    var all = found.objections(shown);
    var best =
        found.words().isEmpty()
            ? "no word occurs in five texts"
            : say(
                "the best single word, '%s', tells the label at %.3f, the probe at %.3f",
                found.words().getFirst().word(), found.words().getFirst().accuracy(), shown);
    out.addAll(lights("single word", of(all, "single word"), best));
    out.addAll(
        lights(
            "length",
            of(all, "length"),
            say("the length of the text tells the label at %.3f", found.lengthAccuracy())));
    return out;
  }

  private static List<Objection> of(List<Objection> all, String kind) {
    return all.stream().filter(o -> o.kind().equals(kind)).toList();
  }

  /// What a split that tears groups apart would have shown, and whether groups are declared.
  Light groups(Leakage.Inflation inflation) {
    if (corpus.columns().group().isEmpty()) {
      int repeated = corpus.repeatedTexts();
      return new Light(
          "groups",
          Colour.AMBER,
          "no group column was declared, so rows that share an entity or a template may stand on both sides of the split"
              + (repeated > 0
                  ? say(" (%d texts occur more than once and are kept together)", repeated)
                  : ""),
          "Declare what rows share: a column with --group, a file with --groups.");
    }
    if (Double.isNaN(inflation.torn())) {
      return green("groups", "whole groups are held out");
    }
    if (!inflation.objections().isEmpty()) {
      return new Light(
          "groups",
          Colour.AMBER,
          say(
              "a random split that tears groups apart would have shown %.3f instead of %.3f: rows of one group leak",
              inflation.torn(), inflation.whole()),
          "Nothing here: whole groups are held out. Check that the groups hold all that rows share.");
    }
    return green(
        "groups",
        say(
            "tearing groups apart would have shown %.3f instead of %.3f",
            inflation.torn(), inflation.whole()));
  }

  /// Random labels by group: `memorised` with groups torn apart, `control` with them held out.
  static Light memory(double memorised, double control, double chance) {
    if (control - chance > 0.1) {
      return new Light(
          "memory",
          Colour.AMBER,
          say("random labels by group are read with %.3f on held-out groups", control),
          "A smaller C, or more groups.");
    }
    if (memorised > chance + 0.1) {
      return green(
          "memory",
          say(
              "the probe can memorise (random labels by group are got right to %.3f when groups are torn apart), but with whole groups held out it reads them with %.3f",
              memorised, control));
    }
    return green("memory", say("random labels by group are read with %.3f", control));
  }

  /// The scores by layer at the best site's position; `first` is the name of the first, `before`
  /// whether it comes before all layers of the network.
  record Layers(List<Double> scores, String first, boolean before) {
    /// `known`: what stands before the layers of the network (`the embeddings`). Where the first
    /// layer given may be one further on, that it reads the label is no more than a warning.
    Light light(double chance, String metric, String known) {
      var values = scores.stream().mapToDouble(s -> s).toArray();
      var found = Leakage.firstLayer(values, chance);
      boolean sure = before && !known.isEmpty();
      var name = sure ? known : "the first layer given, " + first + ",";
      boolean many = sure && known.endsWith("s");
      if (found.isEmpty()) {
        return green(
            "first layer",
            say("%s read%s it with %s %.3f", name, many ? "" : "s", metric, values[0]));
      }
      var best = values[0];
      for (double v : values) {
        best = Math.max(best, v);
      }
      return sure
          ? new Light(
              "first layer",
              colour(found.getFirst()),
              say(
                  "%s alone read%s the label at %.3f, the best layer at %.3f",
                  name, many ? "" : "s", values[0], best),
              "Data in which what is fed does not tell by itself: it hangs on that (a token, an input), not on what the model makes of it.")
          : new Light(
              "first layer",
              Colour.AMBER,
              say(
                  "%s reads the label at %.3f already, the best at %.3f: nothing shows that the network adds to it",
                  name, values[0], best),
              "Give the layers from the embeddings on, to see where it begins.");
    }
  }

  /// Empty unless there are several layers at the best site's position, and the first of them is
  /// what stands before all layers, or nobody knows (`known` is empty) whether it is.
  static Optional<Layers> layers(List<Findings.SiteFinding> sites, int best, String known) {
    var position = sites.get(best).position();
    var same =
        sites.stream()
            .filter(s -> s.position().equals(position))
            .sorted(Comparator.comparingInt(Findings.SiteFinding::layer))
            .toList();
    var first = same.getFirst();
    boolean before = first.layer() < 0;
    return same.size() > 1 && (before || known.isEmpty())
        ? Optional.of(
            new Layers(
                same.stream().map(s -> s.accuracy().value()).toList(), first.point(), before))
        : Optional.empty();
  }

  private static List<Light> lights(String check, List<Objection> found, String nothing) {
    if (found.isEmpty()) {
      return List.of(green(check, nothing));
    }
    return found.stream()
        .map(o -> new Light(o.kind(), colour(o), claim(o.message()), remedy(o.message())))
        .toList();
  }

  static Light green(String check, String finding) {
    return new Light(check, Colour.GREEN, finding, "");
  }

  private static Colour colour(Objection objection) {
    return objection.weight() == Objection.Weight.SERIOUS ? Colour.RED : Colour.AMBER;
  }

  /// A message is `what was found: what would remove it`.
  private static String claim(String message) {
    int at = message.lastIndexOf(": ");
    return at < 0 ? message : message.substring(0, at);
  }

  private static String remedy(String message) {
    int at = message.lastIndexOf(": ");
    if (at < 0) {
      return "";
    }
    return message.substring(at + 2, at + 3).toUpperCase(Locale.ROOT)
        + message.substring(at + 3)
        + ".";
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
