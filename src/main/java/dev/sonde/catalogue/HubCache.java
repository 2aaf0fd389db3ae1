package dev.sonde.catalogue;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// One model's place in the cache that all tools of the hub share: `refs` names the commit of a
/// branch, `blobs` holds contents by etag, `snapshots` the names of a commit as links to them
/// (huggingface.co/docs/hub/local-cache).
record HubCache(Path root, String repository) {
  private static final String PREFIX = "models--";

  private Path folder() {
    return root.resolve(PREFIX + repository.replace("/", "--"));
  }

  Path blob(String etag) {
    return folder().resolve("blobs").resolve(etag);
  }

  Path snapshot(String commit) {
    return folder().resolve("snapshots").resolve(commit);
  }

  /// Beside the cache's own locks, under a name of Sonde's: other tools lock by other means.
  Path lock(String etag) {
    return root.resolve(".locks")
        .resolve(PREFIX + repository.replace("/", "--"))
        .resolve(etag + ".sonde.lock");
  }

  /// The commit that a branch, tag or commit meant when it was last asked for.
  Optional<String> commit(String revision) {
    if (HubId.isCommit(revision)) {
      return Optional.of(revision);
    }
    var ref = folder().resolve("refs").resolve(revision);
    try {
      return Files.isRegularFile(ref)
          ? Optional.of(Files.readString(ref).strip()).filter(HubId::isCommit)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void remember(String revision, String commit) {
    synchronized (HubCache.class) { // temporary files bear the name of the process
      if (!HubId.isCommit(revision) && !commit(revision).equals(Optional.of(commit))) {
        AtomicFile.writeString(folder().resolve("refs").resolve(revision), commit);
      }
    }
  }

  /// What lies whole in the cache: a model's snapshot, or the one file that the id names.
  Optional<Path> whole(HubId id) {
    return commit(id.revision())
        .map(this::snapshot)
        .map(folder -> id.file().isEmpty() ? folder : folder.resolve(id.file()))
        .filter(id.file().isEmpty() ? HubFiles::whole : Files::isRegularFile);
  }

  /// Gives a blob its name in a snapshot: a relative link, or a copy where links cannot be made.
  void link(String commit, HubFile file) {
    var link = snapshot(commit).resolve(file.name());
    var parent = Objects.requireNonNull(link.getParent());
    var blob = blob(file.etag());
    synchronized (HubCache.class) {
      try {
        Files.createDirectories(parent);
        var fresh =
            parent.resolve("." + link.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        Files.deleteIfExists(fresh);
        linkOrCopy(fresh, parent, blob);
        Files.move(
            fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw unwritable(link, e);
      }
    }
  }

  private static void linkOrCopy(Path fresh, Path parent, Path blob) throws IOException {
    try {
      Files.createSymbolicLink(fresh, parent.relativize(blob));
    } catch (FileSystemException | UnsupportedOperationException e) {
      Files.copy(blob, fresh);
    }
  }

  /// The models of a cache that lie whole in it under their main branch.
  static List<String> held(Path root) {
    try (var list = Files.isDirectory(root) ? Files.list(root) : Stream.<Path>empty()) {
      return list.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith(PREFIX))
          .map(name -> name.substring(PREFIX.length()).replace("--", "/"))
          .flatMap(name -> HubId.parse(name).stream())
          .filter(id -> new HubCache(root, id.repository()).whole(id).isPresent())
          .map(HubId::repository)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of(); // a cache that cannot be read holds nothing for us
    }
  }

  /// `org/name` if a folder is a snapshot of such a cache.
  static Optional<String> repositoryOf(Path folder) {
    var path = folder.toAbsolutePath().normalize();
    int n = path.getNameCount();
    if (n < 3 || !path.getName(n - 2).toString().equals("snapshots")) {
      return Optional.empty();
    }
    var name = path.getName(n - 3).toString();
    return name.startsWith(PREFIX)
        ? Optional.of(name.substring(PREFIX.length()).replace("--", "/"))
        : Optional.empty();
  }

  static BadInput unwritable(Path target, IOException cause) {
    var reason =
        cause instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    return new BadInput(
        "%s cannot be written (%s); free some space or set HF_HOME to a folder that has it"
            .formatted(target, reason),
        cause);
  }
}
