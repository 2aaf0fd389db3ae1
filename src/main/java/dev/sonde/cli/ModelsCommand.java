package dev.sonde.cli;

import dev.sonde.catalogue.Catalogue;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// Which models have a name.
@Command(
    name = "models",
    header = "List the models that Sonde can fetch by name.",
    description = {
      "",
      "Any model of the Hugging Face hub with safetensors works too, --model org/name or",
      "org/name@revision, and any such folder on disk, --model PATH. The hub's models are kept",
      "where its other tools keep them; HF_HOME, HF_HUB_CACHE, HF_TOKEN, HF_ENDPOINT and",
      "HF_HUB_OFFLINE are honoured.",
      ""
    })
final class ModelsCommand implements Callable<Integer> {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(names = "--json", description = "a JSON array")
  private boolean json;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    var catalogue = new Catalogue(Settings.home());
    var array = JsonMapper.shared().createArrayNode();
    if (!json) {
      out.printf(
          "%-36s %-6s %12s %10s  %-11s %s%n",
          "name", "family", "parameters", "download", "licence", "cached");
    }
    for (var model : Catalogue.models()) {
      boolean cached = catalogue.cached(model);
      var object = array.addObject();
      object.put("name", model.name());
      object.put("family", model.family());
      object.put("parameters", model.parameters());
      object.put("download_bytes", model.bytes());
      object.put("licence", model.licence());
      object.put("source", model.source());
      object.put("cached", cached);
      if (!json) {
        out.printf(
            "%-36s %-6s %,12d %6d MiB  %-11s %s%n",
            model.name(),
            model.family(),
            model.parameters(),
            model.bytes() >> 20,
            model.licence(),
            cached ? "yes, " + catalogue.folder(model) : "no");
      }
    }
    if (json) {
      out.println(array.toPrettyString());
    } else {
      printHeld(catalogue);
    }
    out.flush();
    return 0;
  }

  private void printHeld(Catalogue catalogue) {
    var held = catalogue.held();
    if (!held.isEmpty()) {
      spec.commandLine()
          .getOut()
          .printf("%nIn the cache of the Hugging Face hub: %s%n", String.join(", ", held));
    }
  }
}
