package dev.sonde.cli;

import dev.sonde.io.AtomicFile;
import dev.sonde.probe.SavedProbe;
import dev.sonde.report.Report;
import dev.sonde.report.ResultTables;
import dev.sonde.report.Results;
import dev.sonde.report.Terminal;
import dev.sonde.study.Findings;
import java.io.PrintWriter;
import java.nio.file.Path;

/// What a finished study leaves in its folder, and what it says of it.
record Written(Path folder, Findings findings) {
  /// The numbers come last of all: a folder with `results.json` is that of a finished run.
  void write(SavedProbe probe) {
    AtomicFile.writeString(folder.resolve("report.html"), Report.html(findings));
    probe.write(folder.resolve("probe.safetensors"));
    ResultTables.sites(findings).write(folder.resolve("results.parquet"));
    ResultTables.predictions(findings).write(folder.resolve("predictions.parquet"));
    AtomicFile.writeString(folder.resolve("results.json"), Results.pretty(findings));
  }

  void print(PrintWriter out, boolean json) {
    if (json) {
      out.print(Results.pretty(findings));
    } else {
      out.println(Terminal.text(findings, Settings.colour()));
      out.println("Report:  " + folder.resolve("report.html"));
      out.println("Numbers: " + folder.resolve("results.json"));
      out.println(
          "Tables:  %s, %s"
              .formatted(folder.resolve("results.parquet"), folder.resolve("predictions.parquet")));
      out.println("Probe:   " + folder.resolve("probe.safetensors"));
    }
    out.flush();
  }
}
