package dev.sonde.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.Shared;
import dev.sonde.catalogue.TinyBert;
import dev.sonde.data.Matrix;
import dev.sonde.hook.Place;
import dev.sonde.hook.Point;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.model.Model;
import dev.sonde.provenance.Digest;
import dev.sonde.provenance.Seed;
import dev.sonde.tensor.Kernels;
import dev.sonde.tensor.Workers;
import dev.sonde.token.Tokenizer;
import dev.sonde.token.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A text's numbers are its own: alone or in a batch, on one thread or three, in memory or on disk.
final class CaptureTest {
  private static final List<Position> POSITIONS =
      List.of(new Position.Last(), new Position.First(), new Position.Cls(), new Position.Mean());
  private static final Store.Identity WHO =
      new Store.Identity("tiny", Digest.of("weights"), "words");

  @TempDir private Path folder = Path.of("");

  private static List<String> texts(int count, long seed) {
    var random = new Seed(seed).generator();
    var words =
        List.of("a", "river", "runs", "down", "the", "old", "hill", "slowly", "and", "ends");
    var out = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var text = new StringBuilder();
      for (int j = 0; j <= random.nextInt(20); j++) {
        text.append(words.get(random.nextInt(words.size()))).append(' ');
      }
      out.add(text.toString().strip());
    }
    return out;
  }

  private List<Tokens> encoded(Path model, List<String> texts) {
    try (var tokenizer = Tokenizer.open(model)) {
      return texts.stream().map(tokenizer::encode).toList();
    }
  }

  @Test
  void aTextIsTheSameAloneAndInAnyBatch() {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    int points = invariant(path, encoded(path, texts(40, 2)));
    assertThat(points).isGreaterThan(25);
  }

  /// The same for every golden family, over every point that has rows.
  @Test
  void everyFamilyKeepsATextsNumbers() {
    var golden = Shared.folder("golden");
    if (golden.isEmpty()) {
      return;
    }
    var random = new Seed(3).generator();
    int families = 0;
    for (var family : List.of("bert", "roberta", "distilbert", "gpt2", "llama", "llama3_rope")) {
      var texts = new ArrayList<Tokens>();
      for (int i = 0; i < 12; i++) {
        var ids = random.ints(1 + random.nextInt(8), 5, 60).toArray();
        texts.add(Tokens.ofIds(ids));
      }
      assertThat(invariant(golden.get().resolve(family), texts)).isGreaterThan(10);
      families++;
    }
    System.out.println("families whose batches were compared: " + families);
  }

  private static int invariant(Path path, List<Tokens> texts) {
    try (var workers = Workers.of(2);
        var model = Model.open(path, Kernels.PLAIN)) {
      var points =
          model.points().stream().filter(p -> p.place().shape() != Place.Shape.PATTERN).toList();
      var capture = new Capture(model, points, POSITIONS);
      var together = capture.run(texts, workers, Progress.NONE);
      for (int i = 0; i < texts.size(); i += 5) {
        var alone = capture.run(List.of(texts.get(i)), workers, Progress.NONE);
        for (var site : capture.sites()) {
          var all = together.at(site);
          double scale = largest(all);
          for (int j = 0; j < all.cols(); j++) {
            assertThat(Math.abs(all.at(i, j) - alone.at(site).at(0, j)) / scale)
                .as("%s, text %d", site, i)
                .isLessThan(1e-5);
          }
        }
      }
      var site = new Site(Point.residPost(1), new Position.Last());
      assertThat(together.at(site).row(0)).isNotEqualTo(together.at(site).row(texts.size() - 1));
      return points.size();
    }
  }

  private static double largest(Matrix m) {
    double most = 1e-30;
    for (double v : m.toDoubles()) {
      most = Math.max(most, Math.abs(v));
    }
    return most;
  }

  @Test
  void threadsDoNotChangeABit() {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    var texts = encoded(path, texts(300, 4));
    var seen = new ArrayList<Captured>();
    try (var model = Model.open(path, Kernels.PLAIN)) {
      for (int threads : new int[] {1, 2, 3}) {
        try (var workers = Workers.of(threads)) {
          seen.add(
              new Capture(model, List.of(Point.residPost(1)), POSITIONS)
                  .run(texts, workers, Progress.NONE));
        }
      }
    }
    assertThat(seen.get(1).matrices()).isEqualTo(seen.get(0).matrices());
    assertThat(seen.get(2).matrices()).isEqualTo(seen.get(0).matrices());
  }

  @Test
  void aStoreSurvivesBeingKilled() throws IOException {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    var texts = encoded(path, texts(2500, 5));
    try (var workers = Workers.of(2);
        var model = Model.open(path, Kernels.PLAIN)) {
      var capture = new Capture(model, List.of(Point.residPost(0)), POSITIONS);
      var whole = folder.resolve("whole");
      Store.write(whole, capture, WHO, texts, workers, Progress.NONE);
      var broken = folder.resolve("broken");
      Progress killer =
          (task, done, total) -> {
            if (task.startsWith("store") && done > 1024) {
              throw new IllegalStateException("killed");
            }
          };
      assertThatThrownBy(() -> Store.write(broken, capture, WHO, texts, workers, killer))
          .hasMessage("killed");
      // a shard that was renamed but not yet listed, and a temporary file cut short
      Files.writeString(broken.resolve("shard-00002.safetensors"), "half");
      Store.write(broken, capture, WHO, texts, workers, Progress.NONE);
      assertThat(bytes(broken)).isEqualTo(bytes(whole));
      Store.check(broken);
      try (var store = Store.open(broken)) {
        assertThat(store.shards()).isEqualTo(3);
        assertThat(store.texts()).isEqualTo(2500);
        // packs end at a shard's end, so in memory the sums of a row may come in another order
        var site = store.sites().getLast();
        var direct = capture.run(texts.subList(0, 1024), workers, Progress.NONE);
        assertThat(store.shard(0, site)).isEqualTo(direct.at(capture.sites().getLast()));
        assertThat(store.matrix(site).rows()).isEqualTo(2500);
      }
    }
  }

  @Test
  void aStoreGrowsAndRefusesWhatIsNotIts() throws IOException {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    var texts = encoded(path, texts(30, 6));
    var more = encoded(path, texts(20, 7));
    try (var workers = Workers.of(1);
        var model = Model.open(path, Kernels.PLAIN)) {
      var capture = new Capture(model, List.of(Point.residPost(0)), POSITIONS);
      var at = folder.resolve("store");
      Store.write(at, capture, WHO, texts, workers, Progress.NONE);
      Store.append(at, capture, WHO, more, workers, Progress.NONE);
      try (var store = Store.open(at)) {
        assertThat(store.texts()).isEqualTo(50);
      }
      var other = new Store.Identity("other", Digest.of("other"), "words");
      refused(
          () -> Store.write(at, capture, other, texts, workers, Progress.NONE),
          "activations of tiny");
      refused(() -> Store.write(at, capture, WHO, more, workers, Progress.NONE), "other texts");
      var elsewhere = new Capture(model, List.of(Point.residPost(1)), POSITIONS);
      refused(
          () -> Store.write(at, elsewhere, WHO, texts, workers, Progress.NONE), "holds the sites");
      Files.writeString(at.resolve("shard-00001.safetensors"), "cut");
      refused(() -> Store.check(at), "not what was written");
      refused(() -> Store.open(folder).close(), "is no store");
    }
  }

  @Test
  void memoryStaysFlat() throws IOException {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    var texts = encoded(path, texts(100, 8));
    try (var workers = Workers.of(2);
        var model = Model.open(path, Kernels.PLAIN)) {
      var capture = new Capture(model, List.of(Point.residPost(1)), POSITIONS);
      for (int i = 0; i < 50; i++) {
        capture.run(texts, workers, Progress.NONE);
      }
      long before = resident();
      for (int i = 0; i < 100; i++) {
        capture.run(texts, workers, Progress.NONE);
      }
      // 100 captures hand out 100 x 20 MiB of tensors; what is kept must be a small part of it
      assertThat(resident() - before).isLessThan(200L << 20);
    }
  }

  /// Bytes of the process in memory; 0 where the system does not tell.
  private static long resident() throws IOException {
    System.gc();
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(l -> l.startsWith("VmRSS:"))
        .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElse(0);
  }

  @Test
  void positionsByHand() {
    var path = TinyBert.write(folder.resolve("tiny"), new Seed(1), texts(50, 1));
    var text = encoded(path, List.of("the old river")).getFirst();
    assertThat(text.size()).isEqualTo(5);
    assertThat(new Position.Last().tokens(text)).containsExactly(3);
    assertThat(new Position.First().tokens(text)).containsExactly(1);
    assertThat(new Position.Cls().tokens(text)).containsExactly(0);
    assertThat(new Position.Final().tokens(text)).containsExactly(4);
    assertThat(new Position.Mean().tokens(text)).containsExactly(1, 2, 3);
    assertThat(new Position.Span(4, 7).tokens(text)).containsExactly(2);
    assertThat(new Position.All().tokens(text)).containsExactly(0, 1, 2, 3, 4);
    refused(() -> new Position.Span(90, 99).tokens(text), "none at position");
    refused(() -> Position.parse("span:9-2"), "a span runs");
  }

  private static Map<String, Digest> bytes(Path folder) throws IOException {
    var out = new TreeMap<String, Digest>();
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        out.put(file.getFileName().toString(), Digest.of(file));
      }
    }
    return out;
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable work, String says) {
    assertThatThrownBy(work).isInstanceOf(BadInput.class).hasMessageContaining(says);
  }
}
