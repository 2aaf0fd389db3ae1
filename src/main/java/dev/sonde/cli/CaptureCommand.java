package dev.sonde.cli;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Estimate;
import dev.sonde.activation.Position;
import dev.sonde.activation.Store;
import dev.sonde.data.Columns;
import dev.sonde.data.Table;
import dev.sonde.io.BadInput;
import dev.sonde.study.OpenModel;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Activations to disk.
@Command(
    name = "capture",
    header = "Write a model's activations on your texts to disk.",
    description = {
      "",
      "The folder gets safetensors shards (a tensor a site, float32) and manifest.json. Interrupted,",
      "the same command goes on where it stopped.",
      "",
      "Example:  sonde capture --model bert-base-uncased --data texts.csv --points resid_post --position all --out acts",
      "          sonde capture --model models/vit --images photographs --position first,mean --out acts",
      ""
    })
final class CaptureCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      description = "a model of the catalogue or the hub (org/name), or a folder")
  private String model = "";

  @Option(names = "--data", paramLabel = "FILE", description = "CSV, TSV or JSONL")
  private Path data = Path.of("");

  @Mixin private ImageOptions images = new ImageOptions();

  @Option(names = "--text", description = "column of the texts, or of the paths of images")
  private String column = "";

  @Option(
      names = "--points",
      split = ",",
      defaultValue = "resid_post",
      description = "where in the network (default: ${DEFAULT-VALUE})")
  private List<String> points = List.of();

  @Option(
      names = "--position",
      split = ",",
      defaultValue = "last",
      description =
          "last, mean, first, cls, final, all, span:FROM-TO (default: ${DEFAULT-VALUE}; of images first,mean)")
  private List<String> positions = List.of();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "the store's folder")
  private Path out = Path.of("");

  @Option(names = "--append", description = "add to the texts that are there")
  private boolean append;

  @Option(names = "--truncate", description = "cut texts that are longer than the network takes")
  private boolean truncate;

  @Mixin private NumericsOptions numerics = new NumericsOptions();

  @Override
  public Integer call() {
    var texts = texts();
    var where = images.positions(spec, positions, List.of("last"));
    var numbers = numerics.numerics();
    var bar = Bar.standard();
    var print = spec.commandLine().getOut();
    try (var workers = Workers.open();
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), numbers, bar)) {
      var capture =
          new Capture(
              open.model(), open.points(points), where.stream().map(Position::parse).toList());
      var tokens = images.asked() ? open.images().encode(texts) : open.encode(texts, truncate);
      var estimate = Estimate.of(capture, tokens);
      var outlook = Estimate.outlook(capture, tokens, workers, InstantSource.system());
      print.printf(
          "%,d %s, %,d tokens, %d sites: %,d rows, %,d MiB on disk, about %,d MiB of memory and %,d s%n",
          texts.size(),
          images.asked() ? "images" : "texts",
          estimate.tokens(),
          capture.sites().size(),
          estimate.rows(),
          (estimate.bytes() >> 20) + 1,
          (outlook.peakBytes() >> 20) + 1,
          outlook.time().toSeconds() + 1);
      print.flush();
      var identity = new Store.Identity(open.name(), open.digest(), open.reader().brief());
      if (append) {
        Store.append(out, capture, identity, tokens, workers, bar);
      } else {
        Store.write(out, capture, identity, tokens, workers, bar);
      }
    } finally {
      bar.clear();
    }
    print.println("Store: " + out);
    print.flush();
    return 0;
  }

  private List<String> texts() {
    if (images.asked() == !data.toString().isEmpty()) {
      throw new BadInput("give the texts with --data FILE, or images with --images PATH");
    }
    if (images.asked()) {
      return images.table(column).orElseThrow().paths();
    }
    var table = Table.read(data);
    return table.column(column.isEmpty() ? Columns.textOf(table) : column);
  }
}
