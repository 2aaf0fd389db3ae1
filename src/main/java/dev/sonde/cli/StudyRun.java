package dev.sonde.cli;

import dev.sonde.data.Corpus;
import dev.sonde.study.OpenModel;
import dev.sonde.study.Study;
import dev.sonde.tensor.Workers;
import java.io.PrintWriter;
import java.time.InstantSource;

/// One study from the command line: run it, print it, write it down.
final class StudyRun {
  private final StudyOptions options;
  private final PrintWriter out;

  StudyRun(StudyOptions options, PrintWriter out) {
    this.options = options;
    this.out = out;
  }

  void run(String model, Corpus corpus) {
    var settings = options.settings();
    var bar = Bar.standard();
    Study.Outcome outcome;
    try (var workers = Workers.of(options.workers());
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), bar)) {
      outcome = new Study(open, settings, InstantSource.system()).run(corpus, workers, bar);
    } finally {
      bar.clear();
    }
    var findings = outcome.findings();
    for (var s : findings.sites()) {
      out.printf(
          "%-14s %-6s acc %.3f [%.3f %.3f] auc %.3f null95 %.3f p %.4f control %.3f untrained %.3f C %g%n",
          s.point(),
          s.position(),
          s.accuracy().value(),
          s.accuracy().low(),
          s.accuracy().high(),
          s.auroc().value(),
          s.null95(),
          s.pValue(),
          s.control(),
          s.untrained(),
          s.chosenC());
    }
    findings.baselines().forEach(b -> out.printf("%-20s %.3f%n", b.name(), b.accuracy().value()));
    out.println(findings.maxNull());
    out.println(findings.verdict().headline());
    out.println(findings.verdict().paragraph());
    findings.warnings().forEach(out::println);
    out.println(findings.origin().seconds());
    out.flush();
  }
}
