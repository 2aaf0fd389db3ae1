package dev.sonde.cli;

import dev.sonde.catalogue.TinyBert;
import dev.sonde.catalogue.TinyLlama;
import dev.sonde.data.CityStatements;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// The main job on a tiny network, for the launcher: what is loaded on the way goes into the
/// start-up cache, and every later command starts with it.
@Command(name = "rehearse", hidden = true, header = "Run the main job on a tiny network")
final class RehearseCommand implements Callable<Integer>, NeedsEngine {
  @Override
  public Integer call() {
    try {
      var folder = Files.createTempDirectory("sonde-rehearsal");
      try {
        return rehearse(folder);
      } finally {
        try (var files = Files.walk(folder)) {
          files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(f -> f.delete());
        }
      }
    } catch (IOException e) {
      throw new BadInput("no temporary folder can be written: " + e.getMessage(), e);
    }
  }

  private static int rehearse(Path folder) {
    var texts = CityStatements.table(CityStatements.Form.AFFIRMED, new Seed(1)).column("statement");
    var model = TinyBert.write(folder.resolve("model"), new Seed(1), texts).toString();
    var out = folder.resolve("out").toString();
    int status =
        Main.run(
            "demo", "--model", model, "--permutations", "50", "--points", "embed", "--out", out);
    var decoder = TinyLlama.write(folder.resolve("decoder.gguf"), new Seed(1)).toString();
    for (int time = 0; time < 2; time++) { // decoded, then found decoded
      status += Main.run("generate", decoder, texts.getFirst(), "--max-tokens", "8");
    }
    return status
        + Main.run(
            "score", "--probe", out + "/probe.safetensors", "--model", model, texts.getFirst())
        + Main.run("doctor");
  }
}
