package dev.sonde.cli;

import dev.sonde.data.Columns;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.study.OpenModel;
import dev.sonde.study.TextRun;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// One look into a network: what passes some points, what it says, and what edits change.
@Command(
    name = "run",
    header = "Run texts, look at what passes some points, and change it.",
    description = {
      "",
      "Prints shape and norm of what passes each point, and what the network says next (a",
      "decoder) or in place of a mask. With edits, both without and with them, side by side:",
      "what moved, from which token on, and the divergence KL(without || with) in nats.",
      "",
      "Examples:",
      "  sonde run models/stories260k 'Once upon a time' --capture resid_post.*,attn_out.3",
      "  sonde run models/stories260k 'Once upon a time' --edit z.1/0,3@last=zero --capture resid_post.*",
      "  sonde run bert-base-uncased 'Paris is in [MASK].' --edit 'resid_post.8=add:4*probe.safetensors'",
      "  sonde run models/vit --image cat.png --capture resid_post.*",
      "  sonde run models/gpt2 --data ref.csv --capture mlp_out.3 --out ref.safetensors --top 0",
      "  sonde run models/gpt2 'A text.' --edit mlp_out.3=mean:ref.safetensors --save-edits e.json",
      ""
    })
final class RunCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "a model of the catalogue or the hub, a folder or a GGUF file")
  private String model = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "TEXT", description = "the texts")
  private List<String> given = new ArrayList<>();

  @Option(names = "--data", paramLabel = "FILE", description = "CSV, TSV or JSONL with more texts")
  private Path data = Path.of("");

  @Option(names = "--text", description = "column of the texts in --data")
  private String column = "";

  @Option(
      names = "--image",
      split = ",",
      paramLabel = "FILE",
      description = "PNG or JPEG files instead of texts, for a network that reads images")
  private List<String> imageFiles = List.of();

  @Mixin private ImageOptions images = new ImageOptions();

  @Option(
      names = "--capture",
      split = ",",
      paramLabel = "POINT",
      description = "points, as in resid_post.*,attn_out.3 (sonde points MODEL lists them)")
  private List<String> points = List.of();

  @Mixin private EditOptions edits = new EditOptions();

  @Option(
      names = "--top",
      defaultValue = "5",
      description = "how many words it might say are shown; 0: none (default: ${DEFAULT-VALUE})")
  private int top = 5;

  @Option(names = "--norms", description = "print the norm at every token, not their summary")
  private boolean norms;

  @Option(
      names = "--out",
      paramLabel = "FILE.safetensors",
      description = "save what was captured, with FILE.json beside it: tokens, edits, digests")
  private Path out = Path.of("");

  @Option(names = "--truncate", description = "cut texts that are longer than the network takes")
  private boolean truncate;

  @Option(names = "--json", description = "one JSON object a text, all norms included")
  private boolean json;

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    var texts = texts();
    var file = out.toString().isEmpty() ? null : RunFile.at(out, points);
    var numbers = numerics.numerics();
    var bar = Bar.standard();
    boolean alone = texts.size() == 1;
    var kernels = alone ? Settings.wideKernels() : Settings.kernels();
    try (var workers = alone ? Workers.wide() : Workers.open();
        var open = OpenModel.open(model, Settings.home(), kernels, numbers, bar)) {
      var made = edits.of(open);
      var run = new TextRun(open, open.points(points), made, top);
      var found =
          imageFiles.isEmpty() && !images.asked()
              ? run.run(texts, truncate, workers, bar)
              : run.runImages(texts, workers, bar);
      bar.clear();
      edits.save(open, made);
      if (file != null) {
        file.write(open, made, found);
      }
      var tables = new RunTables(spec.commandLine().getOut(), open, made);
      found.forEach(json ? tables::json : text -> tables.print(text, norms));
    }
    return 0;
  }

  private List<String> texts() {
    var all = new ArrayList<>(given);
    if (!data.toString().isEmpty()) {
      var table = Table.read(data);
      all.addAll(table.column(column.isEmpty() ? Columns.textOf(table) : column));
    }
    var files = new ArrayList<>(imageFiles);
    images.table(column).ifPresent(t -> files.addAll(t.paths()));
    if (!files.isEmpty() && !all.isEmpty()) {
      throw new BadInput("a network reads texts or images; give texts, or --image and --images");
    }
    all.addAll(files);
    if (all.isEmpty()) {
      throw new BadInput("there is nothing to run: give texts, --data FILE or --image FILE");
    }
    return all;
  }
}
