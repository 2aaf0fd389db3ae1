package dev.sonde.study;

import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/// A study on its way through its places: what is finished is kept, what it takes is timed.
final class Walk {
  private final Finished finished;
  private final InstantSource clock;
  private final Map<String, Double> seconds;
  private final Workers workers;
  private final Progress progress;

  /// `seconds` fills up; what is kept is found by `identity`.
  Walk(
      Study.Request request,
      Digest identity,
      Map<String, Double> seconds,
      Workers workers,
      Progress progress) {
    finished =
        new Finished(
            request.keep().toString().isEmpty()
                ? Path.of("")
                : Study.unfinished(request.keep(), identity));
    clock = request.clock();
    this.seconds = seconds;
    this.workers = workers;
    this.progress = progress;
  }

  Workers workers() {
    return workers;
  }

  Progress progress() {
    return progress;
  }

  /// What `work` gives at every place, or what is kept of it under the task's and place's name.
  <T> List<T> at(String task, List<String> places, Finished.Form<T> form, IntFunction<T> work) {
    var done = new AtomicLong();
    var pieces = new ArrayList<Supplier<T>>();
    for (int s = 0; s < places.size(); s++) {
      int own = s;
      pieces.add(() -> {
        var out = finished.at(task + " " + places.get(own), form, () -> work.apply(own));
        progress.at(task, done.incrementAndGet(), places.size());
        return out;
      });
    }
    return workers.map(pieces);
  }

  <T> T timed(String phase, Supplier<T> work) {
    var from = clock.instant();
    var out = work.get();
    seconds.merge(phase, Duration.between(from, clock.instant()).toNanos() / 1e9, Double::sum);
    return out;
  }
}
