package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs as processes of their own that are stopped midway.
final class Stopping {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long INT = 1 << 1;

  private Stopping() {}

  /// What Ctrl-C sends; where this process was told to ignore that (a build in the background of a
  /// shell), so are those it starts, and the next best is what `kill` sends.
  static String polite() throws IOException {
    if (!Files.exists(STATUS)) {
      return "-INT";
    }
    try (var lines = Files.lines(STATUS)) {
      boolean deaf =
          lines
              .filter(l -> l.startsWith("SigIgn:"))
              .anyMatch(l -> (Long.parseUnsignedLong(l.substring(7).strip(), 16) & INT) != 0);
      return deaf ? "-TERM" : "-INT";
    }
  }

  /// `sonde` with its working folder and where it speaks to.
  private static Process start(Path working, Path log, List<String> args) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("dev.sonde.cli.Main");
    command.addAll(args);
    return new ProcessBuilder(command)
        .directory(working.toFile())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /// Probes under a folder, finished or kept.
  static long kept(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return 0;
    }
    try (var files = Files.walk(out)) {
      return files.filter(f -> f.toString().endsWith(".safetensors")).count();
    } catch (UncheckedIOException e) {
      return 0; // removed while it was being counted: the run is ending
    }
  }

  /// Stops a run when it has kept three sites under `out`, by a signal as kill spells it, and
  /// returns what it said. A run that was done before the signal came is begun anew.
  static String stopped(Path working, Path out, List<String> args, String signal) throws Exception {
    int code = signal.equals("-INT") ? 130 : signal.equals("-TERM") ? 143 : 137;
    var log = Files.createTempFile(working, "log", ".txt");
    for (int attempt = 0; attempt < 20; attempt++) {
      var process = start(working, log, args);
      while (kept(out) < 3 && process.isAlive()) {
        Thread.sleep(1);
      }
      new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(out).as(Files.readString(log)).isDirectory();
      if (!ended(out)) {
        assertThat(process.exitValue()).as(Files.readString(log)).isEqualTo(code);
        assertThat(kept(out)).isGreaterThan(1);
        return Files.readString(log);
      }
      Interrupted.remove(out);
    }
    throw new AssertionError("twenty runs were done before " + signal + " reached them");
  }

  private static boolean ended(Path out) throws IOException {
    try (var files = Files.walk(out)) {
      return files.anyMatch(f -> f.endsWith("results.json"));
    }
  }
}
