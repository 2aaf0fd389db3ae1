package dev.sonde.catalogue;

import dev.sonde.io.BadInput;
import dev.sonde.provenance.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A file as the hub announces it. The etag is its digest: SHA-256 for large files, git's SHA-1 of
/// a blob for small ones.
record HubFile(String name, String etag, long size) {
  HubFile {
    if (!etag.matches("[0-9a-f]{64}|[0-9a-f]{40}")) {
      throw new BadInput(
          "the hub names no digest for %s (its etag is '%s'), so that it could not be checked; is HF_ENDPOINT a hub?"
              .formatted(name, etag.replaceAll("[^ -~]", "?")));
    }
    if (size < 0) {
      throw new BadInput(
          "the hub does not say how large %s is; is HF_ENDPOINT a hub?".formatted(name));
    }
  }

  String algorithm() {
    return etag.length() == 64 ? "SHA-256" : "git SHA-1";
  }

  /// The digest that a file on disk has, of the kind that was announced.
  String digestOf(Path file) throws IOException {
    return etag.length() == 64 ? Digest.of(file).hex() : git(file);
  }

  private static String git(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      var sha = MessageDigest.getInstance("SHA-1");
      sha.update(("blob " + channel.size() + "\0").getBytes(StandardCharsets.US_ASCII));
      var buffer = ByteBuffer.allocate(1 << 16);
      while (channel.read(buffer.clear()) >= 0) {
        sha.update(buffer.flip());
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
