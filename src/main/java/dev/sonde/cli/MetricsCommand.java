package dev.sonde.cli;

import dev.sonde.activation.arrays.ArrayFormat;
import dev.sonde.activation.arrays.Column;
import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.NdArray;
import dev.sonde.eval.Metrics;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Measures of scores that were made elsewhere.
@Command(
    name = "metrics",
    header = "What scores or predictions say beside their labels, with intervals.",
    description = {
      "",
      "Accuracy, balanced accuracy, Matthews' correlation (R_K for more than two classes), recall and",
      "precision by class; of scores the AUROC (DeLong and bootstrap), Brier score and calibration;",
      "with --control the recall at false positive rates that control rows promise. --json prints",
      "every number in full. DeLong's interval takes rows for independent: where they share --groups",
      "the one to quote is drawn over whole groups, and a note says so.",
      "",
      "Examples:",
      "  sonde metrics --scores scores.npy --labels rows.csv:truth --groups rows.csv:city",
      "  sonde metrics --scores monitor.npz#scores --labels monitor.npz#labels --control benign.npy --fpr 0.01",
      "  sonde metrics --predictions said.csv:piece --labels rows.csv:piece --json",
      ""
    })
final class MetricsCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--scores",
      paramLabel = "FILE",
      description =
          "a score a row, or rows x classes (classes in natural order; the largest wins); .npy, .npz[#NAME], .safetensors[#TENSOR], .csv[#COLUMN]")
  private String scores = "";

  @Option(names = "--predictions", paramLabel = "FILE", description = "the class said of each row")
  private String predictions = "";

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "FILE",
      description = "the true class of each row: .npy, FILE.csv:COLUMN")
  private String labels = "";

  @Option(names = "--groups", paramLabel = "FILE", description = "what rows share: drawn whole")
  private String groups = "";

  @Option(
      names = "--control",
      paramLabel = "FILE",
      description = "scores of control rows, on which a monitor should be silent")
  private String control = "";

  @Option(
      names = "--fpr",
      split = ",",
      description = "false positive rates to promise with --control (default: 0.01,0.05)")
  private List<Double> rates = List.of();

  @Option(
      names = "--kind",
      description = "probability, log-odds or score (default: probability if all lie in 0 ... 1)")
  private String kind = "";

  @Option(
      names = "--threshold",
      description = "above it a row is positive (default: 0.5 for probabilities, else 0)")
  private double threshold = Double.NaN;

  @Option(names = "--positive", paramLabel = "CLASS", description = "which class high scores mean")
  private String positive = "";

  @Option(
      names = "--bootstrap",
      defaultValue = "2000",
      description = "draws behind the intervals (default: ${DEFAULT-VALUE})")
  private int draws = 2000;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of everything random (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--json", description = "print one JSON object, every number in full")
  private boolean json;

  @Override
  public Integer call() {
    if (scores.isEmpty() == predictions.isEmpty()) {
      throw new BadInput("give either --scores or --predictions");
    }
    var names = Column.read(labels).stream().map(String::strip).toList();
    var sampling =
        new Metrics.Sampling(
            groups.isEmpty() ? Groups.single(names.size()) : Groups.of(fitting(names.size())),
            draws,
            new Seed(seed));
    var found = predictions.isEmpty() ? ofScores(names, sampling) : ofPredictions(names, sampling);
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(json(found));
    } else {
      print(found, out);
    }
    out.flush();
    return 0;
  }

  private List<String> fitting(int rows) {
    var found = Column.read(groups);
    if (found.size() != rows) {
      throw new BadInput(
          "%s has %d groups, but %s has %d labels".formatted(groups, found.size(), labels, rows));
    }
    return found;
  }

  private Metrics ofPredictions(List<String> names, Metrics.Sampling sampling) {
    if (!control.isEmpty()) {
      throw new BadInput("--control needs --scores: a threshold is set on scores");
    }
    var said = Column.read(predictions).stream().map(String::strip).toList();
    var both = new ArrayList<>(names);
    both.addAll(said);
    var classes = Classes.of(both);
    var truth = classes.select(IntStream.range(0, names.size()).toArray());
    var predicted = IntStream.range(names.size(), both.size()).map(classes::at).toArray();
    return Metrics.ofPredictions(truth, predicted, sampling);
  }

  private Metrics ofScores(List<String> names, Metrics.Sampling sampling) {
    var array = ArrayFormat.read(scores);
    var classes = Classes.of(names);
    if (array.rank() == 2 && array.width() > 1) {
      return ofTable(array, classes, sampling);
    }
    if (classes.names().size() != 2) {
      throw new BadInput(
          "%s has %d classes (%s); one score a row is for two: give rows x classes, or --predictions"
              .formatted(labels, classes.names().size(), String.join(", ", classes.names())));
    }
    var truth = positive.isEmpty() ? classes : turned(classes);
    var values = numbers(array, scores);
    var what = kind(values);
    double cut = !Double.isNaN(threshold) ? threshold : what == Metrics.Kind.PROBABILITY ? 0.5 : 0;
    var found = Metrics.ofScores(truth, values, what, cut, sampling);
    if (control.isEmpty()) {
      return found;
    }
    var benign = numbers(ArrayFormat.read(control), control);
    var wanted =
        !rates.isEmpty() ? rates : benign.length >= 99 ? List.of(0.01, 0.05) : List.of(0.05);
    return found.withControl(truth, values, benign, wanted);
  }

  private Metrics ofTable(NdArray array, Classes classes, Metrics.Sampling sampling) {
    int k = classes.names().size();
    if (array.width() != k || !control.isEmpty()) {
      throw new BadInput(
          control.isEmpty()
              ? "%s has %d columns, but %s has %d classes (%s); a column a class is needed"
                  .formatted(scores, array.width(), labels, k, String.join(", ", classes.names()))
              : "--control is for one score a row; %s has %d columns"
                  .formatted(scores, array.width()));
    }
    var predicted = new int[array.rows()];
    for (int i = 0; i < predicted.length; i++) {
      for (int c = 1; c < k; c++) {
        long row = (long) i * k;
        predicted[i] = array.at(row + c) > array.at(row + predicted[i]) ? c : predicted[i];
      }
    }
    return Metrics.ofPredictions(classes, predicted, sampling);
  }

  private Classes turned(Classes classes) {
    int at = classes.names().indexOf(positive);
    if (at < 0) {
      throw new BadInput(
          "%s has no class '%s'; it has %s"
              .formatted(labels, positive, String.join(", ", classes.names())));
    }
    return at == 1
        ? classes
        : Classes.of(
            List.of(classes.names().get(1), classes.names().get(0)),
            Arrays.stream(classes.toArray()).map(i -> 1 - i).toArray());
  }

  private static double[] numbers(NdArray array, String name) {
    if (array.rank() == 0 || array.width() != 1) {
      throw new BadInput(
          "%s has shape %s; one score a row is expected"
              .formatted(name, Arrays.toString(array.shape())));
    }
    return IntStream.range(0, array.rows()).mapToDouble(array::at).toArray();
  }

  private Metrics.Kind kind(double[] values) {
    return switch (kind) {
      case "" ->
          Arrays.stream(values).allMatch(v -> v >= 0 && v <= 1)
              ? Metrics.Kind.PROBABILITY
              : Metrics.Kind.SCORE;
      case "probability" -> Metrics.Kind.PROBABILITY;
      case "log-odds" -> Metrics.Kind.LOG_ODDS;
      case "score" -> Metrics.Kind.SCORE;
      default ->
          throw new BadInput("--kind takes probability, log-odds or score, not '" + kind + "'");
    };
  }

  private void print(Metrics found, PrintWriter out) {
    out.printf(
        "%d rows in %d groups; intervals 95 %%, BCa over %s, %d draws, seed %d%n%n",
        found.rows(), found.groups(), found.grouped() ? "groups" : "rows", draws, seed);
    for (var v : found.values()) {
      out.printf(Locale.ROOT, "%-18s %7.4f", v.name(), v.value());
      if (!Double.isNaN(v.interval().low())) {
        out.printf(Locale.ROOT, "  [%.4f, %.4f]", v.interval().low(), v.interval().high());
      }
      if (v.name().equals("auroc")) {
        out.printf(
            Locale.ROOT,
            "%s  DeLong [%.4f, %.4f]%s",
            found.grouped() ? " over groups: quote this" : "",
            found.delong().low(),
            found.delong().high(),
            found.grouped() ? " takes rows for independent" : "");
      }
      out.println();
    }
    classes(found, out);
    found.notes().forEach(note -> out.printf("%nnote: %s%n", note));
  }

  private static void classes(Metrics found, PrintWriter out) {
    out.printf("%n%-18s %6s  %7s %9s %7s%n", "class", "rows", "recall", "precision", "F1");
    for (var c : found.classes()) {
      out.printf(
          Locale.ROOT,
          "%-18s %6d  %7.4f %9.4f %7.4f%n",
          c.name(),
          c.rows(),
          c.recall(),
          c.precision(),
          c.f1());
    }
    for (var a : found.alarms()) {
      var f = a.found();
      out.printf(
          Locale.ROOT,
          "%nrecall at %s FPR  %.4f [%.4f, %.4f]  threshold %.6g from %d control rows; on labelled negatives %.4f [%.4f, %.4f]%s%n",
          a.rate(),
          f.recall(),
          f.recallInterval().low(),
          f.recallInterval().high(),
          f.threshold(),
          f.controls(),
          f.realised(),
          f.realisedInterval().low(),
          f.realisedInterval().high(),
          f.firesOnTopic(a.rate()) ? "  more than promised" : "");
    }
  }

  private ObjectNode json(Metrics found) {
    var root = JsonMapper.shared().createObjectNode();
    root.put("rows", found.rows()).put("groups", found.groups());
    root.put("draws", draws).put("seed", seed);
    for (var v : found.values()) {
      var key = v.name().replaceAll("[^a-z]+", "_");
      JsonNumbers.put(root, key, v.value());
      if (!Double.isNaN(v.interval().low())) {
        JsonNumbers.put(root, key + "_95", v.interval());
      }
    }
    JsonNumbers.put(root, "auroc_delong_95", found.delong());
    root.put("intervals", found.grouped() ? "BCa over groups" : "BCa over rows");
    root.put("auroc_delong_assumes", "independent rows");
    root.put("auroc_quote", found.grouped() ? "auroc_95" : "auroc_delong_95");
    found.notes().forEach(root.putArray("notes")::add);
    var list = root.putArray("classes");
    for (var c : found.classes()) {
      var node = list.addObject().put("name", c.name()).put("rows", c.rows());
      JsonNumbers.put(node, "recall", c.recall());
      JsonNumbers.put(node, "precision", c.precision());
      JsonNumbers.put(node, "f1", c.f1());
    }
    alarms(found, root);
    return root;
  }

  private static void alarms(Metrics found, ObjectNode root) {
    var alarms = root.putArray("alarms");
    for (var a : found.alarms()) {
      var node = alarms.addObject().put("fpr", a.rate()).put("controls", a.found().controls());
      JsonNumbers.put(node, "threshold", a.found().threshold());
      JsonNumbers.put(node, "recall", a.found().recall());
      JsonNumbers.put(node, "recall_95", a.found().recallInterval());
      JsonNumbers.put(node, "realised_fpr", a.found().realised());
      JsonNumbers.put(node, "realised_fpr_95", a.found().realisedInterval());
      node.put("more_than_promised", a.found().firesOnTopic(a.rate()));
    }
  }
}
