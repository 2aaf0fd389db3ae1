package dev.sonde.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sonde.Resident;
import dev.sonde.Shared;
import dev.sonde.catalogue.Mutation;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged ONNX files: each is listed and made ready to be captured, or refused with one line,
/// within the file's size and 64 MiB of heap, and the process keeps nothing of it.
/// `-Dsonde.fuzz=10000` for the long run.
final class OnnxFuzzTest {
  private static final int COUNT = Integer.getInteger("sonde.fuzz", 300);
  private static final long SEED = Long.getLong("sonde.fuzz.seed", 20261124);
  private static final long ROOM = 64L << 20;
  private static final ThreadMXBean HEAP = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder = Path.of("");

  @Test
  void sums() throws IOException {
    fuzz("sums", TinyOnnx.sums(), COUNT);
  }

  @Test
  void branches() throws IOException {
    fuzz("branches", TinyOnnx.branches(), COUNT);
  }

  @Test
  void digits() {
    Shared.folder("models/digits-cnn")
        .ifPresent(from -> {
          try {
            fuzz("digits", Files.readAllBytes(from.resolve("digits-clean.onnx")), COUNT / 4);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void fuzz(String name, byte[] sound, int count) throws IOException {
    var file = Files.write(folder.resolve("net.onnx"), sound);
    open(file);
    var wrong = new TreeMap<String, String>();
    var resident = new Resident(count);
    int refused = 0;
    for (int i = 0; i < count; i++) {
      var random = new Seed(SEED).forPurpose(name, i).generator();
      Files.write(file, new Mutation(random).of(sound, false));
      refused += attempt(file, "seed %d, case %d".formatted(SEED, i), wrong);
      resident.after(i);
    }
    System.out.printf(
        "fuzz onnx %s: seed %d, %d cases, %d refused, %s%n", name, SEED, count, refused, resident);
    assertThat(wrong).isEmpty();
    resident.mustNotHaveGrown();
    assertThat(refused).isGreaterThan(count / 10);
  }

  private static void open(Path file) {
    var network = Network.open(file);
    var computed = network.points().stream().filter(TensorPoint::computed).toList();
    try (var run = network.capturing(computed.stream().map(TensorPoint::name).toList())) {
      assertThat(run).isNotNull();
    }
  }

  private static int attempt(Path file, String at, Map<String, String> wrong) throws IOException {
    long before = HEAP.getCurrentThreadAllocatedBytes();
    int refused = 0;
    try {
      open(file);
    } catch (BadInput e) {
      refused = 1;
      var said = String.valueOf(e.getMessage());
      if (said.isBlank() || said.lines().count() > 1 || said.length() > 3000) {
        wrong.putIfAbsent("message " + said.length(), at + ": " + said);
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      wrong.putIfAbsent(e.getClass().getName() + " " + e.getStackTrace()[0], at + ": " + e);
    }
    long used = HEAP.getCurrentThreadAllocatedBytes() - before;
    if (used > Files.size(file) + ROOM) {
      wrong.putIfAbsent("heap", "%s: %,d bytes".formatted(at, used));
    }
    return refused;
  }
}
