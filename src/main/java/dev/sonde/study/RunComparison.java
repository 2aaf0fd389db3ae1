package dev.sonde.study;

import dev.sonde.data.Groups;
import dev.sonde.eval.Bootstrap;
import dev.sonde.eval.Comparisons;
import dev.sonde.eval.MultipleTests;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Several finished runs, every pair of them compared once, with the p-values held up to how many
/// pairs were looked at (Holm 1979).
///
/// What is compared is the accuracy with the site chosen on inner folds: a best site of many is
/// better than it will be again. Runs on the same rows are compared row by row, whole groups drawn;
/// runs on other rows by what either would give on other groups of its own.
public record RunComparison(
    List<FinishedRun> runs, List<Pair> pairs, int draws, long seed, String verdict) {
  /// `first` and `second` are places in the list of runs. `difference` is the first's accuracy less
  /// the second's; `p` two-sided, `adjusted` after Holm. Of paired rows, `onlyFirst` and
  /// `onlySecond` are those that one run alone gets right.
  public record Pair(
      int first,
      int second,
      boolean paired,
      Findings.Estimate difference,
      double p,
      double adjusted,
      int onlyFirst,
      int onlySecond,
      String note) {}

  public RunComparison {
    runs = List.copyOf(runs);
    pairs = List.copyOf(pairs);
  }

  /// @throws BadInput for fewer than two runs
  public static RunComparison of(List<FinishedRun> runs, int draws, long seed) {
    if (runs.size() < 2) {
      throw new BadInput("a comparison needs two runs or more, not %d".formatted(runs.size()));
    }
    var raw = new ArrayList<Pair>();
    for (int a = 0; a < runs.size(); a++) {
      for (int b = a + 1; b < runs.size(); b++) {
        raw.add(pair(runs, a, b, draws, new Seed(seed)));
      }
    }
    var holm = MultipleTests.holm(raw.stream().mapToDouble(Pair::p).toArray());
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < raw.size(); i++) {
      var r = raw.get(i);
      pairs.add(
          new Pair(
              r.first,
              r.second,
              r.paired,
              r.difference,
              r.p,
              holm[i],
              r.onlyFirst,
              r.onlySecond,
              r.note));
    }
    return new RunComparison(runs, pairs, draws, seed, verdict(runs, pairs));
  }

  private static Pair pair(List<FinishedRun> runs, int a, int b, int draws, Seed seed) {
    var first = runs.get(a);
    var second = runs.get(b);
    boolean paired = sameRows(first, second);
    var note =
        paired
            ? first.label().equals(second.label())
                ? ""
                : "the same rows, other labels (%s, %s)".formatted(first.label(), second.label())
            : "other rows; either drawn by itself";
    var found = paired ? paired(first, second, draws, seed) : apart(first, second, draws, seed);
    var discordant =
        paired
            ? Comparisons.mcNemar(right(first), right(second))
            : new Comparisons.Discordant(0, 0, Double.NaN);
    return new Pair(
        a,
        b,
        paired,
        new Findings.Estimate(found.observed(), found.interval().low(), found.interval().high()),
        found.p(),
        found.p(),
        discordant.first(),
        discordant.second(),
        note);
  }

  /// The same file, and of it the same rows.
  private static boolean sameRows(FinishedRun a, FinishedRun b) {
    return a.digest().equals(b.digest())
        && sorted(a).stream()
            .map(FinishedRun.Row::row)
            .toList()
            .equals(sorted(b).stream().map(FinishedRun.Row::row).toList());
  }

  private static List<FinishedRun.Row> sorted(FinishedRun run) {
    return run.rows().stream().sorted(Comparator.comparingInt(FinishedRun.Row::row)).toList();
  }

  private static boolean[] right(FinishedRun run) {
    var rows = sorted(run);
    var out = new boolean[rows.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = rows.get(i).correct();
    }
    return out;
  }

  private static double[] numbers(FinishedRun run) {
    return sorted(run).stream().mapToDouble(r -> r.correct() ? 1 : 0).toArray();
  }

  /// Whole groups drawn, those of the run that has fewer: they hold together more rows.
  private static Bootstrap.Difference paired(
      FinishedRun first, FinishedRun second, int draws, Seed seed) {
    var a = Groups.of(sorted(first).stream().map(FinishedRun.Row::group).toList());
    var b = Groups.of(sorted(second).stream().map(FinishedRun.Row::group).toList());
    var bootstrap = Bootstrap.byGroup(a.count() <= b.count() ? a : b, draws, seed);
    return bootstrap.difference(
        Bootstrap.mean(numbers(first)), Bootstrap.mean(numbers(second)), .95);
  }

  /// Groups of either run drawn among their like.
  private static Bootstrap.Difference apart(
      FinishedRun first, FinishedRun second, int draws, Seed seed) {
    var names = new ArrayList<String>();
    sorted(first).forEach(r -> names.add("1 " + r.group()));
    sorted(second).forEach(r -> names.add("2 " + r.group()));
    int n = first.rows().size();
    var ofFirst = new boolean[names.size()];
    for (int i = 0; i < n; i++) {
      ofFirst[i] = true;
    }
    var bootstrap = Bootstrap.stratified(Groups.of(names), ofFirst, draws, seed);
    return bootstrap.difference(part(numbers(first), 0), part(numbers(second), n), .95);
  }

  private static ToDoubleFunction<double[]> part(double[] values, int from) {
    return weights -> {
      double sum = 0;
      double all = 0;
      for (int i = 0; i < values.length; i++) {
        sum += weights[from + i] * values[i];
        all += weights[from + i];
      }
      return sum / all;
    };
  }

  private static String verdict(List<FinishedRun> runs, List<Pair> pairs) {
    var clear = pairs.stream().filter(p -> p.adjusted < .05).toList();
    var head =
        "%d of %d pairs differ (p < .05 after Holm over all %d)"
            .formatted(clear.size(), pairs.size(), pairs.size());
    if (clear.isEmpty()) {
      return head + ": none of these runs is shown to be better than another";
    }
    var largest =
        clear.stream()
            .max(Comparator.comparingDouble(p -> Math.abs(p.difference.value())))
            .orElseThrow();
    boolean forward = largest.difference.value() > 0;
    return String.format(
        Locale.ROOT,
        "%s; the largest difference: %s is %.3f more accurate than %s",
        head,
        runs.get(forward ? largest.first : largest.second).name(),
        Math.abs(largest.difference.value()),
        runs.get(forward ? largest.second : largest.first).name());
  }
}
