package dev.sonde.uncertainty;

import dev.sonde.io.BadInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Sampled answers to one prompt, and how unsure they are; prompts of a task together.
///
/// `log[i]` is the log-probability of the whole answer i (NaN where it was not kept), `tokens[i]`
/// its length (0 where unknown).
public record AnswerSet(
    String task, String prompt, List<String> answers, List<Double> log, List<Integer> tokens) {
  public AnswerSet {
    answers = List.copyOf(answers);
    log = List.copyOf(log);
    tokens = List.copyOf(tokens);
    if (answers.isEmpty() || log.size() != answers.size() || tokens.size() != answers.size()) {
      throw new IllegalArgumentException("every answer has a log-probability and a length");
    }
  }

  /// An answer as a line of a file states it.
  public record Line(String task, String prompt, String answer, double log, int tokens) {}

  /// Lines of the same task and prompt together, in the order in which they first come.
  public static List<AnswerSet> of(List<Line> lines) {
    var sets = new LinkedHashMap<List<String>, List<Line>>();
    for (var line : lines) {
      sets.computeIfAbsent(List.of(line.task(), line.prompt()), k -> new ArrayList<>()).add(line);
    }
    return sets.entrySet().stream()
        .map(e ->
            new AnswerSet(
                e.getKey().get(0),
                e.getKey().get(1),
                e.getValue().stream().map(Line::answer).toList(),
                e.getValue().stream().map(Line::log).toList(),
                e.getValue().stream().map(Line::tokens).toList()))
        .toList();
  }

  /// In nats: entropy of the meanings by count and (where log-probabilities are known) by
  /// probability, of the very words by count, and the naive estimate with its length-normalised
  /// form. NaN where it cannot be known.
  public record Unsure(
      int answers,
      int meanings,
      double discrete,
      double weighted,
      double words,
      double naive,
      double normalised) {}

  public Unsure measure(Equivalence equivalence) {
    var meanings = SemanticEntropy.of(answers, equivalence);
    var words = SemanticEntropy.of(answers, String::equals);
    var l = log.stream().mapToDouble(v -> v).toArray();
    var t = tokens.stream().mapToInt(v -> v).toArray();
    boolean known = Arrays.stream(l).allMatch(Double::isFinite);
    boolean lengths = Arrays.stream(t).allMatch(n -> n > 0);
    var each = IntStream.range(0, l.length).mapToDouble(i -> lengths ? l[i] / t[i] : l[i]);
    return new Unsure(
        answers.size(),
        meanings.clusters(),
        meanings.discrete(),
        known ? meanings.weighted(each.toArray()) : Double.NaN,
        words.discrete(),
        known ? Entropies.naive(l) : Double.NaN,
        known && lengths ? Entropies.lengthNormalised(l, t) : Double.NaN);
  }

  /// The mean of a task's prompts, and the means of its even and its odd prompts, from which its
  /// reliability over tasks follows ([Reliability#splitHalf]); empty for one prompt only.
  public record OfTask(String task, int prompts, double mean, Optional<List<Double>> halves) {}

  /// Every task's mean entropy of meanings, by probability where that is known for all, else by
  /// count.
  public static List<OfTask> byTask(List<AnswerSet> sets, Equivalence equivalence) {
    if (sets.isEmpty()) {
      throw new BadInput("there is no answer to measure");
    }
    var found = sets.stream().map(s -> s.measure(equivalence)).toList();
    boolean weighted = found.stream().noneMatch(u -> Double.isNaN(u.weighted()));
    var tasks = new LinkedHashMap<String, List<Double>>();
    for (int i = 0; i < sets.size(); i++) {
      var own = tasks.computeIfAbsent(sets.get(i).task(), k -> new ArrayList<>());
      own.add(weighted ? found.get(i).weighted() : found.get(i).discrete());
    }
    return tasks.entrySet().stream()
        .map(e ->
            new OfTask(
                e.getKey(),
                e.getValue().size(),
                mean(e.getValue(), 0, 1),
                e.getValue().size() < 2
                    ? Optional.empty()
                    : Optional.of(List.of(mean(e.getValue(), 0, 2), mean(e.getValue(), 1, 2)))))
        .toList();
  }

  private static double mean(List<Double> values, int from, int step) {
    return IntStream.iterate(from, i -> i < values.size(), i -> i + step)
        .mapToDouble(values::get)
        .average()
        .orElseThrow();
  }
}
