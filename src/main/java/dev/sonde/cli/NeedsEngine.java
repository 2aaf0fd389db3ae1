package dev.sonde.cli;

import dev.sonde.tensor.Engine;

/// A command that will compute: the engine's libraries are loaded (most of a second) while it reads
/// its options and data.
interface NeedsEngine {
  static void start() {
    var thread =
        new Thread(() -> {
          try {
            Engine.start();
          } catch (LinkageError e) {
            // told where the engine is first used
          }
        });
    thread.setDaemon(true);
    thread.start();
  }
}
