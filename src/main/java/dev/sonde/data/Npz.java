package dev.sonde.data;

import dev.sonde.io.AtomicFile;
import dev.sonde.io.BadInput;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// NumPy's `.npz` files: a zip of `.npy` files, stored (`np.savez`) or deflated
/// (`np.savez_compressed`), an array a name.
public final class Npz {
  private static final String ENDING = ".npy";
  private static final long LARGEST = Integer.MAX_VALUE - 64;

  /// The first moment that a zip can state, so that the same arrays are the same bytes.
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Npz() {}

  /// The names of its arrays, as NumPy gives them.
  ///
  /// @throws BadInput if there is no such file, or it is no zip of arrays
  public static List<String> names(Path file) {
    try (var zip = open(file)) {
      return zip.stream()
          .map(ZipEntry::getName)
          .filter(n -> n.endsWith(ENDING))
          .map(n -> n.substring(0, n.length() - ENDING.length()))
          .toList();
    } catch (IOException e) {
      throw broken(file, e);
    }
  }

  /// One array.
  ///
  /// @throws BadInput if there is no such array or file, it is too large for a zip in memory, or
  ///   what [Npy#read] refuses
  public static NdArray read(Path file, String name) {
    try (var zip = open(file)) {
      var entry = zip.getEntry(name + ENDING);
      if (entry == null) {
        throw new BadInput(
            "%s has no array '%s'; it has %s"
                .formatted(file, name, String.join(", ", names(file))));
      }
      if (entry.getSize() > LARGEST) {
        throw new BadInput(
            "%s: the array '%s' has %d MiB; above 2 GiB save it with np.save as .npy, which is mapped"
                .formatted(file, name, entry.getSize() >> 20));
      }
      try (var in = zip.getInputStream(entry)) {
        return Npy.parse(file + "#" + name, MemorySegment.ofArray(in.readAllBytes()));
      }
    } catch (IOException e) {
      throw broken(file, e);
    }
  }

  /// Writes arrays as `np.savez` does, whole or not at all; the same arrays are the same bytes.
  public static void write(Path file, Map<String, NdArray> arrays) {
    AtomicFile.write(
        file,
        channel -> {
          OutputStream out = Channels.newOutputStream(channel);
          var zip = new ZipOutputStream(out);
          for (var array : new TreeMap<>(arrays).entrySet()) {
            var bytes = Npy.bytes(array.getValue());
            var sum = new CRC32();
            sum.update(bytes);
            var entry = new ZipEntry(array.getKey() + ENDING);
            entry.setTimeLocal(NO_TIME);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(bytes.length);
            entry.setCrc(sum.getValue());
            zip.putNextEntry(entry);
            zip.write(bytes);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  private static ZipFile open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new BadInput("there is no file %s".formatted(file));
    }
    return new ZipFile(file.toFile());
  }

  private static BadInput broken(Path file, IOException e) {
    return new BadInput(
        "%s is no sound .npz file (%s); write it again with np.savez"
            .formatted(file, e.getMessage()),
        e);
  }
}
