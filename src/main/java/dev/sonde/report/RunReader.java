package dev.sonde.report;

import dev.sonde.io.BadInput;
import dev.sonde.study.Findings;
import dev.sonde.study.FinishedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A finished run, read back from its `results.json`.
public final class RunReader {
  private RunReader() {}

  /// `path` is a run's folder or its results.json.
  ///
  /// @throws BadInput if there are no results of classes, or they were written by an older Sonde
  public static FinishedRun read(Path path) {
    var file = Files.isDirectory(path) ? path.resolve("results.json") : path;
    JsonNode all;
    try {
      all = JsonMapper.shared().readTree(Files.readString(file));
    } catch (IOException | JacksonException e) {
      throw new BadInput(
          "%s cannot be read as the results of a run (%s); give the folder that sonde probe wrote"
              .formatted(file, e instanceof IOException ? "no such file" : "no JSON"));
    }
    if (!all.path("schema").asString("").equals("sonde.results/1")) {
      throw new BadInput(
          "%s is no results.json of sonde probe or sonde demo (schema sonde.results/1)"
              .formatted(file));
    }
    if (!all.path("subject").path("metric").asString("").equals("accuracy")) {
      throw new BadInput(
          "%s measures %s; sonde compare takes runs on classes, measured by accuracy"
              .formatted(file, all.path("subject").path("metric").asString("?")));
    }
    return of(nameOf(file), all, file);
  }

  private static String nameOf(Path file) {
    var folder = file.toAbsolutePath().normalize().getParent();
    return folder == null ? file.toString() : folder.getFileName().toString();
  }

  private static FinishedRun of(String name, JsonNode all, Path file) {
    var best = all.path("best");
    var site = all.path("sites").path(best.path("site").asInt());
    var data = all.path("origin").path("data");
    var rows = new ArrayList<FinishedRun.Row>();
    for (var held : best.path("held")) {
      if (!held.has("nestedCorrect")) {
        throw new BadInput(
            "%s was written before runs could be compared; make the run anew".formatted(file));
      }
      var group = held.path("group").asString("");
      rows.add(
          new FinishedRun.Row(
              held.path("row").asInt(),
              held.path("label").asString(""),
              group.isEmpty() ? "text " + held.path("text").asString("") : group,
              held.path("nestedCorrect").asBoolean()));
    }
    if (rows.isEmpty()) {
      throw new BadInput("%s holds no held-out rows; nothing can be compared".formatted(file));
    }
    return new FinishedRun(
        name,
        all.path("origin").path("model").path("name").asString(""),
        data.path("source").asString(""),
        data.path("digest").asString(""),
        data.path("labelColumn").asString(""),
        data.path("groupColumn").asString(""),
        all.path("subject").path("probe").asString(""),
        site.path("point").asString("") + "@" + site.path("position").asString(""),
        estimate(site.path("accuracy")),
        site.path("auroc").path("value").asDouble(Double.NaN),
        estimate(best.path("nested")),
        rows);
  }

  private static Findings.Estimate estimate(JsonNode node) {
    return new Findings.Estimate(
        node.path("value").asDouble(Double.NaN),
        node.path("low").asDouble(Double.NaN),
        node.path("high").asDouble(Double.NaN));
  }
}
