package dev.sonde.cli;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Workers;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// What the machine and its user have settled: where the cache is, which kernels are fast.
final class Settings {
  /// Counted up whenever what is measured changes.
  private static final String FORM = " kernels 2";

  private Settings() {}

  /// `SONDE_HOME`, else the user's cache folder.
  static Path home() {
    var named = System.getenv("SONDE_HOME");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    var cache = System.getenv("XDG_CACHE_HOME");
    return cache != null && !cache.isBlank()
        ? Path.of(cache, "sonde")
        : Path.of(System.getProperty("user.home"), ".cache", "sonde");
  }

  /// The kernels measured at the first use on this machine, by processor and version.
  static Kernels kernels() {
    return measured(kernelFile(), () -> Workers.of(1));
  }

  /// The same for one text at a time on all processors ([Workers#wide]).
  static Kernels wideKernels() {
    return measured(wideKernelFile(), Workers::wide);
  }

  private static Kernels measured(Path file, Supplier<Workers> measuring) {
    try {
      if (Files.isRegularFile(file)) {
        return Kernels.parse(Files.readString(file).lines().findFirst().orElse(""));
      }
    } catch (IOException | IllegalArgumentException e) {
      // unreadable: measure again
    }
    Kernels measured;
    try (var workers = measuring.get()) {
      measured = workers.call(Kernels::measure);
    }
    try {
      AtomicFile.writeString(file, measured.toLine() + "\n" + processor() + "\n");
    } catch (BadInput e) {
      // not kept: measured again next time
    }
    return measured;
  }

  static Path kernelFile() {
    return home().resolve("kernels-" + machine() + ".txt");
  }

  static Path wideKernelFile() {
    return home().resolve("kernels-" + machine() + "-wide.txt");
  }

  private static String machine() {
    return Digest.of(processor() + cpuinfo("flags").orElse("") + Version.of() + FORM).brief();
  }

  /// The processor's own name, as far as the system tells. One name may stand for several kinds
  /// (virtual machines): what it can do is told by its flags.
  static String processor() {
    return cpuinfo("model name")
        .orElse(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  private static Optional<String> cpuinfo(String field) {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(l -> l.startsWith(field))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Colours on a terminal, unless NO_COLOR is set (no-color.org).
  static boolean colour() {
    var off = System.getenv("NO_COLOR");
    return (off == null || off.isEmpty())
        && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
  }
}
