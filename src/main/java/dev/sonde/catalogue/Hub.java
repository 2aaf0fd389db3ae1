package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import java.nio.file.Files;
import java.nio.file.Path;

/// Models of the Hugging Face hub, kept in the cache that Python's tools share.
///
/// A branch or tag is looked up anew at each opening, a commit is not; nothing that lies in the
/// cache is fetched again. Weights come last and the branch is noted after them, so that a kill at
/// any instant leaves no model that looks whole and is not.
final class Hub {
  private final HubSettings settings;
  private final Progress progress;

  Hub(HubSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /// The folder of a model, or its GGUF file, fetched if need be.
  ///
  /// @throws BadInput if it is not there, may not be read, or cannot be reached
  Path open(HubId id) {
    var cache = new HubCache(settings.cache(), id.repository());
    var cached = cache.whole(id);
    if (settings.offline()) {
      return cached.orElseThrow(() -> HubRefusal.offline(id, settings));
    }
    if (cached.isPresent() && HubId.isCommit(id.revision())) {
      return cached.get();
    }
    try (var client = new HubClient(settings, progress)) {
      return fetch(id, cache, client, cached.isPresent() ? 1 : settings.tries());
    } catch (HubOutOfReach e) {
      if (cached.isEmpty()) {
        throw HubRefusal.outOfReach(id, settings, e);
      }
      progress.warn(
          "%s: %s is opened as it lies in the cache, of commit %s"
              .formatted(e.getMessage(), id, cache.commit(id.revision()).orElse("unknown")));
      return cached.get();
    }
  }

  private Path fetch(HubId id, HubCache cache, HubClient client, int tries) throws HubOutOfReach {
    var listing = client.list(id, tries);
    var commit = listing.commit();
    if (HubId.isCommit(id.revision()) && !commit.equals(id.revision())) {
      throw new BadInput(
          "%s answers with commit %s instead; is HF_ENDPOINT a hub?"
              .formatted(settings.endpoint(), commit));
    }
    var folder = cache.snapshot(commit);
    var download = new HubDownload(client, cache, settings, progress);
    for (var name : HubFiles.wanted(id, listing.files())) {
      if (name.equals(HubFiles.INDEX)) {
        bring(id, cache, client, download, commit, name);
        for (var shard : HubFiles.shards(folder.resolve(name))) {
          bring(id, cache, client, download, commit, shard);
        }
      } else {
        bring(id, cache, client, download, commit, name);
      }
    }
    cache.remember(id.revision(), commit);
    return id.file().isEmpty() ? folder : folder.resolve(id.file());
  }

  private static void bring(
      HubId id, HubCache cache, HubClient client, HubDownload download, String commit, String name)
      throws HubOutOfReach {
    if (Files.isRegularFile(cache.snapshot(commit).resolve(name))) {
      return;
    }
    var file = client.describe(id, commit, name);
    download.fetch(id, commit, file);
    cache.link(commit, file);
  }
}
