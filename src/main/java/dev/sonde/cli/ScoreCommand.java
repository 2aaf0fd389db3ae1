package dev.sonde.cli;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Position;
import dev.sonde.activation.Site;
import dev.sonde.data.Columns;
import dev.sonde.data.Table;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.probe.Answers;
import dev.sonde.probe.LinearMap;
import dev.sonde.probe.SavedProbe;
import dev.sonde.sequence.SavedSequence;
import dev.sonde.sequence.Sequences;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokens;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// A saved probe on new text.
@Command(
    name = "score",
    header = "Apply a saved probe to new text.",
    description = {
      "",
      "Prints a line a text: probability of the second class, log-odds, text; of a probe for more than",
      "two classes the likeliest one and its probability. With --tokens a line a token: what the probe",
      "says there, up to where it stands.",
      "",
      "Examples:",
      "  sonde score --probe runs/demo/probe.safetensors --model bert-base-uncased 'The city of Lyon is in Peru.'",
      "  sonde score --probe probe.safetensors --model models/gpt2 --data new.csv --json",
      "  sonde score --probe probe.safetensors --model models/gpt2 --aggregate max 'A long text.'",
      "  sonde score --probe runs/tags/probe.safetensors --model bert-base-uncased 'She saw it.'   # of sonde tokens",
      "  sonde score --probe probe.safetensors --model digits.onnx --data images.npy",
      "  sonde score --probe probe.safetensors --activations acts        # what sonde capture wrote",
      "  sonde score --probe probe.safetensors --activations new.npy --site layer.7",
      ""
    })
