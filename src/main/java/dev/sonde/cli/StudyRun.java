package dev.sonde.cli;

import dev.sonde.data.Corpus;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.Progress;
import dev.sonde.probe.Fitted;
import dev.sonde.probe.SavedProbe;
import dev.sonde.study.Findings;
import dev.sonde.study.OpenModel;
import dev.sonde.study.Study;
import dev.sonde.tensor.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

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
    if (!options.out.toString().isEmpty()) {
      mustBeWritable(options.out);
    }
    var bar = Bar.standard();
    var keep = options.out.toString().isEmpty() ? Path.of("runs") : options.out;
    Study.Outcome outcome;
    try (var interrupted = Interrupted.watch(keep)) {
      outcome =
          study(model, corpus, new Study.Request(settings, InstantSource.system(), keep), bar);
    } finally {
      bar.clear();
    }
    var findings = outcome.findings();
    var folder = folder(findings);
    var written = new Written(folder, findings);
    written.write(saved(outcome));
    Interrupted.remove(Study.unfinished(keep, findings.origin().identity()));
    written.print(out, options.json);
  }

  private Study.Outcome study(
      String model, Corpus corpus, Study.Request request, Progress progress) {
    var numbers = options.numerics.numerics();
    try (var workers = Workers.of(options.workers());
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), numbers, progress)) {
      return new Study(open, request).run(corpus, workers, progress);
    }
  }

  private Path folder(Findings findings) {
    if (!options.out.toString().isEmpty()) {
      return options.out;
    }
    var origin = findings.origin();
    return Path.of("runs", origin.created().substring(0, 10) + "-" + origin.identity().brief());
  }

  private static void mustBeWritable(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.unwritable(folder, e);
    }
  }

  private static SavedProbe saved(Study.Outcome outcome) {
    var findings = outcome.findings();
    var sites = new LinkedHashMap<String, Fitted>();
    for (var fitted : outcome.probes()) {
      sites.put(fitted.site().toString(), fitted.probe());
    }
    var origin = findings.origin();
    Map<String, Integer> classes = origin.data().classes();
    return new SavedProbe(
        origin.model().digest(),
        origin.model().tokenizer(),
        findings.subject().probe(),
        outcome.probes().get(findings.best().site()).site().toString(),
        new ArrayList<>(classes.keySet()),
        origin.identity().hex(),
        sites);
  }
}
