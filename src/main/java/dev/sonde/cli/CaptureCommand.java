package dev.sonde.cli;

import dev.sonde.activation.Capture;
import dev.sonde.activation.Estimate;
import dev.sonde.activation.Position;
import dev.sonde.activation.Store;
import dev.sonde.data.Columns;
import dev.sonde.data.Table;
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

  @Option(names = "--data", required = true, paramLabel = "FILE", description = "CSV, TSV or JSONL")
  private Path data = Path.of("");

  @Option(names = "--text", description = "column of the texts")
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
      description = "last, mean, first, cls, final, all, span:FROM-TO (default: ${DEFAULT-VALUE})")
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
    var table = Table.read(data);
    var texts = table.column(column.isEmpty() ? Columns.textOf(table) : column);
    var numbers = numerics.numerics();
    var bar = Bar.standard();
    var print = spec.commandLine().getOut();
    try (var workers = Workers.open();
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), numbers, bar)) {
      var capture =
          new Capture(
              open.model(), open.points(points), positions.stream().map(Position::parse).toList());
      var tokens = open.encode(texts, truncate);
      var estimate = Estimate.of(capture, tokens);
      var outlook = Estimate.outlook(capture, tokens, workers, InstantSource.system());
      print.printf(
          "%,d texts, %,d tokens, %d sites: %,d rows, %,d MiB on disk, about %,d MiB of memory and %,d s%n",
          texts.size(),
          estimate.tokens(),
          capture.sites().size(),
          estimate.rows(),
          (estimate.bytes() >> 20) + 1,
          (outlook.peakBytes() >> 20) + 1,
          outlook.time().toSeconds() + 1);
      print.flush();
      var identity =
          new Store.Identity(open.name(), open.digest(), open.tokenizer().digest().brief());
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
}
