package dev.sonde.cli;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import dev.sonde.study.Findings;
import dev.sonde.study.Study;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a run writes down before it begins, beside the sites that it finishes: how it was asked
/// for, and the digests of what decides its numbers. So it can go on from its folder alone.
///
/// `arguments` begin with the command; paths in them are relative to `workingFolder`. `named`: the
/// run was given a folder (`--out`), the one that holds this; else its folder will be named after
/// its date.
record Unfinished(
    Path folder,
    String version,
    String identity,
    String model,
    String modelDigest,
    String data,
    String dataDigest,
    Path workingFolder,
    boolean named,
    List<String> arguments) {
  private static final String FILE = "run.json";
  private static final String SCHEMA = "sonde.unfinished/1";
  private static final String PREFIX = "unfinished-";

  Unfinished {
    arguments = List.copyOf(arguments);
  }

  /// Of a run that begins; not written yet. `keep`: the folder that is to hold it.
  static Unfinished of(Path keep, Findings.Origin origin, Again again) {
    return new Unfinished(
        Study.unfinished(keep, origin.identity()),
        origin.sondeVersion(),
        origin.identity().hex(),
        origin.model().name(),
        origin.model().digest().hex(),
        origin.data().source(),
        origin.data().digest().hex(),
        Path.of("").toAbsolutePath(),
        again.named(),
        again.arguments());
  }

  void write() {
    var all = JsonMapper.shared().createObjectNode();
    all.put("schema", SCHEMA).put("sondeVersion", version).put("identity", identity);
    all.put("model", model).put("modelDigest", modelDigest);
    all.put("data", data).put("dataDigest", dataDigest);
    all.put("workingFolder", workingFolder.toString()).put("named", named);
    arguments.forEach(all.putArray("arguments")::add);
    AtomicFile.writeString(folder.resolve(FILE), all.toPrettyString() + "\n");
  }

  /// Takes the note away again if nothing was finished beside it.
  void forgetIfEmpty() {
    try (var files = Files.list(folder)) {
      if (files.allMatch(f -> f.endsWith(FILE))) {
        Interrupted.remove(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The interrupted run in a folder: the run's own, or the one of what it has kept.
  ///
  /// @throws BadInput if there is none, or more than one, or the run is finished
  static Unfinished in(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInput(
          "there is no folder %s; --resume takes that of an interrupted run".formatted(folder));
    }
    if (Files.exists(folder.resolve(FILE))) {
      return read(folder);
    }
    var found = inside(folder);
    if (found.size() == 1) {
      return read(found.getFirst());
    }
    if (!found.isEmpty()) {
      throw new BadInput(
          "%s holds %d interrupted runs; name one: %s"
              .formatted(
                  folder,
                  found.size(),
                  String.join(", ", found.stream().map(Path::toString).toList())));
    }
    if (Files.exists(folder.resolve("results.json"))) {
      throw new BadInput(
          "the run in %s is finished (it has results.json); there is nothing to go on with"
              .formatted(folder));
    }
    throw new BadInput(
        "%s holds no interrupted run; --resume takes the folder that sonde probe named when it was interrupted"
            .formatted(folder));
  }

  private static List<Path> inside(Path folder) {
    try (var all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().startsWith(PREFIX))
          .filter(f -> Files.exists(f.resolve(FILE)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new BadInput("%s cannot be read (%s)".formatted(folder, e.getMessage()), e);
    }
  }

  private static Unfinished read(Path folder) {
    try {
      var all = JsonMapper.shared().readTree(Files.readString(folder.resolve(FILE)));
      if (text(all, "schema").equals(SCHEMA)) {
        var arguments = new ArrayList<String>();
        all.path("arguments").forEach(a -> arguments.add(a.asString()));
        return new Unfinished(
            folder,
            text(all, "sondeVersion"),
            text(all, "identity"),
            text(all, "model"),
            text(all, "modelDigest"),
            text(all, "data"),
            text(all, "dataDigest"),
            Path.of(text(all, "workingFolder")),
            all.path("named").asBoolean(false),
            arguments);
      }
    } catch (IOException | JacksonException e) {
      throw new BadInput(
          "%s cannot be read as the note of an interrupted run; begin anew without --resume"
              .formatted(folder.resolve(FILE)),
          e);
    }
    throw new BadInput(
        "%s is no note of an interrupted run (schema %s)".formatted(folder.resolve(FILE), SCHEMA));
  }

  private static String text(JsonNode all, String field) {
    return all.path(field).asString("");
  }

  /// The folder that holds the run, where its results go if it was given one.
  Path keep() {
    var parent = folder.getParent();
    return parent == null ? Path.of("") : parent;
  }

  /// @throws BadInput if what decides the numbers is not what it was
  void mustBe(Findings.Origin now) {
    if (identity.equals(now.identity().hex())) {
      return;
    }
    same("data", data, dataDigest, now.data().digest());
    same("model (or activations)", model, modelDigest, now.model().digest());
    if (!version.equals(now.sondeVersion())) {
      throw new BadInput(
          "the run in %s was begun by Sonde %s and this is %s; go on with that one, or begin anew without --resume"
              .formatted(folder, version, now.sondeVersion()));
    }
    throw new BadInput(
        "what decides the numbers of the run in %s (what was fed or given beside, tokenizer, settings, number format) is not what it was; begin anew without --resume"
            .formatted(folder));
  }

  private void same(String what, String name, String then, Digest now) {
    if (!then.equals(now.hex())) {
      throw new BadInput(
          "the %s of the run in %s changed since it was interrupted (%s: sha256 %.12s then, %s now); put it back, or begin anew without --resume"
              .formatted(what, folder, name, then, now.brief()));
    }
  }
}
