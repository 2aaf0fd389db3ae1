package dev.sonde.study;

import dev.sonde.provenance.Digest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything a study found, with the evidence and the origin of each number: what `results.json`
/// holds and what the report shows. Plain values only; nothing here needs a model.
public record Findings(
    Origin origin,
    Subject subject,
    List<SiteFinding> sites,
    List<Baseline> baselines,
    Null maxNull,
    Best best,
    Verdict verdict,
    List<String> warnings,
    Grounds grounds) {

  /// Where the numbers come from. `settings` holds every option, defaults included; `identity` is
  /// the digest of all of this but `created`, `host` and `seconds`.
  public record Origin(
      String sondeVersion,
      long seed,
      ModelInfo model,
      DataInfo data,
      Map<String, String> settings,
      Digest identity,
      String created,
      String host,
      Map<String, Double> seconds) {}

  public record ModelInfo(
      String name,
      String family,
      Digest digest,
      String tokenizer,
      long parameters,
      int layers,
      int dModel) {}

  /// `classes` counts the rows of each class, of two the negative first; empty for numeric targets.
  public record DataInfo(
      String source,
      Digest digest,
      int rows,
      Map<String, Integer> classes,
      String groupColumn,
      int groups,
      String textColumn,
      String labelColumn) {}

  /// The question in words. `metric` names what every field called `accuracy` holds: `accuracy` for
  /// classes, `R2` for numbers (then `auroc` holds the rank correlation after Spearman, and what
  /// only classes have is NaN).
  public record Subject(
      String question, String probe, String metric, List<String> positions, List<String> points) {}

  /// An estimate with its 95 % bootstrap interval.
  public record Estimate(double value, double low, double high) {}

  /// One place: a point at a layer and a position, read by one kind of probe. All scores are of
  /// held-out rows. `layer` -1 stands for the embeddings. `untrained` is the accuracy on the same
  /// network with untrained weights, `control` that of the control task; NaN where not measured. Of
  /// more than two classes `auroc` is the mean over classes of each against the rest, `brier` the
  /// sum over classes, `ece` of the answer's own probability, `logLoss` in nats.
  public record SiteFinding(
      String point,
      int layer,
      String position,
      String probe,
      Estimate accuracy,
      Estimate auroc,
      double balancedAccuracy,
      double mcc,
      double brier,
      double ece,
      double chosenC,
      double nullMean,
      double null95,
      double pValue,
      double control,
      double selectivity,
      double untrained,
      double untrainedAuroc,
      double macroF1,
      double logLoss) {}

  /// A way to the label that needs no model: majority, length, bag of words, token embeddings.
  public record Baseline(String name, String meaning, Estimate accuracy, double auroc) {}

  /// The largest score over all sites under permuted labels. `checked`: at how many permutations
  /// the exact solver was run beside the closed form, and the largest difference of accuracy seen.
  public record Null(
      int permutations,
      String scheme,
      double max95,
      double mean,
      int checked,
      double largestDifference) {}

  /// The best site in detail. `site` indexes `sites`; `nested` is the estimate free of selection:
  /// in each outer fold the site (and C) that the inner folds prefer, scored on the held-out rows.
  public record Best(
      int site,
      Estimate nested,
      List<Held> held,
      List<Bin> calibration,
      Optional<ByClass> byClass,
      List<String> cosineLabels,
      List<List<Double>> cosines) {}

  /// What became of the rows of each class at the best site: `confusion[t][p]` rows of class t were
  /// taken for class p; `auroc` of each against all others. Classes in the order of
  /// [DataInfo#classes].
  public record ByClass(List<List<Long>> confusion, List<OfClass> classes) {}

  public record OfClass(
      String name, int rows, double recall, double precision, double f1, double auroc) {}

  /// A held-out example. Of two classes: its score (log-odds), the probability of the positive
  /// class. Of more: the score of its own class less the largest other, the probability of its own
  /// class, and in `scores` every class's. `nested` and `nestedCorrect`: score and answer with the
  /// site chosen on inner folds, what one run may be compared with another by.
  public record Held(
      int row,
      String text,
      String label,
      String group,
      int fold,
      double score,
      double probability,
      boolean correct,
      String predicted,
      double nested,
      boolean nestedCorrect,
      List<Double> scores) {}

  /// A bin of predicted probability: mean prediction, observed share, count.
  public record Bin(double from, double to, double predicted, double observed, int count) {}

  /// `answer`: YES, WEAK, NO. `objections`: what a reviewer may still say, the strongest first,
  /// each with what would remove it. `lights`: every check that was made, red first.
  public record Verdict(
      String answer,
      String headline,
      String paragraph,
      List<Objection> objections,
      List<Light> lights) {}

  public record Objection(String claim, String remedy) {}

  /// How much a check should worry. RED: the finding does not stand as it is. AMBER: it stands, but
  /// does not show all that it may seem to. GREEN: looked for and not found.
  public enum Colour {
    RED,
    AMBER,
    GREEN
  }

  /// One check: its short name (`near-duplicates`), what it found, and what would remove that
  /// (empty where there is nothing to remove).
  public record Light(String check, Colour colour, String finding, String remedy) {}
}
