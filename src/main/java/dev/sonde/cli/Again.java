package dev.sonde.cli;

import dev.sonde.io.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// How a run was asked for, so that it can be asked for again: the command and every option that
/// was given, on the command line or in a file. `resumed`: the interrupted run that it goes on
/// with.
record Again(List<String> arguments, boolean named, Optional<Unfinished> resumed) {
  static final Again NONE = new Again(List.of(), false, Optional.empty());
  private static final String OUT = "--out";

  /// Options that decide no number, and may stand beside `--resume`.
  private static final Set<String> BESIDE = Set.of("--resume", "--threads", "--json", "--debug");

  /// Options of text that name files, with what follows a `#` or `:` meant inside them.
  private static final Set<String> FILES =
      Set.of(
          "--model",
          "--sentence-baseline",
          "--activations",
          "--labels",
          "--groups",
          "--texts",
          "--untrained",
          "--baseline");

  Again {
    arguments = List.copyOf(arguments);
  }

  /// Of a command whose options have been read.
  static Again of(CommandSpec spec) {
    var arguments = new ArrayList<>(List.of(spec.name()));
    boolean named = false;
    for (var option : spec.options()) {
      var values = given(option, spec.commandLine());
      named |= option.longestName().equals(OUT) && !values.isEmpty();
      if (!Set.of(OUT, "--config", "--resume", "--debug").contains(option.longestName())) {
        values.forEach(value -> arguments.add(option.longestName() + "=" + value));
      }
    }
    return new Again(arguments, named, Optional.empty());
  }

  private static List<String> given(OptionSpec option, CommandLine line) {
    var parsed = line.getParseResult();
    if (parsed.hasMatchedOption(option)) {
      var values = parsed.matchedOption(option.longestName()).originalStringValues();
      return values.isEmpty() ? List.of("true") : values;
    }
    try {
      var file = line.getDefaultValueProvider();
      var value = file == null ? null : file.defaultValue(option);
      return value == null ? List.of() : List.of(value);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs the interrupted run of a folder again, with its own options and those beside `--resume`.
  ///
  /// @throws BadInput for other options beside `--resume`, or a folder without an interrupted run
  static int resume(Path folder, CommandSpec spec) {
    var more = new ArrayList<String>();
    for (var option : spec.options()) {
      var values = given(option, spec.commandLine());
      if (!values.isEmpty() && !BESIDE.contains(option.longestName())) {
        throw new BadInput(
            "--resume takes the options of the interrupted run; leave out %s (--threads and --json may stand beside it)"
                .formatted(option.longestName()));
      }
      if (!option.longestName().equals("--resume") && !option.longestName().equals("--debug")) {
        values.forEach(value -> more.add(option.longestName() + "=" + value));
      }
    }
    var run = Unfinished.in(folder);
    var all = new ArrayList<>(run.arguments());
    Resumable command =
        all.isEmpty() || all.removeFirst().equals("demo") ? new DemoCommand() : new ProbeCommand();
    var line = new CommandLine(command);
    line.setOut(spec.commandLine().getOut()).setErr(spec.commandLine().getErr());
    line.setCaseInsensitiveEnumValuesAllowed(true).setOverwrittenOptionsAllowed(true);
    all.replaceAll(argument -> found(argument, run.workingFolder(), line.getCommandSpec()));
    all.addAll(more);
    line.parseArgs(all.toArray(String[]::new));
    command.options().resuming(run);
    return command.call();
  }

  /// An argument whose file is where it was when the run began, if that was in another folder.
  private static String found(String argument, Path then, CommandSpec spec) {
    int at = argument.indexOf('=');
    var option = at < 0 ? null : spec.findOption(argument.substring(0, at));
    boolean file =
        option != null && (option.type() == Path.class || FILES.contains(option.longestName()));
    if (!file || then.equals(Path.of("").toAbsolutePath())) {
      return argument;
    }
    if (argument.startsWith("--baseline=")) {
      at = argument.indexOf('=', at + 1); // behind the name of the baseline
    }
    var value = argument.substring(at + 1);
    var there = then.resolve(value);
    boolean is =
        Files.exists(there) || Files.exists(then.resolve(value.replaceAll("[#:][^#:]*$", "")));
    return is ? argument.substring(0, at + 1) + there : argument;
  }
}
