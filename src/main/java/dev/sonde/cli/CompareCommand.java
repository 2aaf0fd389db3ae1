package dev.sonde.cli;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.report.ComparePage;
import dev.sonde.report.OtherTables;
import dev.sonde.report.RunReader;
import dev.sonde.study.RunComparison;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sonde compare`.
@Command(
    name = "compare",
    header = "Finished runs side by side, every pair compared, with honest p-values.",
    description = {
      "",
      "Takes the folders that sonde probe or sonde demo wrote. Runs on the same rows of the same file",
      "are compared row by row, others by what either would give on other groups of its own.",
      "",
      "Examples:",
      "  sonde compare runs/bert runs/gpt2",
      "  sonde compare runs/a runs/b runs/c --out compared",
      ""
    })
final class CompareCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Parameters(paramLabel = "RUN", arity = "2..*", description = "folders of runs, two or more")
  private List<Path> runs = List.of();

  @Option(
      names = "--bootstrap",
      defaultValue = "10000",
      description = "draws behind intervals and p-values (default: ${DEFAULT-VALUE})")
  private int draws;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of the draws (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "write compare.html, compare.json and compare.parquet here (default: print only)")
  private Path out = Path.of("");

  @Option(names = "--json", description = "print JSON instead of the tables")
  private boolean json;

  @Override
  public Integer call() {
    if (draws < 100) {
      throw new BadInput("--bootstrap needs 100 draws or more, not " + draws);
    }
    var found = RunComparison.of(runs.stream().map(RunReader::read).toList(), draws, seed);
    var to = spec.commandLine().getOut();
    var numbers = ComparePage.json(found);
    if (json) {
      to.print(numbers);
    } else {
      to.println(ComparePage.text(found));
    }
    if (!out.toString().isEmpty()) {
      AtomicFile.writeString(out.resolve("compare.json"), numbers);
      AtomicFile.writeString(out.resolve("compare.html"), ComparePage.html(found, Version.of()));
      OtherTables.pairs(found).write(out.resolve("compare.parquet"));
      if (!json) {
        to.println("Report:  " + out.resolve("compare.html"));
        to.println("Numbers: " + out.resolve("compare.json"));
        to.println("Table:   " + out.resolve("compare.parquet"));
      }
    }
    to.flush();
    return 0;
  }
}
