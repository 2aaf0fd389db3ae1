package dev.sonde.cli;

import dev.sonde.data.Conllu;
import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.report.OtherTables;
import dev.sonde.report.TokenPage;
import dev.sonde.report.TokenReport;
import dev.sonde.sequence.WordAlignment;
import dev.sonde.study.OpenModel;
import dev.sonde.study.TokenSettings;
import dev.sonde.study.TokenStudy;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Words of parsed sentences instead of whole texts.
@Command(
    name = "tokens",
    header = "Ask a model what it represents of every word: part of speech, syntax tree.",
    description = {
      "",
      "Reads CoNLL-U. Sentences are drawn by the seed; held out are whole documents, or the",
      "sentences of --held.",
      "",
      "Examples:",
      "  sonde tokens --model bert-base-uncased --conllu train.conllu --held dev.conllu --task pos",
      "  sonde tokens --model bert-base-uncased --conllu train.conllu --points resid_post.7 --probe softmax,mlp",
      "  sonde tokens --model bert-base-uncased --conllu en.conllu --task distance --rank 32",
      ""
    })
final class TokensCommand implements Callable<Integer>, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      description = "a model of the catalogue or the hub (org/name), or a folder")
  private String model = "";

  @Option(names = "--conllu", required = true, paramLabel = "FILE", description = "CoNLL-U file")
  private Path conllu = Path.of("");

  @Option(
      names = "--held",
      paramLabel = "FILE",
      description = "held-out sentences (default: a quarter of the documents of --conllu)")
  private Path held = Path.of("");

  @Option(
      names = "--task",
      defaultValue = "pos",
      description = "pos, distance or depth (default: ${DEFAULT-VALUE})")
  private String task = "pos";

  @Option(
      names = "--points",
      split = ",",
      defaultValue = "resid_post",
      description = "where in the network (default: ${DEFAULT-VALUE})")
  private List<String> points = List.of();

  @Option(
      names = "--subtoken",
      defaultValue = "mean",
      description = "which tokens speak for a word: first, last, mean (default: ${DEFAULT-VALUE})")
  private String subtoken = "mean";

  @Option(
      names = "--sentences",
      defaultValue = "1500",
      description = "sentences to train on, drawn by the seed; 0: all (default: ${DEFAULT-VALUE})")
  private int sentences = 1500;

  @Option(
      names = "--held-sentences",
      defaultValue = "500",
      description = "held-out sentences, likewise (default: ${DEFAULT-VALUE})")
  private int heldSentences = 500;

  @Option(
      names = "--c",
      defaultValue = "0.01",
      description = "inverse strength of the penalty, for pos (default: ${DEFAULT-VALUE})")
  private double c = 0.01;

  @Option(
      names = "--probe",
      split = ",",
      defaultValue = "softmax",
      description = "for pos: softmax, or softmax,mlp (default: ${DEFAULT-VALUE})")
  private List<String> probes = List.of();

  @Option(
      names = "--hidden",
      defaultValue = "256",
      description = "hidden units of the MLP probe (default: ${DEFAULT-VALUE})")
  private int hidden = 256;

  @Option(
      names = "--rank",
      defaultValue = "64",
      description = "rank of the map, for distance and depth (default: ${DEFAULT-VALUE})")
  private int rank = 64;

  @Option(
      names = "--bootstrap",
      defaultValue = "1000",
      description = "draws behind the intervals (default: ${DEFAULT-VALUE})")
  private int draws = 1000;

  @Option(
      names = "--no-untrained",
      description = "leave out the untrained twin (the report says so)")
  private boolean noUntrained;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "origin of everything random (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "worker threads (default: all processors); the numbers do not depend on it")
  private int threads;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where results and probe go (default: runs/DATE-ID)")
  private Path out = Path.of("");

  @Option(
      names = "--json",
      description = "print results.json to standard output instead of the table")
  private boolean json;

  @Override
  public Integer call() {
    var settings =
        TokenSettings.DEFAULT
            .withTask(TokenSettings.Task.parse(task))
            .withSites(points, WordAlignment.Subtoken.parse(subtoken))
            .withSentences(sentences, heldSentences)
            .withProbe(c, rank)
            .withEffort(draws, !noUntrained)
            .withSeed(seed)
            .withHidden(hidden());
    if (threads < 0) {
      throw new BadInput("--threads takes a number of at least 1, not " + threads);
    }
    var train = Conllu.read(conllu);
    var test =
        held.toString().isEmpty() ? Optional.<Conllu>empty() : Optional.of(Conllu.read(held));
    var result = study(settings, train, test);
    write(result);
    return 0;
  }

  private void write(TokenStudy.Result result) {
    var findings = result.findings();
    var folder =
        out.toString().isEmpty()
            ? Path.of(
                "runs", findings.created().substring(0, 10) + "-" + findings.identity().brief())
            : out;
    AtomicFile.writeString(folder.resolve("results.json"), TokenReport.json(findings));
    AtomicFile.writeString(folder.resolve("report.html"), TokenPage.html(findings));
    OtherTables.layers(findings).write(folder.resolve("results.parquet"));
    result.probe().write(folder.resolve("probe.safetensors"));
    var print = spec.commandLine().getOut();
    if (json) {
      print.print(TokenReport.json(findings));
    } else {
      print.print(TokenReport.text(findings));
      print.println("Report:  " + folder.resolve("report.html"));
      print.println("Numbers: " + folder.resolve("results.json"));
      print.println("Table:   " + folder.resolve("results.parquet"));
      print.println("Probe:   " + folder.resolve("probe.safetensors"));
    }
    print.flush();
  }

  private int hidden() {
    if (!probes.contains("softmax") || !List.of("softmax", "mlp").containsAll(probes)) {
      throw new BadInput(
          "--probe takes softmax, or softmax,mlp, not '%s'".formatted(String.join(",", probes)));
    }
    return probes.contains("mlp") ? hidden : 0;
  }

  private TokenStudy.Result study(TokenSettings settings, Conllu train, Optional<Conllu> test) {
    var bar = Bar.standard();
    try (var workers = threads == 0 ? Workers.open() : Workers.of(threads);
        var open = OpenModel.open(model, Settings.home(), Settings.kernels(), bar)) {
      return new TokenStudy(
              open, settings, InstantSource.system(), Settings.home().resolve("scratch"))
          .run(train, test, workers, bar);
    } finally {
      bar.clear();
    }
  }
}
