package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.io.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Brings one blob into the cache: into a file beside it that survives a break and is gone on with,
/// compared with the digest that the hub announced, then renamed. One process at a time.
final class HubDownload {
  private static final Map<Path, ReentrantLock> WITHIN = new ConcurrentHashMap<>();
  private static final long WORTH_ANOTHER_TRY = 1 << 20;

  private final HubClient client;
  private final HubCache cache;
  private final HubSettings settings;
  private final Progress progress;

  HubDownload(HubClient client, HubCache cache, HubSettings settings, Progress progress) {
    this.client = client;
    this.cache = cache;
    this.settings = settings;
    this.progress = progress;
  }

  /// @throws BadInput if the disk is full, or the bytes are not the ones that were announced
  void fetch(HubId id, String commit, HubFile file) throws HubOutOfReach {
    var blob = cache.blob(file.etag());
    if (present(blob, file)) {
      return;
    }
    var lock = cache.lock(file.etag());
    var within = WITHIN.computeIfAbsent(lock.toAbsolutePath(), path -> new ReentrantLock());
    within.lock();
    try {
      Files.createDirectories(Objects.requireNonNull(lock.getParent()));
      Files.createDirectories(Objects.requireNonNull(blob.getParent()));
      try (var channel =
          FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        await(channel, file);
        if (!present(blob, file)) {
          whole(id, commit, file, blob);
        }
      }
    } catch (HubOutOfReach e) {
      throw e;
    } catch (IOException e) {
      throw HubCache.unwritable(blob, e);
    } finally {
      within.unlock();
    }
  }

  private static boolean present(Path blob, HubFile file) {
    try {
      return Files.isRegularFile(blob) && Files.size(blob) == file.size();
    } catch (IOException e) {
      return false;
    }
  }

  /// The lock goes when its holder does, so that it is waited for without a limit.
  private void await(FileChannel channel, HubFile file) throws IOException {
    while (channel.tryLock() == null) {
      progress.at("wait for another process that fetches " + file.name(), 0, 0);
      client.pause(1);
    }
  }

  private void whole(HubId id, String commit, HubFile file, Path blob) throws IOException {
    var partial = blob.resolveSibling(file.etag() + ".sonde.incomplete");
    boolean begun = size(partial) > 0;
    room(file, partial);
    complete(id, commit, file, partial);
    progress.at("check " + file.name(), 0, 0);
    var found = file.digestOf(partial);
    if (!found.equals(file.etag())) {
      Files.delete(partial);
      if (begun) { // what an earlier run left may have been damaged
        whole(id, commit, file, blob);
        return;
      }
      throw new BadInput(
          "%s of %s is damaged: its %s is %s, the hub announced %s; what was fetched is removed, try again"
              .formatted(file.name(), id, file.algorithm(), found, file.etag()));
    }
    Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static long size(Path partial) throws IOException {
    return Files.isRegularFile(partial) ? Files.size(partial) : 0;
  }

  private static void room(HubFile file, Path partial) throws IOException {
    long needed = file.size() - size(partial);
    var folder = Objects.requireNonNull(partial.getParent());
    var store = Files.getFileStore(folder);
    long free = store.getUsableSpace();
    if (needed > free && store.getTotalSpace() > 0) { // some file systems do not say
      throw new BadInput(
          "%s needs %d MiB more, and %s has %d MiB free; free some space or set HF_HOME to a folder that has it"
              .formatted(file.name(), (needed >> 20) + 1, folder, free >> 20));
    }
  }

  private void complete(HubId id, String commit, HubFile file, Path partial) throws IOException {
    int failures = 0;
    try (var out = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (out.size() > file.size()) {
        out.truncate(0);
      }
      while (out.size() < file.size()) {
        long before = out.size();
        try {
          transfer(client.bytes(id, commit, file.name(), before), out, file);
        } catch (HubOutOfReach e) {
          failures = out.size() - before >= WORTH_ANOTHER_TRY ? 1 : failures + 1;
          if (failures >= settings.tries()) {
            throw e;
          }
          client.pause(failures);
        }
      }
      out.force(true);
    }
  }

  /// Appends what comes; begins again where the server does not go on from the place asked for.
  private void transfer(HttpResponse<InputStream> response, FileChannel out, HubFile file)
      throws IOException {
    try (var in = new Watched(response.body(), settings.silence())) {
      if (!follows(response, out.size())) {
        out.truncate(0);
        if (response.statusCode() != 200) {
          throw new HubOutOfReach("the server gives another part than was asked for");
        }
      }
      out.position(out.size());
      var buffer = new byte[1 << 16];
      for (int n = read(in, buffer, out, file); n >= 0; n = read(in, buffer, out, file)) {
        if (out.size() + n > file.size()) {
          out.truncate(0);
          throw new BadInput(
              "%s is longer than the %,d bytes that the hub announced; try again"
                  .formatted(file.name(), file.size()));
        }
        for (var rest = ByteBuffer.wrap(buffer, 0, n); rest.hasRemaining(); ) {
          out.write(rest);
        }
        progress.at("download " + file.name(), out.size(), file.size());
      }
    }
    if (out.size() < file.size()) {
      throw broken(out, file, "the server ended early");
    }
  }

  private static boolean follows(HttpResponse<InputStream> response, long from) {
    return from == 0
        ? response.statusCode() == 200
        : response.statusCode() == 206
            && response
                .headers()
                .firstValue("Content-Range")
                .orElse("")
                .startsWith("bytes " + from + "-");
  }

  private static int read(InputStream in, byte[] buffer, FileChannel out, HubFile file)
      throws IOException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw broken(out, file, HubRefusal.reason(e));
    }
  }

  private static HubOutOfReach broken(FileChannel out, HubFile file, String why)
      throws IOException {
    return new HubOutOfReach(
        "the transfer of %s broke off at %,d of %,d bytes: %s"
            .formatted(file.name(), out.size(), file.size(), why));
  }
}
