package dev.sonde.cli;

import dev.sonde.io.BadInput;
import dev.sonde.tensor.Engine;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ScopeType;

/// `sonde`: what a stranger types. Exit codes: 0 done, 1 a check did not hold, 2 bad input.
@Command(
    name = "sonde",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    header = "Probes of neural networks, and the evidence that they found something.",
    description = "%nBegin with:  sonde demo",
    subcommands = {
      DemoCommand.class,
      ProbeCommand.class,
      MatrixCommand.class,
      CompareCommand.class,
      TokensCommand.class,
      CaptureCommand.class,
      ScoreCommand.class,
      MetricsCommand.class,
      DecomposeCommand.class,
      ExportCommand.class,
      UncertaintyCommand.class,
      RunCommand.class,
      GenerateCommand.class,
      PredictCommand.class,
      ModelsCommand.class,
      PointsCommand.class,
      OnnxCommand.class,
      DoctorCommand.class,
      RehearseCommand.class,
      VerifyCommand.class,
      picocli.AutoComplete.GenerateCompletion.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @CommandLine.Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "show where in the program an error arose")
  private boolean debug;

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Everything but the exit: what the tests call.
  static int run(String... args) {
    if (NeedsEngine.in(args)) {
      Engine.startInBackground(); // while the command line is read
    }
    var main = new Main();
    ConfigFile config;
    try {
      config = ConfigFile.in(args);
    } catch (BadInput e) {
      System.err.println("sonde: " + e.getMessage());
      return 2;
    }
    return new CommandLine(main)
        .setDefaultValueProvider(config)
        .setExecutionStrategy(parsed -> {
          var last = parsed.asCommandLineList().getLast();
          try {
            config.mustFit(last.getCommandSpec().options());
          } catch (BadInput e) {
            return main.failed(e, last.getErr());
          }
          return new CommandLine.RunLast().execute(parsed);
        })
        .setExecutionExceptionHandler((e, line, parsed) -> main.failed(e, line.getErr()))
        .setParameterExceptionHandler(Main::misused)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(args);
  }

  /// The commands by name.
  static Map<String, CommandLine> subcommands() {
    return new CommandLine(new Main()).getSubcommands();
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private int failed(Exception e, PrintWriter err) {
    if (debug) {
      e.printStackTrace(err);
    }
    var what =
        e instanceof BadInput
            ? String.valueOf(e.getMessage())
            : "unexpected %s: %s (run again with --debug to see where)"
                .formatted(e.getClass().getSimpleName(), e.getMessage());
    err.println("sonde: " + what.replaceAll("\\s*\\R\\s*", " "));
    err.flush();
    return 2;
  }

  private static int misused(CommandLine.ParameterException e, String[] args) {
    var err = e.getCommandLine().getErr();
    err.printf(
        "sonde: %s (%s --help shows what it takes)%n",
        e.getMessage(), e.getCommandLine().getCommandSpec().qualifiedName());
    err.flush();
    return 2;
  }
}
