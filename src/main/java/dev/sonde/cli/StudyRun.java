package dev.sonde.cli;

import dev.sonde.data.Corpus;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.Progress;
import dev.sonde.probe.Fitted;
import dev.sonde.probe.SavedProbe;
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
    var request = new Study.Request(settings, InstantSource.system(), options.keep());
    Study.Outcome outcome;
    try (var interrupted = Interrupted.watch()) {
      outcome = study(model, corpus, request, interrupted, bar);
    } finally {
      bar.clear();
    }
    var origin = outcome.findings().origin();
    var written = new Written(options.folder(origin), outcome.findings());
    written.write(saved(outcome));
    Interrupted.remove(Study.unfinished(request.keep(), origin.identity()));
    written.print(out, options.json);
  }

  private Study.Outcome study(
      String model,
      Corpus corpus,
      Study.Request request,
      Interrupted interrupted,
      Progress progress) {
    var numbers = options.numerics.numerics();
    try (var workers = Workers.of(options.workers());
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), numbers, progress)) {
      var study = new Study(open, request);
      if (options.sentences.isEmpty()) {
        return run(study, corpus, interrupted, workers, progress);
      }
      try (var encoder =
          OpenModel.open(options.sentences, Settings.home(), Settings.kernels(), progress)) {
        return run(study.withSentences(encoder), corpus, interrupted, workers, progress);
      }
    }
  }

  private Study.Outcome run(
      Study study, Corpus corpus, Interrupted interrupted, Workers workers, Progress progress) {
    var note = options.note(study.origin(corpus));
    return interrupted.keeping(note, () -> study.run(corpus, workers, progress));
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
