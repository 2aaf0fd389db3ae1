package dev.sonde.cli;

import java.util.concurrent.Callable;

/// A command that runs a study which can be gone on with when it was interrupted.
interface Resumable extends Callable<Integer> {
  StudyOptions options();

  @Override
  Integer call();
}