final class ScoreCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--probe",
      required = true,
      paramLabel = "FILE",
      description = "probe.safetensors of a run")
  private Path file = Path.of("");

  @Option(names = "--model", description = "the model that the probe was trained on")
  private String model = "";

  @Option(names = "--site", description = "POINT@POSITION (default: the best site of the run)")
  private String site = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "CSV, TSV or JSONL with the texts; for an ONNX network .npy, a table of numbers, an image or a folder of images")
  private Path data = Path.of("");

  @Option(names = "--text", description = "column of the texts in --data")
  private String column = "";

  @Mixin private ImageOptions images = new ImageOptions();

  @Option(names = "--tokens", description = "score every token")
  private boolean tokens;

  @Option(names = "--json", description = "a JSON object a line")
  private boolean json;

  @Option(names = "--truncate", description = "cut texts that are longer than the network takes")
  private boolean truncate;

  @Parameters(
      paramLabel = "TEXT",
      arity = "0..*",
      description = "texts to score; files, for an ONNX network")
  private List<String> given = List.of();

  @Mixin private ScoreRows rows = new ScoreRows();

  @Mixin private ScoreAggregate aggregate = new ScoreAggregate();

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    if (rows.asked()) {
      stored();
      return 0;
    }
    if (model.isEmpty()) {
      throw new BadInput(
          "Missing required option: --model (or --activations FILE, without a model)");
    }
    if (OnnxStudy.isOne(model)) {
      onnx();
      return 0;
    }
    var texts = texts();
    if (SavedSequence.is(file)) {
      return sequence(texts);
    }
    return rows(texts);
  }

  private int rows(List<String> texts) {
    var saved = SavedProbe.read(file);
    var at = site(site.isEmpty() ? saved.best() : site);
    var numbers = numerics.numerics();
    var bar = Bar.standard();
    boolean alone = texts.size() == 1;
    var kernels = alone ? Settings.wideKernels() : Settings.kernels();
    try (var workers = alone ? Workers.wide() : Workers.open();
        var open = OpenModel.open(model, Settings.home(), kernels, numbers, bar)) {
      saved.mustFit(open.name(), open.digest(), open.reader().brief());
      var probe = saved.at(at.toString());
      if (!(probe instanceof LinearMap)) {
        saved.probe(at.toString());
      }
      var encoded = images.asked() ? open.images().encode(texts) : open.encode(texts, truncate);
      var position = tokens || aggregate.asked() ? new Position.All() : at.position();
      var rows =
          new Capture(open.model(), List.of(at.point()), List.of(position))
              .run(encoded, workers, bar)
              .at(new Site(at.point(), position));
      bar.clear();
      if (aggregate.asked()) {
        var row = saved.probe(at.toString());
        aggregated(texts, aggregate.over(row, Sequences.of(rows, encoded)));
        return 0;
      }
      print(texts, encoded, Answers.of(probe, rows, Optional.empty()), saved);
    }
    return 0;
  }

  private void stored() {
    if (!model.isEmpty() || !given.isEmpty() || !data.toString().isEmpty()) {
      throw new BadInput(
          "--activations stands instead of --model and texts; give one or the other");
    }
    var found = SavedProbe.read(file);
    var out = spec.commandLine().getOut();
    if (aggregate.asked()) {
      var at = site.isEmpty() ? found.best() : site;
      aggregate.stored(found, at, rows.folder(), json, out);
    } else {
      rows.run(found, site, json, out);
    }
  }

  private void onnx() {
    if (tokens || truncate || aggregate.asked()) {
      throw new BadInput(
          "--tokens, --truncate and --aggregate are for texts; an ONNX network is fed rows");
    }
    var files = new ArrayList<>(given.stream().map(Path::of).toList());
    if (!data.toString().isEmpty()) {
      files.addFirst(data);
    }
    if (images.asked() && !files.isEmpty()) {
      throw new BadInput("--images stands instead of --data and files; give one or the other");
    }
    var saved = SavedProbe.read(file);
    new OnnxScore(saved, site.isEmpty() ? saved.best() : site, json, spec.commandLine().getOut())
        .run(Path.of(model), files, images.table(column));
  }

  private int sequence(List<String> texts) {
    if (aggregate.asked() || !site.isEmpty()) {
      throw new BadInput(
          "--aggregate and --site are for probes of rows; this file holds one probe of sequences");
    }
    var saved = SavedSequence.read(file);
    var bar = Bar.standard();
    try (var workers = Workers.open();
        var open =
            OpenModel.open(model, Settings.home(), Settings.kernels(), numerics.numerics(), bar)) {
      var encoded = open.encode(texts, truncate);
      new ScoreSequence(saved, json, tokens, spec.commandLine().getOut())
          .run(open, texts, encoded, workers, bar);
    } finally {
      bar.clear();
    }
    return 0;
  }

  private void aggregated(List<String> texts, double[] scores) {
    var out = spec.commandLine().getOut();
    for (int i = 0; i < scores.length; i++) {
      ScoreAggregate.line(out, json, i, texts.get(i), scores[i]);
    }
    out.flush();
  }

  private List<String> texts() {
    var out = new ArrayList<>(given);
    if (!data.toString().isEmpty()) {
      var table = Table.read(data);
      var name = column.isEmpty() ? Columns.textOf(table) : column;
      out.addAll(table.column(name));
    }
    images.table(column).ifPresent(t -> out.addAll(t.paths()));
    if (out.isEmpty()) {
      throw new BadInput("there is nothing to score: give texts, or --data FILE");
    }
    if (out.stream().anyMatch(String::isBlank)) {
      throw new BadInput(
          "text %d is empty"
              .formatted(
                  out.indexOf(out.stream().filter(String::isBlank).findFirst().orElseThrow()) + 1));
    }
    return out;
  }

  private static Site site(String name) {
    int at = name.lastIndexOf('@');
    if (at < 0) {
      throw new BadInput("a site is POINT@POSITION, as in resid_post.7@mean, not '" + name + "'");
    }
    return new Site(Point.parse(name.substring(0, at)), Position.parse(name.substring(at + 1)));
  }

  private void print(List<String> texts, List<Tokens> encoded, Answers found, SavedProbe saved) {
    var out = spec.commandLine().getOut();
    boolean many = found.columns().size() > 1;
    var classes = new ScoreClasses(saved, found, json);
    if (!json && many) {
      out.println(classes.head(tokens ? "token" : "text"));
    } else if (!json) {
      var what = tokens ? "token" : "text";
      out.println(
          numbers(saved)
              ? "predicted  " + what
              : saved.logOdds()
                  ? "P(%s)  log-odds  %s".formatted(saved.classes().getLast(), what)
                  : "score, above 0 for %s  %s".formatted(saved.classes().getLast(), what));
    }
    int row = 0;
    for (int i = 0; i < texts.size(); i++) {
      if (tokens && !json) {
        out.println("# " + texts.get(i));
      }
      for (int t = 0; t < (tokens ? encoded.get(i).size() : 1); t++) {
        var string = tokens ? encoded.get(i).string(t) : texts.get(i);
        if (many) {
          out.println(classes.line(row++, i, tokens, string));
        } else {
          line(out, i, string, found.columns().getFirst().get(row++), !saved.logOdds());
        }
      }
    }
    out.flush();
  }

  private static boolean numbers(SavedProbe saved) {
    return saved.classes().isEmpty();
  }

  private void line(PrintWriter out, int text, String what, double score, boolean plain) {
    if (!json && plain) {
      out.printf(Locale.ROOT, "%9.4g  %s%n", score, what);
      return;
    }
    double probability = 1 / (1 + Math.exp(-score));
    if (!json) {
      out.printf(Locale.ROOT, "%.4f  %8.3f  %s%n", probability, score, what);
      return;
    }
    var object = JsonMapper.shared().createObjectNode();
    object.put("text", text);
    object.put(tokens ? "token" : "string", what);
    object.put("score", score);
    if (!plain) {
      object.put("probability", probability);
    }
    out.println(object);
  }
}
