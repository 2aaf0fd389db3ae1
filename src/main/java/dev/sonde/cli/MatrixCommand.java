package dev.sonde.cli;

import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.data.Table;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.report.OtherTables;
import dev.sonde.report.TransferPage;
import dev.sonde.study.OpenModel;
import dev.sonde.study.Study;
import dev.sonde.study.TransferStudy;
import dev.sonde.study.Transfers;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Trained on each data set, asked about every other.
@Command(
    name = "matrix",
    header = "Does what a probe learns from one data set read another?",
    description = {
      "",
      "Trains a probe on each data set and asks it about all of them, with one split of groups for",
      "all: a row is never scored by a probe that saw its group, in whatever set. The layer is",
      "chosen by the accuracy on inner folds. --union trains sets as one beside.",
      "",
      "Example:",
      "  sonde matrix --model bert-base-uncased --data cities.csv,neg_cities.csv,sp_en_trans.csv \\",
      "      --group city --union cities+neg_cities",
      ""
    })
final class MatrixCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private StudyOptions options = new StudyOptions();

  @Option(
      names = "--model",
      required = true,
      description = "a model of the catalogue or the hub (org/name), or a folder")
  private String model = "";

  @Option(
      names = "--data",
      required = true,
      split = ",",
      paramLabel = "FILE",
      description = "CSV, TSV or JSONL, two or more; a set is called as its file")
  private List<Path> data = List.of();

  @Option(
      names = "--union",
      paramLabel = "A+B",
      description = "sets that are also trained as one; may be given several times")
  private List<String> unions = List.of();

  @Option(names = "--text", description = "column of the texts (default: statement, text, ...)")
  private String text = "";

  @Option(names = "--label", description = "column of the labels (default: label, target, ...)")
  private String label = "";

  @Option(
      names = "--group",
      split = ",",
      description =
          "columns that rows share which must not stand on both sides; for each set the first that it has (default: the text)")
  private List<String> groups = List.of();

  @Override
  public Integer call() {
    var sets = data.stream().map(this::read).toList();
    var wanted = unions.stream().map(u -> List.of(u.split("\\+"))).toList();
    var bar = Bar.standard();
    Transfers found;
    try (var workers = Workers.of(options.workers());
        var open =
            OpenModel.open(
                model, Settings.home(), Settings.kernels(), options.numerics.numerics(), bar)) {
      var request = new Study.Request(options.settings(), InstantSource.system());
      found = new TransferStudy(open, request).run(sets, wanted, workers, bar);
    } finally {
      bar.clear();
    }
    write(found);
    return 0;
  }

  private void write(Transfers found) {
    var origin = found.origin();
    var folder =
        options.out.toString().isEmpty()
            ? Path.of("runs", origin.created().substring(0, 10) + "-" + origin.identity().brief())
            : options.out;
    var json = TransferPage.json(found);
    AtomicFile.writeString(folder.resolve("matrix.json"), json);
    AtomicFile.writeString(folder.resolve("matrix.html"), TransferPage.html(found));
    OtherTables.transfers(found).write(folder.resolve("matrix.parquet"));
    var out = spec.commandLine().getOut();
    if (options.json) {
      out.print(json);
    } else {
      out.println(TransferPage.text(found));
      out.println("Report:  " + folder.resolve("matrix.html"));
      out.println("Numbers: " + folder.resolve("matrix.json"));
      out.println("Table:   " + folder.resolve("matrix.parquet"));
    }
    out.flush();
  }

  private TransferStudy.Named read(Path file) {
    var table = Table.read(file);
    var group =
        groups.stream()
            .filter(g -> table.columns().containsAll(List.of(g.split("\\+"))))
            .findFirst()
            .orElse("");
    var corpus = Corpus.of(table, Columns.guess(table, text, label, group, false));
    var name = file.getFileName().toString().replaceFirst("\\.[A-Za-z]+$", "");
    if (name.contains("+")) {
      throw new BadInput("%s: '+' joins sets; give the file another name".formatted(file));
    }
    return new TransferStudy.Named(name, corpus);
  }
}
