package dev.sonde.cli;

import dev.sonde.io.Progress;
import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/// Progress for people: one line that is drawn over on a terminal, now and then a line in a pipe.
/// It begins to speak after two seconds, says how much is left, and leaves nothing behind on a
/// terminal.
final class Bar implements Progress {
  private static final long SILENT = 2_000_000_000L;
  private static final long PIPE_EVERY = 10_000_000_000L;
  private static final long DRAW_EVERY = 100_000_000L;

  private final PrintStream err;
  private final boolean terminal;
  private final long born = System.nanoTime();
  private String task = "";
  private long begun;
  private long spoken;
  private boolean drawn;

  Bar(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /// For standard error, as it is.
  static Bar standard() {
    var terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return new Bar(System.err, terminal);
  }

  @Override
  public synchronized void at(String what, long done, long total) {
    long now = System.nanoTime();
    if (!what.equals(task)) {
      task = what;
      begun = now;
      spoken = now - PIPE_EVERY + SILENT;
    }
    boolean due = now - spoken >= (terminal ? DRAW_EVERY : PIPE_EVERY);
    if (now - born < SILENT || !due) {
      return;
    }
    spoken = now;
    var line = line(done, total, (now - begun) / 1e9);
    if (terminal) {
      err.print("\r\u001b[2K" + line);
      err.flush();
      drawn = true;
    } else {
      err.println("sonde: " + line);
    }
  }

  @Override
  public synchronized void warn(String line) {
    clear();
    err.println("sonde: warning: " + line);
  }

  private String line(long done, long total, double seconds) {
    if (total <= 0) {
      return "%s, %.0f s".formatted(task, seconds);
    }
    double share = Math.min(1, (double) done / total);
    int filled = (int) (share * 24);
    var left = share > 0.01 ? eta(seconds * (1 - share) / share) : "";
    return String.format(
        Locale.ROOT,
        "%-22s [%s%s] %3.0f %% %s%s",
        task,
        "=".repeat(filled),
        " ".repeat(24 - filled),
        share * 100,
        amount(done, total),
        left);
  }

  private static String amount(long done, long total) {
    return total > 50L << 20
        ? "(%d of %d MiB)".formatted(done >> 20, total >> 20)
        : String.format(Locale.ROOT, "(%,d of %,d)", done, total);
  }

  private static String eta(double seconds) {
    return seconds < 90
        ? String.format(Locale.ROOT, ", %.0f s left", Math.ceil(seconds))
        : String.format(Locale.ROOT, ", %.0f min left", Math.ceil(seconds / 60));
  }

  /// Wipes what was drawn.
  synchronized void clear() {
    if (drawn) {
      err.print("\r\u001b[2K");
      err.flush();
      drawn = false;
    }
  }
}
