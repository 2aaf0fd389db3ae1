package dev.sonde.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.provenance.Seed;
import dev.sonde.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A run that is stopped, by Ctrl-C or without a chance to say anything, and gone on with: the same
/// numbers as if it had never been.
final class InterruptedTest {
  @TempDir private static Path folder = Path.of("");
  private static final List<String> ARGS = new ArrayList<>();

  @BeforeAll
  static void write() throws IOException {
    var texts = new ArrayList<String>();
    var lines = new StringBuilder("statement,label,town\n");
    for (var town : List.of("lyon", "oslo", "lima", "perth", "turin", "basel", "fez", "cali")) {
      for (int i = 0; i < 24; i++) {
        var text = "the town of %s is %s number %d".formatted(town, i % 2 == 0 ? "old" : "new", i);
        texts.add(text);
        lines.append("%s,%d,%s%n".formatted(text, i % 2, town));
      }
    }
    var model = TinyBert.write(folder.resolve("tiny"), new Seed(4), texts);
    var data = Files.writeString(folder.resolve("towns.csv"), lines);
    ARGS.addAll(List.of("probe", "--model", model.toString(), "--data", data.toString()));
    ARGS.addAll(List.of("--group", "town", "--threads", "1", "--points", "resid_post,attn_out"));
    ARGS.addAll(List.of("--position", "last,mean,first,cls", "--permutations", "199"));
  }

  private static void stopped(Path out, String signal) throws Exception {
    var args = new ArrayList<>(ARGS);
    args.addAll(List.of("--out", out.toString()));
    var said = Stopping.stopped(folder, out, args, signal);
    assertThat(said.contains("the same command goes on from there"))
        .isEqualTo(!signal.equals("-KILL"));
  }

  private static ObjectNode run(Path out, String... more) throws IOException {
    var args = new ArrayList<>(ARGS);
    args.addAll(List.of("--out", out.toString()));
    args.addAll(List.of(more));
    var result = CliTest.sonde(args.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(Stopping.kept(out)).isEqualTo(1); // the probe alone
    var tree = (ObjectNode) Results.parse(Files.readString(out.resolve("results.json")));
    ((ObjectNode) tree.path("origin")).remove(List.of("created", "seconds"));
    return tree;
  }

  @Test
  void anInterruptedRunGoesOnToTheSameNumbers() throws Exception {
    var whole = folder.resolve("whole");
    var numbers = run(whole).toString();
    for (var signal : List.of(Stopping.polite(), "-KILL")) {
      var out = folder.resolve("run" + signal);
      stopped(out, signal);
      assertThat(run(out).toString()).isEqualTo(numbers);
      assertThat(
              Files.mismatch(out.resolve("probe.safetensors"), whole.resolve("probe.safetensors")))
          .isEqualTo(-1);
    }
  }

  /// What is kept is read, not made again: a kept number that was changed comes through.
  @Test
  void whatIsKeptIsReadAndNotMadeAgain() throws Exception {
    var out = folder.resolve("changed");
    stopped(out, "-TERM");
    try (var files = Files.walk(out)) {
      // the last array by name is the scores: their last number, little-endian, of every site
      // (where all rows are the same it is 0 and stays it)
      for (var file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        var bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= (byte) 0x80;
        Files.write(file, bytes);
      }
    }
    var other = folder.resolve("other");
    var plain = run(other).path("sites").toString();
    assertThat(run(out).path("sites").toString()).isNotEqualTo(plain);
  }
}
