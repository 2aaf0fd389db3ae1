package dev.sonde.cli;

import dev.sonde.data.CityStatements;
import dev.sonde.data.Columns;
import dev.sonde.data.Corpus;
import dev.sonde.provenance.Seed;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The main job on a real model and statements that ship with Sonde.
@Command(
    name = "demo",
    header = "Does a real language model represent whether a statement about a city is true?",
    description = {
      "",
      "Fetches bert-base-uncased at its first use (408 MB, kept in the cache), runs true and false",
      "statements such as 'The city of Lyon is in France.' through it, and asks at every layer.",
      "",
      "Example:  sonde demo --form negated",
      ""
    })
final class DemoCommand implements Resumable, NeedsEngine {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Mixin private StudyOptions options = new StudyOptions();

  @Option(
      names = "--model",
      defaultValue = "bert-base-uncased",
      description =
          "a model of the catalogue or the hub (org/name), or a folder (default: ${DEFAULT-VALUE})")
  private String model = "bert-base-uncased";

  @Option(
      names = "--form",
      defaultValue = "affirmed",
      description = "affirmed, negated or both (default: ${DEFAULT-VALUE})")
  private CityStatements.Form form = CityStatements.Form.AFFIRMED;

  @Override
  public StudyOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    options.beginning(Again.of(spec));
    var table = CityStatements.table(form, new Seed(options.seed));
    var corpus = Corpus.of(table, new Columns("statement", "label", "pair", false));
    new StudyRun(options, spec.commandLine().getOut()).run(model, corpus);
    return 0;
  }
}
