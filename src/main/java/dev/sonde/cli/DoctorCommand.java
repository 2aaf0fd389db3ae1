package dev.sonde.cli;

import dev.sonde.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// What this machine has and what Sonde makes of it.
@Command(
    name = "doctor",
    header =
        "Show which kernels, threads and instruction sets are in use, and where things are kept.",
    description = {
      "",
      "Kernels are measured at the first use and kept; --measure does it again.",
      ""
    })
final class DoctorCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(names = "--measure", description = "measure the kernels again")
  private boolean measure;

  @Option(names = "--json", description = "a JSON object")
  private boolean json;

  @Override
  public Integer call() {
    if (measure) {
      try {
        Files.deleteIfExists(Settings.kernelFile());
        Files.deleteIfExists(Settings.wideKernelFile());
      } catch (IOException e) {
        throw dev.sonde.io.AtomicFile.unwritable(Settings.kernelFile(), e);
      }
    }
    var found = found();
    var out = spec.commandLine().getOut();
    if (json) {
      out.println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(found));
    } else {
      found.forEach((name, value) -> out.printf("%-24s %s%n", name, value));
    }
    out.flush();
    return 0;
  }

  private static Map<String, String> found() {
    var out = new LinkedHashMap<String, String>();
    var runtime = Runtime.getRuntime();
    out.put("sonde", Version.of());
    out.put("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    out.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    out.put("processor", Settings.processor());
    out.put("worker threads", Integer.toString(runtime.availableProcessors()));
    out.put("heap", "%,d MiB at most".formatted(runtime.maxMemory() >> 20));
    var kernels = Settings.kernels();
    out.putAll(Engine.describe());
    kernels.describe().forEach((name, value) -> out.put("kernel, " + name, value));
    Settings.wideKernels().describe().forEach((name, value) -> out.put("one text, " + name, value));
    out.put("kernels kept in", Settings.kernelFile().toString());
    out.put("cache", Settings.home() + free(Settings.home()));
    return out;
  }

  private static String free(Path folder) {
    try {
      var existing = folder.toAbsolutePath();
      while (!Files.exists(existing) && existing.getNameCount() > 1) {
        existing = java.util.Objects.requireNonNull(existing.getParent());
      }
      return " (%,d MiB free)".formatted(Files.getFileStore(existing).getUsableSpace() >> 20);
    } catch (IOException e) {
      return "";
    }
  }
}
