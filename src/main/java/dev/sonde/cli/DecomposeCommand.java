package dev.sonde.cli;

import dev.sonde.activation.arrays.ArrayFormat;
import dev.sonde.activation.arrays.Column;
import dev.sonde.activation.arrays.LayerTable;
import dev.sonde.data.Classes;
import dev.sonde.data.Groups;
import dev.sonde.data.Matrix;
import dev.sonde.data.NdArray;
import dev.sonde.evidence.Composition;
import dev.sonde.evidence.Decomposition;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Workers;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Is a joint probe the sum of single ones?
@Command(
    name = "decompose",
    header = "Whether a probe of two factors together is the sum of a probe of each.",
    description = {
      "",
      "From activations: scores of joint probes explained by single ones, across three parts of the",
      "rows, with what the probe reaches of itself (ceiling), what labels alone share (label space),",
      "what wrong pairs give, and the likelihood of the joint probe beside the two single ones. From",
      "weights: cosines, least squares and the interaction of directions made elsewhere.",
      "",
      "Examples:",
      "  sonde decompose --activations acts.npy --factor squares.csv:type --factor squares.csv:colour",
      "  sonde decompose --joint probes.npz#joint --first probes.npz#type --second probes.npz#colour --json",
      ""
    })
final class DecomposeCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--activations",
      paramLabel = "FILE",
      description = "rows x numbers or rows x layers x numbers, any format that sonde probe takes")
  private String activations = "";

  @Option(
      names = "--factor",
      paramLabel = "FILE",
      description =
          "with --activations, twice: the value of a factor a row (.npy, FILE.csv:COLUMN)")
  private List<String> factors = List.of();

  @Option(
      names = "--groups",
      paramLabel = "FILE",
      description = "what rows share: never torn apart")
  private String groups = "";

  @Option(names = "--layers", split = ",", description = "some layers only")
  private List<String> layers = List.of();

  @Option(
      names = "--joint",
      paramLabel = "FILE",
      description = "joint directions, K x d, or T x C x d, or one (d)")
  private String joint = "";

  @Option(
      names = "--first",
      paramLabel = "FILE",
      description = "directions of the first factor, T x d")
  private String first = "";

  @Option(
      names = "--second",
      paramLabel = "FILE",
      description = "directions of the second factor, C x d")
  private String second = "";

  @Option(
      names = "--pairs",
      paramLabel = "FILE",
      description =
          "K x 2: which first and second direction each joint one is of (default: t C + c)")
  private String pairs = "";

  @Option(
      names = "--centre",
      description = "take the mean over classes off each set first: for softmax weights")
  private boolean centre;

  @Option(
      names = "--alpha",
      defaultValue = "30",
      description = "penalty of the ridge probes (default: ${DEFAULT-VALUE})")
  private double alpha = 30;

  @Option(
      names = "--no-likelihood",
      description = "leave out the likelihoods of softmax probes, which take the longest")
  private boolean noLikelihood;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of everything random (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(names = "--json", description = "print one JSON object, every number in full")
  private boolean json;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    boolean weights = !joint.isEmpty() || !first.isEmpty() || !second.isEmpty();
    if (weights == !activations.isEmpty()) {
      throw new BadInput(
          "give either --activations with two --factor, or --joint, --first and --second");
    }
    if (weights) {
      weights(out);
    } else {
      activations(out);
    }
    out.flush();
    return 0;
  }

  /// A layer and what was found of it.
  private record Row(String layer, Decomposition found) {}

  private void activations(PrintWriter out) {
    if (factors.size() != 2) {
      throw new BadInput("--factor is given twice, once a factor; here it is " + factors.size());
    }
    var a = Classes.of(Column.read(factors.get(0)));
    var b = Classes.of(Column.read(factors.get(1)));
    var settings =
        new Decomposition.Settings(
            alpha,
            Decomposition.Settings.DEFAULT.splits(),
            Decomposition.Settings.DEFAULT.folds(),
            Decomposition.Settings.DEFAULT.draws(),
            !noLikelihood);
    var found = everyLayer(a, b, settings);
    if (json) {
      out.println(json(found));
    } else {
      print(found, out);
    }
  }

  private List<Row> everyLayer(Classes a, Classes b, Decomposition.Settings settings) {
    try (var whole = LayerTable.open(activations, "");
        var workers = Workers.open()) {
      var table = whole.select(layers);
      mustFit(table, factors.get(0), a.size());
      mustFit(table, factors.get(1), b.size());
      var shared = groups.isEmpty() ? List.<String>of() : Column.read(groups);
      if (!groups.isEmpty()) {
        mustFit(table, groups, shared.size());
      }
      var together = groups.isEmpty() ? Groups.single(table.rows()) : Groups.of(shared);
      var pieces = new ArrayList<Supplier<Row>>();
      for (var layer : table.layers()) {
        pieces.add(() ->
            new Row(
                layer.name(),
                Decomposition.of(layer.matrix(), a, b, together, settings, new Seed(seed))));
      }
      return workers.map(pieces);
    }
  }

  private static void mustFit(LayerTable table, String file, int values) {
    if (values != table.rows()) {
      throw new BadInput(
          "%s has %d values, but %s has %d rows"
              .formatted(file, values, table.source(), table.rows()));
    }
  }

  private void print(List<Row> found, PrintWriter out) {
    out.printf(
        "%-18s %7s %8s %12s %10s %s%n",
        "layer",
        "scores",
        "ceiling",
        "label space",
        "mispaired",
        noLikelihood ? "" : " bits a row");
    for (var row : found) {
      var c = row.found().composition();
      out.printf(
          Locale.ROOT,
          "%-18s %7.4f %8.4f %12.4f %10.4f",
          row.layer(),
          c.scores(),
          c.ceiling(),
          c.labelSpace(),
          c.mispaired());
      row.found()
          .interaction()
          .ifPresent(i ->
              out.printf(
                  Locale.ROOT,
                  "  %.4f [%.4f, %.4f]",
                  i.bits(),
                  i.interval().low(),
                  i.interval().high()));
      out.println();
    }
    legend(found, out);
  }

  private static void legend(List<Row> found, PrintWriter out) {
    out.println();
    out.println(
        "scores: R2 of the joint probe's scores on those of the two single ones, on rows that");
    out.println(
        "none saw. At the ceiling: a sum. At the label space's: a conjunction. At 0: nothing.");
    for (var row : found) {
      out.printf(
          Locale.ROOT,
          "%s: R2 of weights trained on the same rows %.4f, NOT valid: pure noise gives about the label space's%n",
          row.layer(),
          row.found().composition().naiveWeights());
    }
  }

  private Object json(List<Row> found) {
    var root = JsonMapper.shared().createObjectNode().put("alpha", alpha).put("seed", seed);
    var list = root.putArray("layers");
    for (var row : found) {
      var c = row.found().composition();
      var node = list.addObject().put("layer", row.layer());
      node.put("rows", c.rows()).put("joint_values", c.cells());
      JsonNumbers.put(node, "scores_r2", c.scores());
      JsonNumbers.put(node, "ceiling", c.ceiling());
      JsonNumbers.put(node, "label_space_r2", c.labelSpace());
      JsonNumbers.put(node, "mispaired_r2", c.mispaired());
      JsonNumbers.put(node, "naive_weights_r2_invalid", c.naiveWeights());
      JsonNumbers.put(node, "cross_weights_r2", c.crossWeights());
      row.found()
          .interaction()
          .ifPresent(i -> {
            JsonNumbers.put(node, "interaction_bits", i.bits());
            JsonNumbers.put(node, "interaction_bits_95", i.interval());
            node.put("interaction_needed", i.needed());
          });
    }
    return root;
  }

  private void weights(PrintWriter out) {
    var of = List.of(joint, first, second);
    if (of.contains("")) {
      throw new BadInput("weights need --joint, --first and --second");
    }
    var sets = of.stream().map(this::directions).toList();
    var found =
        Decomposition.ofWeights(
            sets.get(0), sets.get(1), sets.get(2), pairs.isEmpty() ? List.of() : pairs());
    if (json) {
      out.println(json(found));
      return;
    }
    print(found, out);
  }

  private static void print(Decomposition.OfWeights found, PrintWriter out) {
    out.printf(
        "%5s %5s %6s %10s %10s %8s %9s %10s %9s %10s %9s%n",
        "joint",
        "first",
        "second",
        "alpha",
        "beta",
        "R2",
        "cosine",
        "cos first",
        "cos sec.",
        "cos between",
        "mispaired");
    for (var cell : found.cells()) {
      var s = cell.sum();
      out.printf(
          Locale.ROOT,
          "%5d %5d %6d %10.5f %10.5f %8.5f %9.5f %10.5f %9.5f %11.5f %9.5f%n",
          cell.joint(),
          cell.first(),
          cell.second(),
          s.alpha(),
          s.beta(),
          s.r2(),
          s.cosine(),
          s.cosineFirst(),
          s.cosineSecond(),
          s.cosineBetween(),
          cell.mispaired());
    }
    found
        .interaction()
        .ifPresent(
            share -> out.printf(Locale.ROOT, "interaction: %.5f of the squared length%n", share));
    out.println();
    out.println(
        "Weights of probes trained on the same rows share what their labels share, even in noise:");
    out.println("with the activations, sonde decompose --activations asks in a way that holds.");
  }

  private Matrix directions(String file) {
    var array = ArrayFormat.read(file);
    if (array.rank() < 1 || array.rank() > 3) {
      throw new BadInput(
          "%s has shape %s; directions are rows x numbers"
              .formatted(file, Arrays.toString(array.shape())));
    }
    long d = array.shape()[array.rank() - 1];
    var wide = array.to(NdArray.Kind.FLOAT64).reshape(d == 0 ? 0 : array.count() / d, d);
    var matrix = wide.toMatrix();
    if (!centre) {
      return matrix;
    }
    var rows = new double[matrix.rows()][];
    Arrays.setAll(rows, matrix::row);
    var flat = Arrays.stream(Composition.centred(rows)).flatMapToDouble(Arrays::stream).toArray();
    return Matrix.ofDoubles(matrix.rows(), matrix.cols(), flat);
  }

  private List<int[]> pairs() {
    var array = ArrayFormat.read(pairs);
    if (array.rank() != 2 || array.width() != 2) {
      throw new BadInput(
          "%s has shape %s; pairs are joint rows x 2"
              .formatted(pairs, Arrays.toString(array.shape())));
    }
    var out = new ArrayList<int[]>();
    for (int i = 0; i < array.rows(); i++) {
      out.add(new int[] {(int) array.integer(2L * i), (int) array.integer(2L * i + 1)});
    }
    return out;
  }

  private Object json(Decomposition.OfWeights found) {
    var root = JsonMapper.shared().createObjectNode().put("centred", centre);
    var list = root.putArray("cells");
    for (var cell : found.cells()) {
      var s = cell.sum();
      var node = list.addObject();
      node.put("joint", cell.joint()).put("first", cell.first()).put("second", cell.second());
      JsonNumbers.put(node, "alpha", s.alpha());
      JsonNumbers.put(node, "beta", s.beta());
      JsonNumbers.put(node, "r2", s.r2());
      JsonNumbers.put(node, "cosine", s.cosine());
      JsonNumbers.put(node, "cosine_first", s.cosineFirst());
      JsonNumbers.put(node, "cosine_second", s.cosineSecond());
      JsonNumbers.put(node, "cosine_between", s.cosineBetween());
      JsonNumbers.put(node, "mispaired_r2", cell.mispaired());
    }
    found.interaction().ifPresent(share -> JsonNumbers.put(root, "interaction_share", share));
    return root;
  }
}
