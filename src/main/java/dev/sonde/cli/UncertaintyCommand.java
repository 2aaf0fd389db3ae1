package dev.sonde.cli;

import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.uncertainty.AnswerSet;
import dev.sonde.uncertainty.Equivalence;
import dev.sonde.uncertainty.PartialCorrelation;
import dev.sonde.uncertainty.Relation;
import dev.sonde.uncertainty.Reliability;
import dev.sonde.uncertainty.TaskTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How unsure answers are, and whether probes read worse where they are.
@Command(
    name = "uncertainty",
    header = "How unsure answers are, and whether that goes with what probes read.",
    description = {
      "",
      "A table of tasks (columns task, model, skill or accuracy and majority, entropy, options) gives",
      "correlations with intervals, partial ones, and p-values (exact up to 8 tasks). A JSONL file of",
      "answers (task, prompt, answer, log_prob, tokens) gives entropies of their meanings, and with a",
      "table of tasks beside it takes the place of its column entropy.",
      "",
      "Examples:",
      "  sonde uncertainty --tasks tasks.csv --control model_accuracy,log_classes",
      "  sonde uncertainty --answers sampled.jsonl --json",
      "  sonde uncertainty --tasks tasks.csv --answers sampled.jsonl",
      ""
    })
final class UncertaintyCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(names = "--tasks", paramLabel = "FILE", description = "a row a task: CSV, TSV or JSONL")
  private Path tasks = Path.of("");

  @Option(names = "--answers", paramLabel = "FILE", description = "a line an answer: JSONL or CSV")
  private Path answers = Path.of("");

  @Option(
      names = "--control",
      split = ",",
      paramLabel = "COLUMN",
      description = "figures of tasks that could drive both, to be taken out")
  private List<String> controls = List.of();

  @Option(
      names = "--reliability",
      split = ",",
      paramLabel = "R",
      description =
          "of entropy and of skill, for the correlation that exact figures would show (of entropy it follows from --answers)")
  private List<Double> reliability = List.of();

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of everything random (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--json", description = "print one JSON object, every number in full")
  private boolean json;

  @Override
  public Integer call() {
    if (tasks.toString().isEmpty() && answers.toString().isEmpty()) {
      throw new BadInput("give --tasks FILE, --answers FILE, or both");
    }
    var out = spec.commandLine().getOut();
    var root = JsonMapper.shared().createObjectNode();
    var sets = answers.toString().isEmpty() ? List.<AnswerSet>of() : sets();
    var byTask =
        sets.isEmpty() ? List.<AnswerSet.OfTask>of() : AnswerSet.byTask(sets, Equivalence.words());
    if (!sets.isEmpty()) {
      entropies(sets, byTask, root, out);
    }
    if (!tasks.toString().isEmpty()) {
      relation(byTask, root, out);
    }
    if (json) {
      out.println(root);
    }
    out.flush();
    return 0;
  }

  private List<AnswerSet> sets() {
    var table = Table.read(answers);
    var has = table.columns();
    var said = table.column("answer");
    var lines = new ArrayList<AnswerSet.Line>();
    var none = said.stream().map(a -> "").toList();
    var task = has.contains("task") ? table.column("task") : none;
    var prompt = has.contains("prompt") ? table.column("prompt") : none;
    for (int i = 0; i < said.size(); i++) {
      lines.add(
          new AnswerSet.Line(
              task.get(i),
              prompt.get(i),
              said.get(i),
              has.contains("log_prob") ? TaskTable.number(table, i, "log_prob") : Double.NaN,
              has.contains("tokens") ? (int) TaskTable.number(table, i, "tokens") : 0));
    }
    return AnswerSet.of(lines);
  }

  private void entropies(
      List<AnswerSet> sets, List<AnswerSet.OfTask> byTask, ObjectNode root, PrintWriter out) {
    var list = root.putArray("prompts");
    if (!json) {
      out.printf(
          "%-16s %-24s %7s %8s %9s %9s %9s%n",
          "task", "prompt", "answers", "meanings", "discrete", "weighted", "naive");
    }
    for (var set : sets) {
      var u = set.measure(Equivalence.words());
      var node = list.addObject().put("task", set.task()).put("prompt", set.prompt());
      node.put("answers", u.answers()).put("meanings", u.meanings());
      JsonNumbers.put(node, "semantic_discrete", u.discrete());
      JsonNumbers.put(node, "semantic_weighted", u.weighted());
      JsonNumbers.put(node, "words_discrete", u.words());
      JsonNumbers.put(node, "naive", u.naive());
      JsonNumbers.put(node, "length_normalised", u.normalised());
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-16.16s %-24.24s %7d %8d %9.4f %9.4f %9.4f%n",
            set.task(),
            set.prompt(),
            u.answers(),
            u.meanings(),
            u.discrete(),
            u.weighted(),
            u.naive());
      }
    }
    means(byTask, root, out);
  }

  private void means(List<AnswerSet.OfTask> byTask, ObjectNode root, PrintWriter out) {
    var means = root.putArray("tasks");
    for (var task : byTask) {
      var node = means.addObject().put("task", task.task()).put("prompts", task.prompts());
      JsonNumbers.put(node, "mean_entropy", task.mean());
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-16.16s mean of %d prompts: %.4f nats%n",
            task.task(),
            task.prompts(),
            task.mean());
      }
    }
  }

  private void relation(List<AnswerSet.OfTask> byTask, ObjectNode root, PrintWriter out) {
    Map<String, Double> own = new LinkedHashMap<>();
    byTask.forEach(t -> own.put(t.task(), t.mean()));
    var found = Relation.of(TaskTable.read(Table.read(tasks), controls, own), new Seed(seed));
    var node = root.putObject("relation");
    node.put("tasks", found.tasks()).put("models", found.models()).put("seed", seed);
    if (!json) {
      out.printf("%d tasks, %d models; 95 %% intervals%n", found.tasks(), found.models());
    }
    plain(found, node, out);
    partial("partial pearson", found.pearson(), node, out);
    partial("partial spearman", found.spearman(), node, out);
    if (found.models() > 1 && !json) {
      out.println("several models: of the plain p-values none is to be believed; the partial ones");
      out.println("count what varies within a model");
    }
    disattenuated(found, byTask, node, out);
  }

  private void plain(Relation found, ObjectNode node, PrintWriter out) {
    for (var row : found.plain()) {
      var name = row.kind().name().toLowerCase(Locale.ROOT);
      var one = node.putObject(name);
      JsonNumbers.put(one, "r", row.r());
      JsonNumbers.put(one, "by_formula_95", row.byFormula());
      JsonNumbers.put(one, "bca_over_tasks_95", row.byDraws());
      JsonNumbers.put(one, "p", row.p());
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-18s %7.4f  [%.4f, %.4f]  BCa over tasks [%.4f, %.4f]  p %.4f%s%n",
            name,
            row.r(),
            row.byFormula().low(),
            row.byFormula().high(),
            row.byDraws().low(),
            row.byDraws().high(),
            row.p(),
            found.tasks() <= 8 ? " (exact)" : "");
      }
    }
  }

  private void partial(String name, PartialCorrelation p, ObjectNode node, PrintWriter out) {
    var one = node.putObject(name.replace(' ', '_'));
    JsonNumbers.put(one, "r", p.r());
    JsonNumbers.put(one, "interval_95", p.interval());
    JsonNumbers.put(one, "p", p.p());
    one.put("df", p.df());
    if (!json) {
      out.printf(
          Locale.ROOT,
          "%-18s %7.4f  [%.4f, %.4f]  p %.4f  df %d%s%n",
          name,
          p.r(),
          p.interval().low(),
          p.interval().high(),
          p.p(),
          p.df(),
          controls.isEmpty() ? "" : "  without " + String.join(", ", controls));
    }
  }

  private void disattenuated(
      Relation found, List<AnswerSet.OfTask> byTask, ObjectNode node, PrintWriter out) {
    var measured = Reliability.ofTasks(byTask);
    measured.ifPresent(r -> JsonNumbers.put(node, "reliability_of_entropy", r));
    if (reliability.isEmpty()) {
      return;
    }
    Optional<Double> x = reliability.size() == 2 ? Optional.of(reliability.get(0)) : measured;
    double y = reliability.getLast();
    if (reliability.size() > 2
        || x.isEmpty()
        || !(x.get() > 0 && x.get() <= 1 && y > 0 && y <= 1)) {
      throw new BadInput(
          "--reliability takes two numbers above 0 and up to 1, of entropy and of skill; of entropy it follows from --answers with two prompts a task");
    }
    var pearson = found.plain().getFirst();
    double r = Reliability.disattenuated(pearson.r(), x.get(), y);
    var interval = Reliability.disattenuated(pearson.byFormula(), x.get(), y);
    var one = node.putObject("disattenuated");
    JsonNumbers.put(one, "r", r);
    JsonNumbers.put(one, "interval_95", interval);
    if (!json) {
      out.printf(
          Locale.ROOT,
          "%-18s %7.4f  [%.4f, %.4f]  reliabilities %.3f and %.3f taken as known%n",
          "disattenuated",
          r,
          interval.low(),
          interval.high(),
          x.get(),
          y);
    }
  }
}
