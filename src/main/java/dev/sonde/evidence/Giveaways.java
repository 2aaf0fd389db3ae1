package dev.sonde.evidence;

import dev.sonde.eval.Distributions;
import dev.sonde.eval.Scores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;

/// What gives a label away without any reading: how long a text is, whether one word is in it.
///
/// `lengthAuroc` is at least .5 (the better of both ways round); `words` are the words by which the
/// label can be told best, with the accuracy of the rule "the word is in it" and a p-value for
/// that, adjusted for all words looked at.
public record Giveaways(
    double lengthAuroc, double lengthAccuracy, List<Word> words, double majority) {
  private static final int TOP = 10;
  private static final int LEAST = 5;

  /// `says` is the label that the word stands for; `in` how many texts hold it.
  public record Word(String word, boolean says, double accuracy, int in, double p) {}

  public Giveaways {
    words = List.copyOf(words);
  }

  /// Words are split at what is neither letter nor digit; those in fewer than 5 texts are left out.
  public static Giveaways of(List<String> texts, boolean[] positive) {
    int n = texts.size();
    var lengths = texts.stream().mapToDouble(String::length).toArray();
    double auroc = Scores.auroc(lengths, positive);
    var rows = new int[n];
    Arrays.setAll(rows, i -> i);
    int ones = 0;
    for (boolean p : positive) {
      ones += p ? 1 : 0;
    }
    double majority = Math.max(ones, n - ones) / (double) n;
    return new Giveaways(
        Math.max(auroc, 1 - auroc),
        lengthAccuracy(lengths, positive, rows),
        words(texts, positive, ones),
        majority);
  }

  private static double lengthAccuracy(double[] lengths, boolean[] positive, int[] rows) {
    var shorter = Arrays.stream(lengths).map(v -> -v).toArray();
    double best = 0;
    for (var s : List.of(lengths, shorter)) {
      double threshold = Thresholds.best(s, positive, rows);
      double right = 0;
      for (int i = 0; i < s.length; i++) {
        right += (s[i] > threshold) == positive[i] ? 1 : 0;
      }
      best = Math.max(best, right / s.length);
    }
    return best;
  }

  private static List<Word> words(List<String> texts, boolean[] positive, int ones) {
    var counts = new HashMap<String, int[]>();
    for (int i = 0; i < texts.size(); i++) {
      var own =
          new HashSet<>(Arrays.asList(Duplicates.plain(texts.get(i)).split("[^\\p{L}\\p{N}]+")));
      own.remove("");
      for (var word : own) {
        counts.computeIfAbsent(word, w -> new int[2])[positive[i] ? 1 : 0]++;
      }
    }
    counts.values().removeIf(c -> c[0] + c[1] < LEAST);
    var out = new ArrayList<Word>();
    int n = texts.size();
    counts.forEach((word, c) -> {
      boolean says = c[1] * (double) (n - ones) >= c[0] * (double) ones;
      double right = says ? c[1] + (n - ones - c[0]) : c[0] + (ones - c[1]);
      double p = Math.min(1, counts.size() * independence(c, ones, n));
      out.add(new Word(word, says, right / n, c[0] + c[1], p));
    });
    out.sort(Comparator.comparingDouble((Word w) -> -w.accuracy()).thenComparing(Word::word));
    return out.subList(0, Math.min(TOP, out.size()));
  }

  /// Chi-squared of word against label, with Yates' correction.
  private static double independence(int[] c, int ones, int n) {
    double in = c[0] + c[1];
    double gap = Math.abs((double) c[1] * (n - ones - c[0]) - (double) c[0] * (ones - c[1]));
    double part = Math.max(0, gap - n / 2.0);
    double margin = in * (n - in) * ones * (double) (n - ones);
    return margin == 0 ? 1 : Distributions.chiSquareTail(n * part * part / margin, 1);
  }

  /// What speaks against a probe of this accuracy (held out).
  public List<Objection> objections(double probe) {
    var out = new ArrayList<Objection>();
    if (!words.isEmpty()) {
      var best = words.getFirst();
      if (best.p() < .01 && best.accuracy() > majority && best.accuracy() >= probe - 0.01) {
        out.add(
            new Objection(
                "single word",
                Objection.Weight.SERIOUS,
                best.accuracy(),
                "the word '%s' alone tells the label at %.3f, the probe at %.3f: mask it and measure again"
                    .formatted(best.word(), best.accuracy(), probe)));
      }
    }
    if (lengthAccuracy > majority && lengthAccuracy >= probe - 0.01) {
      out.add(
          new Objection(
              "length",
              Objection.Weight.SERIOUS,
              lengthAccuracy,
              "the length of the text alone tells the label at %.3f, the probe at %.3f: balance lengths"
                  .formatted(lengthAccuracy, probe)));
    } else if (lengthAuroc >= 0.65) {
      out.add(
          new Objection(
              "length",
              Objection.Weight.NOTABLE,
              lengthAuroc,
              "the length of the text goes with the label (AUROC %.3f): balance lengths or show that the probe stays without"
                  .formatted(lengthAuroc)));
    }
    return out;
  }
}
