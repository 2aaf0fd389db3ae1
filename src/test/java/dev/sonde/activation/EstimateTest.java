package dev.sonde.activation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.hook.Point;
import dev.sonde.model.Model;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a capture says it will take: counted rows, a timed part of the texts.
final class EstimateTest {
  @TempDir private Path folder = Path.of("");

  /// A clock that goes on by one second a look: the timed part takes exactly one.
  private static InstantSource ticking() {
    var seconds = new AtomicLong();
    return () -> Instant.ofEpochSecond(seconds.getAndIncrement());
  }

  @Test
  void timeAndMemoryGrowWithWhatIsAsked() throws IOException {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(4), List.of("a river runs"));
    try (var workers = Workers.of(1);
        var model = Model.open(path, Kernels.PLAIN);
        var tokenizer = Tokenizer.open(path)) {
      var text = tokenizer.encode("a river runs");
      var last = List.<Position>of(new Position.Last());
      var one = new Capture(model, List.of(Point.residPost(0)), last);
      var two = new Capture(model, List.of(Point.residPost(0), Point.residPost(1)), last);
      var few = Collections.nCopies(32, text);
      var many = Collections.nCopies(320, text);
      var small = Estimate.outlook(one, few, workers, ticking());
      var large = Estimate.outlook(two, many, workers, ticking());
      assertThat(small.time()).isEqualTo(Duration.ofSeconds(1));
      assertThat(large.time()).isEqualTo(Duration.ofSeconds(10));
      assertThat(small.peakBytes()).isGreaterThan(4 * model.parameters());
      long rows = 4L * model.architecture().dModel();
      assertThat(large.peakBytes() - small.peakBytes()).isEqualTo(2 * rows * (2 * 320 - 32));
      assertThat(Estimate.of(two, many).bytes()).isEqualTo(2 * 320 * rows);
    }
  }
}
